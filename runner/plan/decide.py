"""What has to happen to one resource, by its kind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from runner.model.diagnostics import Diagnostic, Severity
from runner.model.keys import Key, Kind
from runner.model.live import LiveResource, LiveRun, LiveState
from runner.model.plan import Action, Change, Reason
from runner.model.resource import DesiredState, Resource
from runner.model.runs import Phase, phase
from runner.plan.compare import differences
from runner.plan.explain import run_reasons

# What the service changes in place (docs/azure-ml.md); all else of a compute is fixed when it is created.
_IN_PLACE = frozenset(
    {"description", "identity", "idle_time_before_scale_down", "max_instances", "min_instances", "tags"}
)


@dataclass(slots=True)
class Planning:
    """Both states, and what is found wrong on the way."""

    desired: DesiredState
    live: LiveState
    retry: frozenset[Key]
    problems: list[Diagnostic] = field(default_factory=list)

    def refuse(self, resource: Resource, message: str) -> None:
        """Something stands against applying the plan."""
        self.problems.append(Diagnostic(f"{resource.key}: {message}", resource.position))

    def change(
        self,
        resource: Resource,
        action: Action,
        reasons: tuple[Reason, ...] = (),
        *,
        state: str = "",
        attempt: int = 1,
        run: LiveRun | None = None,
    ) -> Change:
        """A change of this resource; `run` is the one that stands for its content, when there is one."""
        return Change(
            key=resource.key,
            action=action,
            live_name=run.name if run else self.desired.live_name(resource, attempt),
            digest=resource.digest,
            position=resource.position,
            reasons=reasons,
            depends_on=resource.depends_on,
            state=state,
            run_status=run.status if run else "",
        )


def decide(planning: Planning, resource: Resource) -> Change:
    """The change that this resource needs; what stands against it goes to `planning.problems`."""
    why = planning.live.unknown.get(resource.key)
    if why is not None:
        planning.refuse(resource, f"could not be read, and unknown is not absent: {why}")
        return planning.change(resource, Action.NO_OP, state="unknown")
    deciders: dict[Kind, Callable[[Planning, Resource], Change]] = {Kind.COMPUTE: _compute, Kind.JOB: _job}
    return deciders.get(resource.key.kind, _asset)(planning, resource)


def _compute(planning: Planning, resource: Resource) -> Change:
    live = planning.live.computes.get(resource.key.name.lower())
    if live is None:
        return planning.change(resource, Action.CREATE)
    if not _ours(planning, resource, live):
        return planning.change(resource, Action.NO_OP, state="foreign")
    found = differences(resource.spec, live.spec)
    fixed = [reason.field for reason in found if reason.field.partition(".")[0] not in _IN_PLACE]
    if fixed:
        planning.refuse(resource, f"{', '.join(fixed)} cannot change in place: delete the compute or use another name")
    if not found and live.tags.get("aml.digest") != resource.digest:
        found = (Reason("spec", before="another", after="this"),)  # in a field that the service does not return
    return planning.change(resource, Action.UPDATE if found else Action.NO_OP, found, state=_health(live))


def _health(live: LiveResource) -> str:
    return "in sync" if live.state in {"", "Succeeded"} else f"in sync, {live.state}"


def _asset(planning: Planning, resource: Resource) -> Change:
    live = planning.live.assets.get((resource.key, resource.version))
    if live is None:
        return planning.change(resource, Action.CREATE)
    # Equal content may be shared, whoever put it there.
    if live.tags.get("aml.digest") != resource.digest:
        if _ours(planning, resource, live):
            message = f"version {resource.version} exists with other content, and versions never change: bump it"
            planning.refuse(resource, message)
        return planning.change(resource, Action.NO_OP, state="differs")
    if live.archived:
        planning.refuse(resource, f"version {resource.version} is archived; restore it or change the content")
    stated = {name: resource.spec[name] for name in ("description", "tags") if name in resource.spec}
    found = differences(stated, live.spec)
    return planning.change(resource, Action.UPDATE if found else Action.NO_OP, found, state="in sync")


def _job(planning: Planning, resource: Resource) -> Change:
    attempts = [run for run in planning.live.runs if run.key == str(resource.key) and run.digest == resource.digest]
    if not attempts:
        last = next((run for run in reversed(planning.live.runs) if run.key == str(resource.key)), None)
        state = f"the last run was {last.name}" if last else "never ran"
        return planning.change(resource, Action.RUN, run_reasons(resource, last), state=state)
    latest = attempts[-1]
    where = phase(latest.status)
    if where is Phase.FAILED and resource.key in planning.retry:
        reasons = (Reason("attempt", before=latest.status, after="retry"),)
        return planning.change(resource, Action.RUN, reasons, state="retry", attempt=_free_attempt(planning, resource))
    return _standing(planning, resource, latest, where)


def _free_attempt(planning: Planning, resource: Resource) -> int:
    """The first attempt whose name no run has: earlier ones may have been deleted in between."""
    taken = {run.name for run in planning.live.runs}
    return next(number for number in count(2) if planning.desired.live_name(resource, number) not in taken)


def _standing(planning: Planning, resource: Resource, run: LiveRun, where: Phase) -> Change:
    """A run of this content exists: nothing to do, and why."""
    states = {
        Phase.COMPLETED: f"satisfied by {run.name}",
        Phase.ACTIVE: f"in progress as {run.name} ({run.status})",
        Phase.FAILED: f"{run.status.lower()} as {run.name}; --retry-failed {resource.key} runs it again",
    }
    if where is Phase.FAILED:
        message = f"{resource.key}: {states[where]}"
        planning.problems.append(Diagnostic(message, resource.position, Severity.WARNING))
    return planning.change(resource, Action.NO_OP, state=states[where], run=run)


def _ours(planning: Planning, resource: Resource, live: LiveResource) -> bool:
    project = planning.desired.origin.project
    if live.tags.get("aml.project") == project:
        return True
    owner = live.tags.get("aml.project")
    whose = f"belongs to project {owner!r}" if owner else "was not made by this project"
    planning.refuse(resource, f"exists and {whose}: use another name, or list it under external: in specs/project.yml")
    return False
