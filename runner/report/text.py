"""Plans, results and status for people: short lines that fit a terminal of 80 columns."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.model.keys import Key, Kind
from runner.model.plan import Action, Change, Plan, Reason, Result
from runner.model.runs import COMPLETED
from runner.report.lines import (
    ADD,
    CHANGE,
    FAINT,
    PLAIN,
    REMOVE,
    RUN,
    STRONG,
    WARN,
    Line,
    duration,
    number,
    one_line,
    shown,
)

MOST_FILES = 10
_STYLES = {Action.CREATE: ADD, Action.UPDATE: CHANGE, Action.RUN: RUN, Action.NO_OP: FAINT}


def plan(made: Plan, *, explain: bool = False) -> Iterator[Line]:
    """The plan; with `explain` also why nothing happens to the rest."""
    for change in made.changes:
        if change.action is not Action.NO_OP or explain:
            yield from _change(change)
    moved = [(change.key, reason) for change in made.changes for reason in change.moved]
    for key, reason in moved:
        yield Line(f"  moved: {key}: {_reason(reason)}; runs keep what they ran with", WARN)
    if made.pending or explain or moved:
        yield Line()
    yield Line(summary(made), STRONG)


def summary(made: Plan) -> str:
    """The last line of every plan."""
    if not made.pending:
        return "No changes."
    count = made.summary()
    return (
        f"Plan: {count['create']} to create, {count['update']} to update, {count['delete']} to delete, "
        f"{count['run']} to run ({count['unchanged']} unchanged)."
    )


def _change(change: Change) -> Iterator[Line]:
    name = f"{change.key.kind}/{change.live_name}" if change.key.kind.versioned else str(change.key)
    yield Line(f"  {change.action.symbol} {name}", _STYLES[change.action])
    yield from (Line(f"      {text}") for text in _reasons(change.reasons))
    yield from (Line(f"      cancels {name}, which it takes the place of", WARN) for name in change.supersedes)
    if change.key.kind is Kind.JOB or change.action is Action.NO_OP:
        state = f"{change.state}; " if change.action is Action.RUN and change.state else change.state
        yield Line(f"      {state}{f'runs as {change.live_name}' if change.action is Action.RUN else ''}", FAINT)


def _reasons(reasons: Iterable[Reason]) -> Iterator[str]:
    """The reasons, of each field no more files than people read."""
    files: Counter[str] = Counter()
    for reason in reasons:
        files[reason.field] += bool(reason.file)
        if not reason.file or files[reason.field] <= MOST_FILES:
            yield _reason(reason)
    yield from (f"{field}: and {count - MOST_FILES} more" for field, count in files.items() if count > MOST_FILES)


def _reason(reason: Reason) -> str:
    commit = f" ({reason.commit[:10]})" if reason.commit else ""
    if reason.file:
        what = "added" if reason.before is None else "removed" if reason.after is None else "changed"
        return f"{reason.field}: {shown(reason.file)} {what}{commit}"
    if reason.untold:
        return f"{reason.field}: changed{commit}"
    return f"{reason.field}: {shown(reason.before)} -> {shown(reason.after)}{commit}"


def results(found: Iterable[Result]) -> Iterator[Line]:
    """What an apply did: one paragraph a run, one line for all else that did not go well."""
    for result in found:
        if result.run:
            earlier = " (of an earlier apply: nothing had to run)" if result.action is Action.NO_OP else ""
            yield from run(str(result.key), result.live_name + earlier, result.run)
        elif result.status in {"failed", "unknown"}:
            yield Line(f"{result.status}: {result.key}: {one_line(result.error)}", REMOVE)
        elif result.status == "skipped":
            yield Line(f"skipped: {result.key}: {result.because}", WARN)


def tally(found: Iterable[Result], seconds: float) -> Iterator[Line]:
    """The last line of an apply: how much was done, how long it took, and how much of that was not the runs' own."""
    results = [result for result in found if result.action is not Action.NO_OP]
    if not results:
        return
    done = sum(result.status == "done" for result in results)
    runs = max((_own_time(result.run.get("seconds", {})) for result in results), default=0.0)
    ours = f", {duration(seconds - runs)} of it aml's own" if runs else ""
    yield Line(f"{done} of {len(results)} applied in {duration(seconds)}{ours}.", STRONG)


def _own_time(phases: Mapping[str, float]) -> float:
    """The seconds of a run that its environment and its process took; what comes after them is the workspace's."""
    return sum(seconds for status, seconds in phases.items() if status != "Finalizing")


def status(made: Plan, runs: Mapping[Key, Mapping[str, Any]]) -> Iterator[Line]:
    """Every resource: in sync or not, and the run that stands for each job."""
    for change in made.changes:
        if change.key in runs:
            yield from run(str(change.key), change.live_name, runs[change.key])
            continue
        words = {Action.CREATE: "not there yet", Action.UPDATE: "differs", Action.RUN: "no run of this content"}
        standing = words.get(change.action, change.state or "in sync")
        yield Line(f"{change.key}  {standing}", _STYLES[change.action] if change.action in words else ADD)
        yield from (Line(f"  {text}") for text in _reasons(change.reasons))


def run(key: str, live_name: str, facts: Mapping[str, Any]) -> Iterator[Line]:
    """One run: status, why it failed, how long each phase took, metrics."""
    status = str(facts["status"])
    style = ADD if status == COMPLETED else REMOVE if facts.get("error") else PLAIN
    yield Line(f"{key}  {status}", style)
    yield Line(f"  run      {live_name}", FAINT)
    if facts.get("seconds"):
        phases = [f"{status.lower()} {duration(seconds)}" for status, seconds in facts["seconds"].items()]
        yield Line(f"  phases   {', '.join(phases)}", FAINT)
    if facts.get("error"):
        yield Line(f"  reason   {one_line(str(facts['error']))}", REMOVE)
    metrics = facts.get("metrics") or {}
    width = max((len(name) for name in metrics), default=0)
    for count, (name, value) in enumerate(metrics.items()):
        yield Line(f"  {'metrics' if count == 0 else '':7}  {name:<{width}}  {number(value)}")
