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
        if external.reference in live.archived:
            message = f"{external.reference} is archived: correct the reference, or restore it"
            planning.problems.append(Diagnostic(message, external.position))
    wanted = None if selected is None else _with_dependencies(desired, selected)
    chosen = [resource for resource in desired.resources if wanted is None or resource.key in wanted]
    changes = tuple(decide(planning, resource) for resource in chosen)
    _check_needs(planning, changes)
    gone = tuple(departures(planning, left))
    return Plan(
        desired.origin,
        changes + gone,
        in_order(planning.problems),
        drift=tuple(planning.drift),
        empties=_empties(planning, gone),
    )


def _empties(planning: Planning, gone: Iterable[Change]) -> bool:
    """Whether nothing that the project owns here would be left. A run of a job that is still wanted is something."""
    going = {change.key for change in gone if not change.withheld}
    wanted = {str(resource.key) for resource in planning.desired.resources}
    stays = owned(planning.desired.origin, planning.live).keys() - going
    return any(key.kind is not Kind.JOB for key in going) and not (
        stays or any(run.key in wanted for run in planning.live.runs)
    )


def _check_needs(planning: Planning, changes: Iterable[Change]) -> None:
    """What is added here cannot use what another branch has yet to create."""
    absent = {change.key: change.withheld for change in changes if change.withheld and change.action is Action.CREATE}
    for change in changes:
        for key in (key for key in change.depends_on if key in absent):
            if change.action in {Action.CREATE, Action.RUN} and not change.withheld:
                how = "merge it first, or --allow-rollback creates it from here"
                planning.refuse(change, f"needs {key}, which is {absent[key]} and not there yet: {how}")


def _not_there(wanted: Reference) -> str:
    message = f"{wanted} is not in the workspace"
    instead = successor(wanted.key.name) if wanted.curated else None
    if instead:
        return f"{message}: Azure ML no longer publishes it; use its successor {instead}"
    return f"{message}: correct the reference, or put it there"


def _with_dependencies(desired: DesiredState, selected: frozenset[Key]) -> set[Key]:
    wanted = set(selected)
    for resource in reversed(desired.resources):  # dependency order: whoever needs a resource comes after it
        if resource.key in wanted:
            wanted.update(resource.depends_on)
    return wanted
