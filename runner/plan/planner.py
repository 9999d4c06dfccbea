"""The plan: every desired resource beside its live counterpart, and what has to happen to it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from runner.model.curated import successor
from runner.model.diagnostics import Diagnostic, in_order
from runner.model.keys import Key, Kind
from runner.model.live import LiveState
from runner.model.plan import Action, Change, Plan
from runner.model.references import Reference
from runner.model.resource import DesiredState
from runner.model.rules import Settings
from runner.plan.decide import decide
from runner.plan.departures import departures, owned
from runner.plan.ownership import FOREIGN
from runner.plan.planning import NOTHING, Asked, Planning


def make_plan(
    desired: DesiredState,
    live: LiveState,
    *,
    selected: frozenset[Key] | None = None,
    asked: Asked = NOTHING,
    left: Mapping[Key, Settings] = MappingProxyType({}),
) -> Plan:
    """The plan that takes `live` to `desired`, for the `selected` resources (all when None) and what they need.

    `left` maps what this project owns, and no spec asks for any more, to what rules settle for it: it is taken away.
    """
    planning = Planning(desired, live, asked, list(desired.diagnostics))
    for external in desired.externals:
        if external.reference in live.missing:
            planning.problems.append(Diagnostic(_not_there(external.reference), external.position))
    wanted = None if selected is None else _with_dependencies(desired, selected)
    chosen = [resource for resource in desired.resources if wanted is None or resource.key in wanted]
    changes = tuple(decide(planning, resource) for resource in chosen)
    _check_needs(planning, changes)
    gone = tuple(departures(planning, left))
    stays = any(change.action is not Action.CREATE and change.state != FOREIGN for change in changes)
    stays |= not owned(desired.origin, live).keys() <= left.keys()  # what no pattern chose
    return Plan(
        desired.origin,
        changes + gone,
        in_order(planning.problems),
        drift=tuple(planning.drift),
        empties=any(change.key.kind is not Kind.JOB for change in gone) and not stays,
    )


def _check_needs(planning: Planning, changes: Iterable[Change]) -> None:
    """What is added here cannot use what another branch has yet to create."""
    absent = {change.key: change.withheld for change in changes if change.withheld and change.action is Action.CREATE}
    for change in changes:
        for key in (key for key in change.depends_on if key in absent):
            if change.action in {Action.CREATE, Action.RUN} and not change.withheld:
                planning.refuse(change, f"needs {key}, which is {absent[key]} and not there yet")


def _not_there(wanted: Reference) -> str:
    message = f"{wanted} is not in the workspace"
    instead = successor(wanted.key.name) if wanted.curated else None
    return f"{message}: Azure ML no longer publishes it; its successor is {instead}" if instead else message


def _with_dependencies(desired: DesiredState, selected: frozenset[Key]) -> set[Key]:
    wanted = set(selected)
    for resource in reversed(desired.resources):  # dependency order: whoever needs a resource comes after it
        if resource.key in wanted:
            wanted.update(resource.depends_on)
    return wanted
