"""What has to happen to one job: the run of its content decides.

| the run of this content is | then |
|---|---|
| absent, or canceled by us for a newer one | run |
| active | wait for it |
| completed | nothing, ever again |
| failed or canceled | nothing, unless a rule, a raised timeout or a person allows the next attempt |
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from runner.model.digest import attempt_of
from runner.model.identity import recorded_resolved
from runner.model.live import LiveRun
from runner.model.plan import Action, Change, Reason
from runner.model.resource import Resource
from runner.model.runs import Cause, Phase, phase
from runner.plan import adopt
from runner.plan.explain import run_reasons
from runner.plan.planning import Planning


def decide(planning: Planning, resource: Resource) -> Change:
    """The change that a job needs."""
    own = planning.runs(resource.key)
    namesake = planning.live.namesakes.get(resource.key)
    if namesake and not own and resource.settings.rerun == 1:  # a rerun wants another run than the one there is
        return adopt.run(planning, resource, namesake)
    attempts = _attempts(planning, resource, own)
    if resource.key in planning.asked.again:
        return _again(planning, resource, own, attempts)
    later = None if attempts else _later(resource, own)
    if later:
        return _standing(planning, resource, later, phase(later.status))
    if not attempts:
        return _run(planning, resource, own, _why_now(planning, resource, own), "")
    latest = next((run for run in attempts.values() if phase(run.status) is Phase.COMPLETED), attempts[max(attempts)])
    where = phase(latest.status)
    if latest.superseded:
        reason = Reason("attempt", before="superseded", after="again (wanted once more)")
        return _run(planning, resource, own, (reason,), "next attempt")
    if where is Phase.FAILED:
        again = _next_attempt(planning, resource, latest, max(attempts))
        if again:
            return _run(planning, resource, own, (again,), "next attempt")
    return _standing(planning, resource, latest, where)


def _again(planning: Planning, resource: Resource, own: list[LiveRun], attempts: Mapping[int, LiveRun]) -> Change:
    """One attempt more, because somebody asked for it; not beside one that is not over."""
    active = next((run for run in attempts.values() if phase(run.status) is Phase.ACTIVE), None)
    if active:
        return _standing(planning, resource, active, Phase.ACTIVE)
    reason = (
        Reason("attempt", before=attempts[max(attempts)].name, after="again (to reproduce it)") if attempts else None
    )
    return _run(planning, resource, own, (reason,) if reason else (), "next attempt" if attempts else "")


def _attempts(planning: Planning, resource: Resource, own: Iterable[LiveRun]) -> dict[int, LiveRun]:
    """The runs of this content and this rerun, by the number of the attempt."""
    base = planning.desired.live_name(resource)
    numbered = ((attempt_of(base, run.name), run) for run in own if run.digest == resource.digest)
    found = {number: run for number, run in numbered if number is not None}
    # One that was adopted has the name that it had, and comes before all that we make.
    adopted = [run for run in own if run.name == resource.key.name and run.digest == resource.digest]
    return ({0: adopted[0]} if adopted and resource.settings.rerun == 1 else {}) | found


def _later(resource: Resource, own: list[LiveRun]) -> LiveRun | None:
    """The run of this content for a rerun that was taken back since: trained is trained."""
    later = (run for run in reversed(own) if run.digest == resource.digest and _rerun(run) > resource.settings.rerun)
    return next((run for run in later if phase(run.status) is not Phase.FAILED), None)


def _why_now(planning: Planning, resource: Resource, own: list[LiveRun]) -> tuple[Reason, ...]:
    same = [run for run in own if run.digest == resource.digest]
    if same and resource.settings.rerun > 1:
        return (Reason("rerun", before=_rerun(same[-1]), after=resource.settings.rerun),)
    if not own:
        twin = next((run for run in reversed(planning.live.runs) if run.digest == resource.digest), None)
        return (Reason("name", before=twin.key.partition("/")[2], after=resource.key.name),) if twin else ()
    return run_reasons(resource, own[-1])


def _rerun(run: LiveRun) -> int:
    found = re.search(r"-r(\d+)(-a\d+)?$", run.name)
    return int(found[1]) if found else 1


def _next_attempt(planning: Planning, resource: Resource, run: LiveRun, attempts: int) -> Reason | None:
    """Why a failed content may be tried again, or None."""
    if resource.key in planning.asked.retry:
        return Reason("attempt", before=run.status, after="again (--retry-failed)")
    settings, wanted = resource.settings, (resource.spec.get("limits") or {}).get("timeout")
    if run.cause is Cause.TIMEOUT and run.timeout and (wanted is None or wanted > run.timeout):
        return Reason("limits.timeout", before=run.timeout, after=wanted)
    # The first attempt is not a retry.
    if run.cause in settings.retry_on and attempts <= settings.retry_limit:
        return Reason("attempt", before=run.cause.value, after=f"again (retry {attempts} of {settings.retry_limit})")
    return None


def _run(planning: Planning, resource: Resource, own: list[LiveRun], reasons: tuple[Reason, ...], state: str) -> Change:
    last = own[-1] if own else None
    told = map(planning.numbered, reasons)
    change = planning.change(resource, Action.RUN, told, live_name=_next_name(planning, resource, own))
    return replace(
        change,
        state=state or (f"the last run was {last.name}" if last else "never ran"),
        since=last.commit if last else "",
        since_target=last.properties.get("aml.target", "") if last else "",
        supersedes=_superseded(planning, resource, own),
        resolved=planning.resolved(resource.key),
    )


def _next_name(planning: Planning, resource: Resource, own: Iterable[LiveRun]) -> str:
    """The name of the attempt after all that there are; earlier ones may have been deleted in between."""
    last = max(_attempts(planning, resource, own), default=0)
    return planning.desired.live_name(resource, last + 1)


def _superseded(planning: Planning, resource: Resource, own: Iterable[LiveRun]) -> tuple[str, ...]:
    """The runs of other content that are still active and come from the same branch, when a rule cancels those."""
    ref = planning.desired.origin.ref
    if not resource.settings.cancel_superseded or not ref:
        return ()
    older = (run for run in own if run.digest != resource.digest and run.properties.get("aml.ref") == ref)
    return tuple(run.name for run in older if phase(run.status) is Phase.ACTIVE and run.status != "CancelRequested")


def _standing(planning: Planning, resource: Resource, run: LiveRun, where: Phase) -> Change:
    """A run of this content exists: nothing to do, and why."""
    states = {
        Phase.COMPLETED: f"satisfied by {run.name}",
        Phase.ACTIVE: f"in progress as {run.name} ({run.status})",
        Phase.FAILED: f"{run.status.lower()} as {run.name}; --retry-failed {resource.key} runs it again",
    }
    if where is Phase.FAILED:
        planning.warn(resource, states[where])
    change = planning.change(resource, Action.NO_OP, state=states[where], live_name=run.name)
    return replace(change, run_status=run.status, since=run.commit, moved=_moved(planning, resource, run))


def _moved(planning: Planning, resource: Resource, run: LiveRun) -> tuple[Reason, ...]:
    """The labels of others that stood for something else when the run was submitted: told, never a reason to run."""
    before, now = recorded_resolved(run.properties), planning.resolved(resource.key)
    changed = [field for field in sorted(now) if field in before and before[field] != now[field]]
    return tuple(Reason(field, before=before[field], after=now[field]) for field in changed)
