"""Computes, datastores, connections and schedules: changed in place where the service can do that, else replaced."""

from collections.abc import Iterable
from dataclasses import replace

from runner.model.identity import PREVENT_DESTROY
from runner.model.keys import Kind
from runner.model.live import LiveResource
from runner.model.plan import Action, Change, Reason
from runner.model.resource import Resource
from runner.plan import credentials, schedules
from runner.plan.compare import compare, kept
from runner.plan.departures import warn_of_runs
from runner.plan.fence import fenced
from runner.plan.ownership import FOREIGN, PROTECTED, Claim, claim, is_protected, taken_over
from runner.plan.planning import Planning

# What the service changes in place (docs/azure-ml.md); all else is fixed when the resource is created.
_CLUSTER = frozenset({"description", "identity", "idle_time_before_scale_down", "max_instances", "min_instances"})
_NOTHING: frozenset[str] = frozenset()  # of an instance, and as far as we know of what is attached
_DATASTORE = frozenset({"description"})
_FIXED = {Kind.CONNECTION: frozenset({"type"}), Kind.SCHEDULE: frozenset[str]()}  # all else changes in place
# Ours, or nothing that the service knows of.
_ALWAYS = frozenset({"api_key", "credentials", "prevent_destroy", "spec", "tags"})


def decide(planning: Planning, resource: Resource) -> Change:
    """The change that something needs which has no versions."""
    schedules.check(planning, resource)
    live = planning.live.counterpart(resource.key)
    if live is None:
        return fenced(planning, planning.change(resource, Action.CREATE), None)
    whose = claim(planning, resource, live)
    if whose is Claim.FOREIGN:
        return planning.change(resource, Action.NO_OP, state=FOREIGN)
    change, fixed = _difference(planning, resource, live, whose)
    change = fenced(planning, replace(change, keeps=kept(resource, live), since=live.commit), live.commit)
    if change.action is not Action.NO_OP and not change.withheld:
        credentials.check_kept(planning, resource, live)
        if fixed:
            _object(planning, resource, live, change.action, ", ".join(sorted(fixed)))
    return change


def _difference(
    planning: Planning, resource: Resource, live: LiveResource, whose: Claim
) -> tuple[Change, frozenset[str]]:
    """The change that takes what is live to the spec, and the fields of it that cannot change in place."""
    compared = compare(resource, live, resource.spec.keys())
    found = (*compared.found, *credentials.sent_again(planning, resource))
    fixed = _fixed(resource, found)
    if whose is Claim.ADOPTED:
        return planning.change(resource, Action.ADOPT, _adopting(planning, live, found)), fixed
    planning.drift += compared.drift
    action = Action.REPLACE if fixed else Action.UPDATE if found else Action.NO_OP
    reasons = [replace(reason, forces_replacement=reason.field in fixed) for reason in found]
    return planning.change(resource, action, reasons, state=_health(live)), fixed


def _fixed(resource: Resource, found: Iterable[Reason]) -> frozenset[str]:
    """The fields that differ and cannot change in place."""
    kind, differing = resource.key.kind, {reason.field for reason in found}
    if kind in _FIXED:
        return frozenset(differing & _FIXED[kind])
    is_cluster = str(resource.spec.get("type", "")).lower() == "amlcompute"
    place = _DATASTORE if kind is Kind.DATASTORE else _CLUSTER if is_cluster else _NOTHING
    return frozenset(field for field in differing if field.partition(".")[0] not in place | _ALWAYS)


def _object(planning: Planning, resource: Resource, live: LiveResource, action: Action, fixed: str) -> None:
    """What stands against changing fields that are fixed, or should be known before."""
    if action is Action.ADOPT:
        how = "write what is there, or use another name"
        planning.refuse(resource, f"cannot be adopted, as {fixed} cannot change in place: {how}")
    elif is_protected(resource.settings, tagged=PREVENT_DESTROY in live.tags):
        planning.refuse(resource, f"{fixed} cannot change in place, and {PROTECTED}")
    else:
        planning.warn(resource, f"{fixed} cannot change in place: apply deletes it and makes it anew (--allow-replace)")
        warn_of_runs(planning, resource)


def _adopting(planning: Planning, live: LiveResource, found: Iterable[Reason]) -> tuple[Reason, ...]:
    # What only our own tags could tell says nothing about something that has none.
    told = tuple(reason for reason in found if reason.field not in {"prevent_destroy", "spec"})
    return (*taken_over(planning, live), *told)


def _health(live: LiveResource) -> str:
    return "in sync" if live.state in {"", "Succeeded"} else f"in sync, {live.state}"
