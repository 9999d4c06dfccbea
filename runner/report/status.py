"""Where everything stands, for people: in sync or not, from which commit, and the run that stands for each job."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.model.keys import Key
from runner.model.live import Stray
from runner.model.plan import Action, Change, Plan
from runner.report.lines import ADD, CHANGE, FAINT, REMOVE, RUN, STRONG, WARN, Line
from runner.report.text import reasons, run

_STANDING = {
    Action.CREATE: ("not there yet", ADD),
    Action.UPDATE: ("differs", CHANGE),
    Action.REPLACE: ("differs, and must be replaced", REMOVE),
    Action.DELETE: ("no spec asks for it", REMOVE),
    Action.ADOPT: ("not adopted yet", CHANGE),
    Action.RUN: ("no run of this content", RUN),
}


def status(made: Plan, runs: Mapping[Key, Mapping[str, Any]], strays: Iterable[Stray] = ()) -> Iterator[Line]:
    """Every resource, and what is live and unexplained."""
    for change in made.changes:
        if change.key in runs:
            yield from run(str(change.key), change.live_name, runs[change.key], commit=change.since)
        else:
            yield from _resource(change)
    found = list(strays)
    if found:
        yield Line()
        yield Line("Live, and not explained:", STRONG)
        yield from (Line(f"  {stray.address}  {stray.why}", WARN) for stray in found)


def _resource(change: Change) -> Iterator[Line]:
    words, style = _STANDING.get(change.action, (change.state or "in sync", ADD))
    commit = f", from {change.since[:10]}" if change.since and change.action is not Action.RUN else ""
    yield Line(f"{change.key}  {words}{commit}", style if not change.withheld else FAINT)
    yield from (Line(f"  {text}") for text in reasons(change.reasons))
