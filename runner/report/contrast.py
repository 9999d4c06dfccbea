"""Two commits side by side: for people, in Markdown, and as JSON."""

from collections.abc import Iterator
from typing import Any

from runner import __version__
from runner.model.contrast import Contrast, Pair, Side, Way
from runner.model.runs import COMPLETED, FAILED
from runner.report import json
from runner.report.escape import cell, code, prose
from runner.report.lines import ADD, FAINT, PLAIN, REMOVE, STRONG, Line, cut, delta, duration, number, one_line, shown
from runner.report.text import reasons

_SUBJECT = 34  # characters, so that a line fits 80 columns
_NAME = 34
_WORDS = {Way.SAME: "the same", Way.CHANGED: "changed", Way.ADDED: "new", Way.REMOVED: "gone"}
_ENDS = {"-": "base", "+": "head", "=": "both"}
_NO_RUN = "no run of this content is known"


def text(found: Contrast, *, whole: bool = False) -> Iterator[Line]:
    """Job by job what differs; with `whole` also the jobs that are the same, which else are named only."""
    for name, commit in (("base", found.base), ("head", found.head)):
        when = f"{commit.at[:16].replace('T', ' ')}  {cut(one_line(commit.subject), _SUBJECT)}"
        yield Line(f"{name}  {commit.id[:10]}  {when}".rstrip(), FAINT)
    for pair in _told(found, whole=whole):
        yield Line()
        yield from _pair(pair)
    same = [str(pair.key) for pair in found.pairs if pair.way is Way.SAME]
    if same and not whole:
        yield Line()
        yield Line(f"the same at both: {', '.join(same)}", FAINT)
    if not found.pairs:
        yield Line("no job is known at either of them", FAINT)


def _told(found: Contrast, *, whole: bool) -> list[Pair]:
    return [pair for pair in found.pairs if whole or pair.way is not Way.SAME]


def _pair(pair: Pair) -> Iterator[Line]:
    yield Line(f"{pair.key}  {_WORDS[pair.way]}", STRONG)
    for sign, side in _sides(pair):
        yield Line(f"  {sign} {_run(side)}", _style(side))
    yield from (Line(f"      {each}") for each in reasons(pair.spec))
    parameters = pair.parameters()
    if parameters:
        yield Line("  parameters", FAINT)
    width = max((len(name) for name, _, _ in (*parameters, *pair.metrics())), default=0)
    width = min(width, _NAME)
    for name, before, after in parameters:
        yield Line(f"    {name:<{width}}  {shown(before)} -> {shown(after)}")
    yield from _metrics(pair, width)


def _metrics(pair: Pair, width: int) -> Iterator[Line]:
    metrics = pair.metrics()
    if metrics and len(_sides(pair)) == 1:
        yield Line("  metrics", FAINT)
        values = ((name, before if after is None else after) for name, before, after in metrics)
        yield from (Line(f"    {name:<{width}}  {_number(value)}") for name, value in values)
    elif metrics:
        yield Line(f"  {'metrics':<{width + 2}}  {'before':>10}  {'after':>10}  change", FAINT)
        for name, before, after in metrics:
            row = f"    {name:<{width}}  {_number(before):>10}  {_number(after):>10}  {delta(before, after)}"
            yield Line(row.rstrip())


def _sides(pair: Pair) -> list[tuple[str, Side]]:
    """What there is to show: of a job that is the same, one side."""
    if pair.way is Way.SAME and pair.head:
        return [("=", pair.head)]
    return [(sign, side) for sign, side in (("-", pair.base), ("+", pair.head)) if side]


def _run(side: Side) -> str:
    if not side.ran:
        return _NO_RUN
    outcome = side.ran.outcome
    took = f" in {duration(outcome.seconds)}" if outcome.seconds is not None else ""
    why = f": {one_line(outcome.error)}" if outcome.error else ""
    where = " (as the workspace says)" if side.ran.known_from == "workspace" else ""
    return f"{side.ran.live_name}  {outcome.status or 'not over as far as the ledger knows'}{took}{where}{why}"


def _style(side: Side) -> str:
    status = side.ran.outcome.status if side.ran else ""
    return ADD if status == COMPLETED else REMOVE if status in FAILED else PLAIN


def _number(value: float | None) -> str:
    return "" if value is None else number(value)


def markdown(found: Contrast, *, whole: bool = False) -> str:
    """The same as headings and tables."""
    rows = ["| | commit | when | by | |", "|---|---|---|---|---|"]
    for name, commit in (("base", found.base), ("head", found.head)):
        who, what = prose(commit.author, in_cell=True), prose(one_line(commit.subject), in_cell=True)
        rows.append(f"| {name} | {cell(commit.id[:10])} | {commit.at[:16].replace('T', ' ')} | {who} | {what} |")
    for pair in _told(found, whole=whole):
        rows += ["", f"### {code(str(pair.key))}: {_WORDS[pair.way]}", ""]
        rows += [f"- {_ENDS[sign]}: {prose(_run(side))}" for sign, side in _sides(pair)]
        rows += [f"- {code(each)}" for each in reasons(pair.spec)]
        rows += _tables(pair)
    same = [code(str(pair.key)) for pair in found.pairs if pair.way is Way.SAME]
    if same and not whole:
        rows += ["", f"The same at both: {', '.join(same)}"]
    return "\n".join(rows)


def _tables(pair: Pair) -> Iterator[str]:
    parameters = pair.parameters()
    if parameters:
        yield from ("", "| parameter | before | after |", "|---|--:|--:|")
    for name, before, after in parameters:
        yield f"| {cell(name)} | {_cell(before)} | {_cell(after)} |"
    if pair.metrics():
        yield from ("", "| metric | before | after | change |", "|---|--:|--:|---|")
    for name, was, now in pair.metrics():
        yield f"| {cell(name)} | {_number(was)} | {_number(now)} | {delta(was, now)} |"


def _cell(value: str | None) -> str:
    return "" if value is None else cell(value)


def document(found: Contrast) -> str:
    """The same as one JSON object."""
    told = {
        "format_version": json.FORMAT_VERSION,
        "tool_version": __version__,
        "target": found.target,
        "base": json.commit(found.base),
        "head": json.commit(found.head),
        "jobs": [_job(pair) for pair in found.pairs],
        "unknown": list(found.unknown),
    }
    return json.dump(told)


def _job(pair: Pair) -> dict[str, Any]:
    return {
        "address": str(pair.key),
        "change": pair.way,
        "base": _side(pair.base),
        "head": _side(pair.head),
        "spec": [json.difference(each) for each in pair.spec],
        "parameters": [json.values(*each) for each in pair.parameters()],
        "metrics": [json.values(*each) for each in pair.metrics()],
    }


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    ran = side.ran
    return {
        "digest": side.digest,
        "live_name": ran.live_name if ran else "",
        "status": ran.outcome.status if ran else "",
        "seconds": ran.outcome.seconds if ran else None,
        "known_from": ran.known_from if ran else "",
    }
