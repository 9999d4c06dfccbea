"""Learning curves as charts: which, and that each line is true."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.gates import Gate, Verdict
from runner.model.keys import Key, Kind
from runner.model.review import Curve, Trained, Trial
from runner.report.comment.curves import curves


def trial(head: tuple[Curve, ...], base: tuple[Curve, ...] = (), *gated: str) -> Trial:
    """A trial with these curves."""
    gates = tuple(Verdict(Gate(metric, at_most=1), passed=True, why="") for metric in gated)
    before = Trained("before", "Completed", curves=base) if base else None
    return Trial(Key(Kind.JOB, "train"), Trained("now", "Completed", curves=head), before, gates)


def drawn(found: Trial) -> str:
    """The Markdown of its curves."""
    return "\n".join(part.text for part in curves(found) if part.rows)


def lines(chart: str) -> list[list[float]]:
    """The numbers of each line."""
    return [[float(number) for number in found.split(",")] for found in re.findall(r"  line \[(.+)\]", chart)]


def straight(metric: str, *steps: int) -> Curve:
    """A curve whose value is its step."""
    return Curve(metric, steps, tuple(map(float, steps)))


def test_base_and_head() -> None:
    chart = drawn(trial((Curve("loss", (1, 2, 3), (0.9, 0.5, 0.3)),), (Curve("loss", (1, 2, 3), (0.8, 0.7, 0.6)),)))
    assert '  title "loss"\n  x-axis "step" 1 --> 3\n  y-axis 0.2700 --> 0.9300\n' in chart
    assert lines(chart) == [[0.8, 0.7, 0.6], [0.9, 0.5, 0.3]]
    assert "🟦 this run · 🟨 base" in chart


def test_without_a_base() -> None:
    chart = drawn(trial((straight("loss", 1, 2, 3),)))
    assert lines(chart) == [[1, 2, 3]]
    assert "base" not in chart


def test_the_shorter_line_goes_on_as_it_ended() -> None:
    chart = drawn(trial((straight("loss", 2, 3, 4),), (straight("loss", 1, 2),)))
    assert lines(chart) == [[1, 2, 2, 2], [2, 2, 3, 4]]


def test_steps_that_were_not_logged_lie_between() -> None:
    assert lines(drawn(trial((straight("loss", 0, 2, 4),)))) == [[0, 1, 2, 3, 4]]


def test_what_is_no_number_is_not_drawn() -> None:
    curve = Curve("loss", (1, 2, 2, 3, 4, 5), (1.0, 9.0, 2.0, math.nan, math.inf, 1e300))
    assert lines(drawn(trial((curve,)))) == [[1, 2]]


@pytest.mark.parametrize("curve", [Curve("a", (), ()), Curve("a", (1,), (1,)), Curve("a", (0, 0), (1, 2))])
def test_one_point_is_no_curve(curve: Curve) -> None:
    assert drawn(trial((curve,))) == ""


def test_gated_ones_then_the_longest_and_two_unfolded() -> None:
    head = tuple(straight(f"m{number}", *range(number + 2)) for number in range(8))
    text = drawn(trial(head, (), "m1"))
    assert re.findall(r'title "(m\d)"', text) == ["m1", "m7", "m6", "m5", "m4", "m3"]
    assert text.index('"m7"') < text.index("<details><summary>4 more learning curves</summary>") < text.index('"m6"')


@given(
    st.lists(st.integers(-(10**6), 10**12), min_size=2, max_size=200, unique=True).map(sorted),
    st.floats(1e-12, 1e8),
)
def test_long_ones_keep_their_ends(steps: list[int], scale: float) -> None:
    values = tuple(scale * place / len(steps) for place in range(len(steps)))
    chart = drawn(trial((Curve("loss", tuple(steps), values),)))
    (line,) = lines(chart)
    start, end = map(int, re.findall(r'x-axis "step" (-?\d+) --> (-?\d+)', chart)[0])
    stride = (end - start) / (len(line) - 1)
    assert 2 <= len(line) <= 40
    assert start == steps[0]
    assert 0 <= end - steps[-1] < stride == int(stride)
    assert line[0] == 0
    assert math.isclose(line[-1], values[-1], rel_tol=1e-2)
