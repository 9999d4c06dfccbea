"""Runs as the run history service shows them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.jobs import find, served_properties
from runner.emulator.errors import bad_request, not_found
from runner.emulator.history.addresses import artifact_prefix
from runner.emulator.http import ok, read_object
from runner.emulator.jobs.states import State
from runner.emulator.settings import ARTIFACT_CONTAINER, LOCATION, WORKSPACE_ID
from runner.emulator.store.jobs import Job
from runner.emulator.workspace import Workspace, of

LOG_FOLDERS = ("user_logs/", "system_logs/", "logs/", "azureml-logs/")
RUN_TYPES = {"Command": "azureml.scriptrun", "Sweep": "azureml.sweep", "Pipeline": "azureml.PipelineRun"}
PATCHED = {"displayName": "displayName", "description": "description", "tags": "tags", "properties": "properties"}


async def get_run(request: Request) -> Response:
    return ok(_render(of(request), find(request)))


async def get_details(request: Request) -> Response:
    workspace, job = of(request), find(request)
    return ok(
        {
            **_render(workspace, job),
            "target": _target(job),
            "runDefinition": job.body,
            "logFiles": log_files(workspace, job),
        }
    )


async def patch_run(request: Request) -> Response:
    """Change metadata: tags and properties are merged, `hidden` archives."""
    workspace, job, changes = of(request), find(request), await read_object(request)
    wanted = {key: changes[sent] for sent, key in PATCHED.items() if changes.get(sent) is not None}
    if changes.get("hidden") is not None:
        wanted["isArchived"] = bool(changes["hidden"])
    return ok(_render(workspace, workspace.submissions.update(job, wanted, replace_tags=False)))


async def cancel_run(request: Request) -> Response:
    workspace, job = of(request), find(request)
    workspace.dispatcher.cancel(job)
    return ok(_render(workspace, workspace.jobs.require(job.name)))


async def children(request: Request) -> Response:
    """The trials of a sweep, the steps of a pipeline."""
    workspace, job = of(request), find(request)
    top = request.query_params.get("$top", "")
    # All at once: the SDK does not ask for a second page of them.
    shown = workspace.jobs.children(job.name)[: int(top) if top.isdecimal() else None]
    return ok({"value": [_render(workspace, child) for child in shown]})


async def run_data(request: Request) -> Response:
    """POST {runId}: metadata, and which data assets the outputs are."""
    workspace, asked = of(request), await read_object(request)
    job = workspace.jobs.get(str(asked.get("runId")))
    if job is None:
        raise not_found(f"run {asked.get('runId')}")
    return ok({"runMetadata": _render(workspace, job), "runDefinition": job.body, "jobSpecification": None})


async def resolved_uris(request: Request) -> Response:
    """POST {values: [asset id]}: where each output lies. An id is ours, from `run_data`: <job>/<output>."""
    workspace, asked = of(request), await read_object(request)
    answers = {}
    for identifier in asked.get("values") or []:
        name, _, output = str(identifier).rpartition("/outputs/")
        job = workspace.jobs.get(name.rpartition("/")[2])
        if job is None or output not in job.body["outputs"]:
            raise bad_request(f"{identifier!r} is no output of a run.")
        answers[identifier] = {
            "uri": job.body["outputs"][output]["uri"],
            "type": job.body["outputs"][output]["jobOutputType"],
        }
    return ok({"values": answers})


def log_files(workspace: Workspace, job: Job) -> dict[str, str]:
    """The run's logs, by the name the SDK knows them by, each with an address that needs no token."""
    prefix = artifact_prefix(job.name)
    names = [name for folder in LOG_FOLDERS for name in workspace.blobs.names(ARTIFACT_CONTAINER, prefix + folder)]
    return {name.removeprefix(prefix): workspace.signed_url(ARTIFACT_CONTAINER, name) for name in names}


def _render(workspace: Workspace, job: Job) -> dict[str, Any]:
    return {
        "runId": job.name,
        "rootRunId": workspace.jobs.root(job).name,
        "parentRunId": job.parent,
        "experimentId": job.experiment,
        "runType": RUN_TYPES[job.kind],
        "compute": {"target": _target(job)},
        "displayName": job.body["displayName"],
        "description": job.body["description"],
        "status": job.status,
        "hidden": job.archived,
        "tags": job.body["tags"],
        "properties": served_properties(job),
        "createdUtc": job.created_at,
        "startTimeUtc": job.started_at,
        "endTimeUtc": job.ended_at,
        "cancelationReason": job.error if job.status is State.CANCELED else None,
        "error": _error(job),
        "warnings": [],
        "currentPhase": job.detail,  # ours: one line for people
        "inputs": {},
        "outputs": _outputs(job),
    }


def _error(job: Job) -> dict[str, Any] | None:
    if job.status is not State.FAILED:
        return None
    inner = {"code": job.error_code or "UserError", "message": job.error, "messageParameters": {}, "details": []}
    return {"error": inner, "correlation": None, "environment": LOCATION, "location": LOCATION, "time": job.ended_at}


def _outputs(job: Job) -> dict[str, Any]:
    """Known once they are collected; the SDK asks `resolved_uris` what an id means."""
    if job.status is not State.COMPLETED:
        return {}
    place = f"azureml://locations/{LOCATION}/workspaces/{WORKSPACE_ID}/jobs/{job.name}/outputs"
    return {
        name: {"assetId": f"{place}/{name}", "type": output["jobOutputType"]}
        for name, output in job.body["outputs"].items()
    }


def _target(job: Job) -> str:
    return str(job.body["computeId"] or "serverless").rpartition("/")[2]
