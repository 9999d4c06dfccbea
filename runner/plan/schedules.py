"""What a schedule can start: the SDK sends pipelines, and jobs that are there by their name."""

from collections.abc import Mapping

from runner.model.keys import Kind
from runner.model.resource import Resource
from runner.plan.planning import Planning


def check(planning: Planning, resource: Resource) -> None:
    """Refuses a schedule of a job that the SDK loads, and then does not send."""
    job = resource.spec.get("create_job") if resource.key.kind is Kind.SCHEDULE else None
    if not isinstance(job, Mapping):
        return
    started = job["job"] if isinstance(job.get("job"), Mapping) else job
    kind = str(started.get("type", "command"))
    if kind != "pipeline" and not isinstance(job.get("job"), str):
        planning.refuse(
            resource,
            f"create_job is a {kind} job, and the SDK schedules pipelines only: make it a pipeline of one step",
        )
