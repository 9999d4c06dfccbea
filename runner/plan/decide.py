"""What has to happen to one resource, by its kind. Jobs, assets and what is mutable have modules of their own."""

from collections.abc import Callable

from runner.model.keys import Kind
from runner.model.plan import Action, Change
from runner.model.resource import Resource
from runner.plan import assets, jobs, mutable
from runner.plan.planning import Planning

_UNKNOWN = "unknown"


def decide(planning: Planning, resource: Resource) -> Change:
    """The change that this resource needs; what stands against it goes to `planning.problems`."""
    why = planning.live.unknown.get(resource.key)
    if why is not None:
        planning.refuse(resource, f"could not be read, and unknown is not absent; plan again when it can be: {why}")
        return planning.change(resource, Action.NO_OP, state=_UNKNOWN)
    deciders: dict[Kind, Callable[[Planning, Resource], Change]] = {
        Kind.MODEL: assets.decide_model,
        Kind.JOB: jobs.decide,
    }
    other = mutable.decide if resource.key.kind.mutable else assets.decide
    return deciders.get(resource.key.kind, other)(planning, resource)
