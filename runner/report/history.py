"""What became of resources, for people (newest first), in Markdown, and as JSON.

What only one of them needs is imported there: the answer should come about as fast as one of git.
"""

import dataclasses
from collections.abc import Iterable, Iterator

from runner import __version__
from runner.model.keys import Kind
from runner.model.ledger import REGISTER, Entry
from runner.model.plan import Action
from runner.model.runs import COMPLETED, FAILED
from runner.model.steps import Series, Step
from runner.report.lines import ADD, FAINT, PLAIN, REMOVE, STRONG, Line, cut, duration, number, one_line

_BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = 80
_WIDTH = 40  # values of one sparkline, the newest
_SUBJECT = 48  # characters: the line fits 80 columns with what comes before it
_SYMBOLS = {action.value: action.symbol.strip() or "=" for action in Action}
_NOT_APPLIED = "not applied, as far as the ledger knows"


def text(found: Iterable[Step], metrics: Iterable[Series]) -> Iterator[Line]:
    """Each commit with what was applied of it, and under them the metrics."""
    steps = list(found)
    for step in reversed(steps):
        yield Line(f"{step.commit.id[:10]}  {_when(step)}  {cut(_subject(step), _SUBJECT)}", STRONG)
        for entry in step.entries:
            yield from (Line(line, _style(entry)) for line in _told(entry))
            yield Line(f"      {_circumstances(entry)}", FAINT)
        if not step.entries:
            yield Line(f"  {_NOT_APPLIED}", FAINT)
    shown = list(metrics)
    width = max((len(f"{each.key} {each.metric}") for each in shown), default=0)
    if shown:
        yield Line()
    for each in shown:
        name = f"{each.key} {each.metric}"
        yield Line(f"{name:<{width}}  {sparkline(each.values)}  {number(each.values[-1])}", PLAIN)


def markdown(found: Iterable[Step], metrics: Iterable[Series]) -> str:
    """The same as tables."""
    from runner.report.escape import cell, link, prose

    rows = ["| commit | when | what | how it went | by |", "|---|---|---|---|---|"]
    for step in reversed(list(found)):
        head = f"| {cell(step.commit.id[:10])} {prose(_subject(step), in_cell=True)} | {_when(step)} |"
        for entry in step.entries:
            who = prose(entry.actor, in_cell=True) + (f" #{entry.pull_request}" if entry.pull_request else "")
            who = f"{who} {link('log', entry.workflow_run, in_cell=True)}" if entry.workflow_run else who
            what, how = f"{cell(entry.address)} on {cell(entry.target)}", prose(_words(entry), in_cell=True)
            rows.append(f"{head} {what} | {how} | {who} |")
        if not step.entries:
            rows.append(f"{head} | {_NOT_APPLIED} | |")
    shown = list(metrics)
    if shown:
        rows += ["", "| metric | | last |", "|---|---|---|"]
    for each in shown:
        name = cell(f"{each.key} {each.metric}")
        rows.append(f"| {name} | {sparkline(each.values)} | {number(each.values[-1])} |")
    return "\n".join(rows)


def document(found: Iterable[Step]) -> str:
    """The same as one JSON object, oldest first; entries are as in the ledger."""
    from runner.report.json import FORMAT_VERSION, commit, dump

    steps = [
        {"commit": commit(step.commit), "entries": [dataclasses.asdict(entry) for entry in step.entries]}
        for step in found
    ]
    return dump({"format_version": FORMAT_VERSION, "tool_version": __version__, "steps": steps})


def sparkline(values: Iterable[float]) -> str:
    """Values as bars between their lowest and highest; of many the newest."""
    shown = list(values)[-_WIDTH:]
    low, high = min(shown), max(shown)
    if low == high:
        return _BARS[3] * len(shown)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in shown)


def _told(entry: Entry) -> Iterator[str]:
    """What was done and how it went: on a line of its own, if it does not fit beside what it was done to."""
    head, words = f"  {_SYMBOLS.get(entry.action, '*')} {entry.address}", _words(entry)
    if len(head) + 2 + len(words) <= _COLUMNS:
        yield f"{head}  {words}"
    else:
        yield from (head, f"      {words}")


def _when(step: Step) -> str:
    return f"{step.at:%Y-%m-%d %H:%M}"


def _subject(step: Step) -> str:
    return one_line(step.commit.subject) or "(this commit is not in this clone)"


def _words(entry: Entry) -> str:
    """What was done, and how it went."""
    if entry.status != "done":
        return f"{entry.action} {entry.status}: {one_line(entry.error)}".rstrip(": ")
    if entry.action == REGISTER:
        return f"registered as {entry.live_name}, from {entry.from_run}"
    if entry.key.kind is not Kind.JOB or entry.action == Action.DELETE:
        return f"{entry.action} {' '.join(entry.removed) or entry.live_name}"
    reused = "reused " if entry.action == Action.NO_OP else ""
    if not entry.run:
        return f"{reused}{entry.live_name}, not over as far as the ledger knows"
    took = f" in {duration(entry.run.seconds)}" if entry.run.seconds is not None else ""
    why = f": {one_line(entry.run.error)}" if entry.run.error else ""
    return f"{reused}{entry.live_name} {entry.run.status}{took}{why}"


def _circumstances(entry: Entry) -> str:
    pull = f"#{entry.pull_request}" if entry.pull_request else ""
    dirty = "with edits that are in no commit" if entry.dirty else ""
    return ", ".join(filter(None, [f"{entry.target}, {entry.at[:16].replace('T', ' ')}", entry.actor, pull, dirty]))


def _style(entry: Entry) -> str:
    status = entry.run.status if entry.run else ""
    bad = entry.status != "done" or status in FAILED
    return REMOVE if bad else ADD if status == COMPLETED else PLAIN
