"""Plans, results and status for people: short lines that fit a terminal of 80 columns."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.model.keys import Kind
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
_STYLES = {
    Action.CREATE: ADD,
    Action.UPDATE: CHANGE,
    Action.REPLACE: REMOVE,
    Action.DELETE: REMOVE,
    Action.RUN: RUN,
    Action.ADOPT: ADD,
    Action.NO_OP: FAINT,
}


def plan(made: Plan, *, explain: bool = False) -> Iterator[Line]:
    """The plan; with `explain` also why nothing happens to the rest, and what rules ignore."""
    yield from _drifts("Changed in the workspace, and not by a spec; apply takes it back:", made, WARN, kept=False)
    if explain:
        yield from _drifts("Changed in the workspace, and kept (ignore_changes):", made, FAINT, kept=True)
    for change in made.changes:
        if change.action is not Action.NO_OP or explain:
            yield from _change(change)
    moved = [(change.key, reason) for change in made.changes for reason in change.moved]
    for key, reason in moved:
        yield Line(f"  moved: {key}: {_reason(reason)}; runs keep what they ran with", WARN)
    if made.pending or made.withheld or explain or moved:
        yield Line()
    yield Line(summary(made), STRONG)


def summary(made: Plan) -> str:
    """The last line of every plan. What is rare is said when it is there."""
    others = f"{len(made.withheld)} {made.withheld[0].withheld}" if made.withheld else ""
    if not made.pending:
        if not made.applyable:
            return "Errors: nothing can be applied."
        return f"No changes from here: {others}." if others else "No changes."
    count = made.summary()
    stays = f"{count['unchanged'] - len(made.withheld)} unchanged" + (f", {others}" if others else "")
    words = ("create", "update", "replace", "delete", "adopt", "run")
    told = [f"{count[word]} to {word}" for word in words if count[word] or word not in {"replace", "adopt"}]
    return f"Plan: {', '.join(told)} ({stays})."


def _drifts(heading: str, made: Plan, style: str, *, kept: bool) -> Iterator[Line]:
    found = [each for each in made.drift if each.kept is kept]
    if not found:
        return
    yield Line(heading, STRONG)
    for each in found:
        yield Line(f"  {each.key}  {each.field}: {shown(each.before)} -> {shown(each.after)}", style)
        who = [f"by {each.by}" if each.by else "", f"at {each.at[:16]}" if each.at else ""]
        if any(who):
            yield Line(f"      {' '.join(filter(None, who))}", FAINT)
    yield Line()


def _change(change: Change) -> Iterator[Line]:
    name = f"{change.key.kind}/{change.live_name}" if change.key.kind.versioned else str(change.key)
    withheld = f"  ({change.withheld})" if change.withheld else ""
    yield Line(f"  {change.action.symbol} {name}{withheld}", FAINT if change.withheld else _STYLES[change.action])
    yield from (Line(f"      {text}") for text in reasons(change.reasons))
    yield from (Line(f"      cancels {name}, which it takes the place of", WARN) for name in change.supersedes)
    if change.key.kind is Kind.JOB or change.action is Action.NO_OP:
        told = (change.state, f"runs as {change.live_name}" if change.action is Action.RUN else "")
        if any(told):
            yield Line(f"      {'; '.join(filter(None, told))}", FAINT)


def reasons(reasons: Iterable[Reason]) -> Iterator[str]:
    """The reasons, of each field no more files than people read."""
    files: Counter[str] = Counter()
    for reason in reasons:
        files[reason.field] += bool(reason.file)
        if not reason.file or files[reason.field] <= MOST_FILES:
            yield _reason(reason)
    yield from (f"{field}: and {count - MOST_FILES} more" for field, count in files.items() if count > MOST_FILES)


def _reason(reason: Reason) -> str:
    commit = f" ({reason.commit[:10]})" if reason.commit else ""
    commit += "  # forces replacement" if reason.forces_replacement else ""
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


def run(key: str, live_name: str, facts: Mapping[str, Any], *, commit: str = "") -> Iterator[Line]:
    """One run: status, why it failed, the commit it was submitted from, how long each phase took, metrics."""
    status = str(facts["status"])
    style = ADD if status == COMPLETED else REMOVE if facts.get("error") else PLAIN
    yield Line(f"{key}  {status}", style)
    yield Line(f"  run      {live_name}", FAINT)
    if commit:
        yield Line(f"  commit   {commit[:10]}", FAINT)
    if facts.get("seconds"):
        phases = [f"{status.lower()} {duration(seconds)}" for status, seconds in facts["seconds"].items()]
        yield Line(f"  phases   {', '.join(phases)}", FAINT)
    if facts.get("error"):
        yield Line(f"  reason   {one_line(str(facts['error']))}", REMOVE)
    metrics = facts.get("metrics") or {}
    width = max((len(name) for name in metrics), default=0)
    for count, (name, value) in enumerate(metrics.items()):
        yield Line(f"  {'metrics' if count == 0 else '':7}  {name:<{width}}  {number(value)}")
