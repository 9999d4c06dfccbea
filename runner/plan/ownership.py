"""Whose something is, by its tags: what another project or target made, or nobody of ours, is never touched unasked."""

from enum import StrEnum

from runner.model.live import LiveResource
from runner.model.plan import Action, Change, Reason
from runner.model.resource import Origin, Resource
from runner.model.rules import Settings
from runner.plan.planning import Planning

_ELSEWHERE = "use another name, or list it under external: in specs/project.yml; --adopt takes it over"


FOREIGN = "foreign"  # the state of a change whose live counterpart is not ours


# Why something is kept, and how to lift it.
PROTECTED = "prevent_destroy protects it, by a rule or its own tags; a rule with prevent_destroy: false lifts that"


def is_protected(settings: Settings, *, tagged: bool) -> bool:
    """Whether something must not be deleted, replaced or archived: as a rule says, else as its own tags do."""
    return tagged if settings.prevent_destroy is None else settings.prevent_destroy


class Claim(StrEnum):
    """What we may do with something live."""

    OURS = "ours"
    ADOPTED = "adopted"  # it was not ours, and the person wants it to be
    FOREIGN = "foreign"


def is_ours(origin: Origin, live: LiveResource) -> bool:
    """Whether this target of this project made it."""
    return (live.tags.get("aml.project"), live.tags.get("aml.target")) == (origin.project, origin.target)


def claim(planning: Planning, resource: Resource, live: LiveResource) -> Claim:
    """Whether it is ours; refused, with what to do, if not and nobody asked for it."""
    if is_ours(planning.desired.origin, live):
        return Claim.OURS
    if planning.asked.adopt:
        return Claim.ADOPTED
    planning.refuse(resource, f"exists and {_whose(planning.desired.origin, live)}: {_ELSEWHERE}")
    return Claim.FOREIGN


def overtaken(origin: Origin, change: Change, live: LiveResource | None) -> str:
    """Why a compute or a datastore is not what it was when this change was planned; empty if it is, or is gone.

    What is to be created or updated and holds that content already was made so by another apply of the same.
    """
    if live is None or change.action is Action.ADOPT:
        return ""
    if not is_ours(origin, live):
        return _whose(origin, live)
    same = live.tags.get("aml.digest") == change.digest and change.action is not Action.REPLACE
    if same or live.commit == change.since:
        return ""
    return f"was applied from {live.commit[:10] or 'no commit'}"


def taken_over(planning: Planning, live: LiveResource) -> tuple[Reason, ...]:
    """What an adoption changes about whose it is."""
    wanted = {"aml.project": planning.desired.origin.project, "aml.target": planning.desired.origin.target}
    return tuple(
        Reason(name, before=live.tags.get(name), after=after)
        for name, after in wanted.items()
        if live.tags.get(name) != after
    )


def _whose(origin: Origin, live: LiveResource) -> str:
    project, target = live.tags.get("aml.project"), live.tags.get("aml.target")
    if not project:
        return "was not made by this project"
    if project != origin.project:
        return f"belongs to project {project!r}"
    return f"belongs to target {target!r} of this project"
