"""The plan: every desired resource beside its live counterpart, and what has to happen to it."""

from runner.model.curated import successor
from runner.model.diagnostics import Diagnostic, in_order
from runner.model.keys import Key
from runner.model.live import LiveState
from runner.model.plan import Plan
from runner.model.references import Reference
from runner.model.resource import DesiredState
from runner.plan.decide import decide
from runner.plan.planning import Planning


def make_plan(
    desired: DesiredState,
    live: LiveState,
    *,
    selected: frozenset[Key] | None = None,
    retry: frozenset[Key] = frozenset(),
    refresh_secrets: bool = False,
) -> Plan:
    """The plan that takes `live` to `desired`, for the `selected` resources (all when None) and what they need.

    `retry` names the jobs whose failed run may be followed by another attempt; with `refresh_secrets` the datastores'
    credentials are sent again.
    """
    planning = Planning(desired, live, retry, refresh_secrets, list(desired.diagnostics))
    for external in desired.externals:
        if external.reference in live.missing:
            planning.problems.append(Diagnostic(_not_there(external.reference), external.position))
    wanted = None if selected is None else _with_dependencies(desired, selected)
    chosen = [resource for resource in desired.resources if wanted is None or resource.key in wanted]
    changes = tuple(decide(planning, resource) for resource in chosen)
    return Plan(desired.origin, changes, in_order(planning.problems))


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
