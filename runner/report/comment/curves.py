"""Learning curves, base against head, as charts of Mermaid."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from runner.model.review import Curve, Trial
from runner.report.comment.parts import Part, Rank, folded
from runner.report.escape import label

_POINTS = 40  # of one line: what a chart as wide as a comment can show
_SEEN, _MOST = 2, 6  # charts that are seen at once, and in all
_TOO_FAR = 1e9  # what diverged to such numbers has no curve to look at
# The base's line, then the head's over it: two colours that differ for everybody, on light and on dark.
_LOOK = """\
---
config:
  xyChart:
    width: 760
    height: 240
  themeVariables:
    xyChart:
      backgroundColor: transparent
      plotColorPalette: "#d4a72c, #2f81f7"
---
"""
_LOOK_ALONE = _LOOK.replace("#d4a72c, ", "")

Points = list[tuple[int, float]]


def curves(trial: Trial) -> Iterator[Part]:
    """The curves that matter most: gated ones, then those with the most steps."""
    gated = [verdict.gate.metric for verdict in trial.gates]
    base = {curve.metric: curve for curve in trial.base.curves} if trial.base else {}
    drawable = [curve for curve in trial.head.curves if len(_points(curve)) > 1]
    first = sorted(drawable, key=lambda curve: (curve.metric not in gated, -len(curve.steps), curve.metric))[:_MOST]
    charts = tuple(_chart(curve, base.get(curve.metric)) for curve in first)
    against = any(curve.metric in base for curve in first)
    legend = "🟦 this run" + (" · 🟨 base" if against else "") + "\n\n"
    yield Part(Rank.CURVES, charts[:_SEEN], legend, what="charts")
    yield folded(f"{len(charts) - _SEEN} more learning curves", Part(Rank.CURVES, charts[_SEEN:], what="charts"))


def _points(curve: Curve) -> Points:
    """One point a step, the last that was logged; only numbers that can be drawn."""
    pairs = zip(curve.steps, curve.values, strict=False)
    return sorted({step: value for step, value in pairs if math.isfinite(value) and abs(value) < _TOO_FAR}.items())


def _chart(head: Curve, base: Curve | None) -> str:
    """Lines of equal length, as the chart spreads every line over its whole width."""
    lines = [points for points in (_points(base) if base else [], _points(head)) if len(points) > 1]
    start, end = min(points[0][0] for points in lines), max(points[-1][0] for points in lines)
    stride = math.ceil((end - start) / (_POINTS - 1))
    count = math.ceil((end - start) / stride) + 1
    grid = range(start, start + stride * count, stride)
    drawn = [[_at(points, step) for step in grid] for points in lines]
    low, high = (edge(value for line in drawn for value in line) for edge in (min, max))
    margin = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
    places = max(0, 3 - math.floor(math.log10(max(high - low, margin))))
    floor = max(low - margin, 0.0) if low >= 0 else low - margin  # a loss below 0 would be odd to see
    body = [
        f'  title "{label(head.metric)}"',
        f'  x-axis "step" {grid[0]} --> {grid[-1]}',
        f"  y-axis {floor:.{places}f} --> {high + margin:.{places}f}",
        *(f"  line [{', '.join(f'{value:.{places}f}' for value in line)}]" for line in drawn),
    ]
    look = _LOOK if len(lines) > 1 else _LOOK_ALONE
    return "\n".join([f"```mermaid\n{look}xychart-beta", *body, "```\n"])


def _at(points: Sequence[tuple[int, float]], step: int) -> float:
    """The value at a step: between two points on the line that joins them, before and after them as the nearest."""
    after = bisect_right(points, step, key=lambda point: point[0])
    if after in {0, len(points)}:
        return points[max(after - 1, 0)][1]
    (left, low), (right, high) = points[after - 1], points[after]
    return low + (high - low) * (step - left) / (right - left)
