"""Jobs over ARM: submit, read, list, cancel, delete."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.resource import envelope, next_link
from runner.emulator.errors import conflict, not_found
from runner.emulator.history.addresses import run_page
from runner.emulator.http import ok, read_properties
from runner.emulator.jobs.states import TERMINAL
from runner.emulator.jobs.submission import NOTE_PREFIX
from runner.emulator.store.jobquery import list_jobs
from runner.emulator.store.jobs import Job
from runner.emulator.workspace import Workspace, of


async def put_job(request: Request) -> Response:
    workspace = of(request)
    job, is_new = workspace.submissions.put(request.path_params["name"], await read_properties(request))
    if is_new:
        workspace.dispatcher.wake()
    return ok(render(workspace, workspace.jobs.require(job.name)), 201 if is_new else 200)


async def get_job(request: Request) -> Response:
    return ok(render(of(request), find(request)))


async def list_all(request: Request) -> Response:
    workspace = of(request)
    jobs, token = list_jobs(workspace.database, request.query_params)
    answer: dict[str, Any] = {"value": [render(workspace, job) for job in jobs]}
    if token is not None:
        answer["nextLink"] = next_link(request, str(token))
    return ok(answer)


async def cancel(request: Request) -> Response:
    workspace = of(request)
    workspace.dispatcher.cancel(find(request))
    return Response(status_code=200)


async def delete(request: Request) -> Response:
    workspace, job = of(request), find(request)
    if job.status not in TERMINAL:
        raise conflict(f"The job {job.name} is {job.status}: cancel it, wait for its end, then delete it.")
    if job.parent:
        raise conflict(f"The job {job.name} is a part of {workspace.jobs.root(job).name}: delete that.")
    workspace.jobs.delete(job.name)
    return Response(status_code=200)


def served_properties(job: Job) -> dict[str, str]:
    """The job's properties, and how many processes were ever started for it."""
    counted = {f"{NOTE_PREFIX}process_starts": str(job.process_starts)} if job.process_starts else {}
    return {**job.body["properties"], **counted}


def find(request: Request) -> Job:
    """The job that a route's `name` means."""
    job = of(request).jobs.get(request.path_params["name"])
    if job is None:
        raise not_found(f"job {request.path_params['name']}")
    return job


def render(workspace: Workspace, job: Job) -> dict[str, Any]:
    if job.parent and workspace.jobs.root(job).kind == "Pipeline":
        # As the service does it: what is part of a pipeline is told by run history alone.
        return {**envelope(f"jobs/{job.name}", {}, job.created_at), "properties": None}
    services = {
        kind: {"jobServiceType": kind, "endpoint": endpoint, "port": None, "status": None, "errorMessage": None}
        for kind, endpoint in (
            ("Tracking", workspace.endpoint.tracking_uri),
            ("Studio", run_page(workspace.base_url, job.name)),
        )
    }
    properties = {
        "componentId": None,
        "identity": None,
        "notificationSetting": None,
        **job.body,
        "properties": served_properties(job),
        "isArchived": job.archived,
        "services": services,
        "status": job.status,
    }
    return envelope(f"jobs/{job.name}", properties, job.created_at)
