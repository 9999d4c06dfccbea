"""Taking over versions and runs that this project did not make: only what provably holds the content of the spec."""

from dataclasses import replace

from runner.model.live import Likeness, LiveResource, LiveRun
from runner.model.plan import Action, Change
from runner.model.resource import Resource
from runner.plan.compare import compare, kept
from runner.plan.fence import fenced
from runner.plan.ownership import FOREIGN, Claim, claim, taken_over
from runner.plan.planning import Planning


def version(planning: Planning, resource: Resource, live: LiveResource, live_name: str) -> Change:
    """The change for a version of an asset that is there and not ours."""
    if claim(planning, resource, live) is not Claim.ADOPTED:
        return planning.change(resource, Action.NO_OP, state=FOREIGN, live_name=live_name)
    _check_content(planning, resource)
    found = compare(resource, live, [field for field in ("description", "tags") if field in resource.spec])
    told = tuple(reason for reason in found.found if reason.field != "prevent_destroy")
    reasons = (*taken_over(planning, live), *told)
    change = planning.change(resource, Action.ADOPT, reasons, live_name=live_name)
    return fenced(planning, replace(change, keeps=kept(resource, live)), live.commit)


def run(planning: Planning, resource: Resource, namesake: LiveRun) -> Change:
    """The change for a job when a run that nobody of us made is called exactly as its spec."""
    if not planning.asked.adopt:
        planning.refuse(
            resource,
            "a run of this name exists and was not made by this project: --adopt counts it as the run of this job; "
            "or give the job another name",
        )
        return planning.change(resource, Action.NO_OP, state=FOREIGN, live_name=namesake.name)
    _check_content(planning, resource)
    change = planning.change(resource, Action.ADOPT, live_name=namesake.name, state=f"adopts the run {namesake.name}")
    return fenced(planning, replace(change, run_status=namesake.status), None)


def _check_content(planning: Planning, resource: Resource) -> None:
    """Adopting says that what is live was made from this very content: it must have been."""
    likeness = planning.live.likenesses.get(resource.key, Likeness(problem="nobody has looked at it"))
    if likeness.problem:
        planning.refuse(resource, f"cannot be adopted: {likeness.problem}; use another name or version")
    elif likeness.differing:
        words = ", ".join(likeness.differing)
        planning.refuse(resource, f"cannot be adopted: its content differs in {words}; use another name or version")
