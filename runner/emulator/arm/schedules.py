"""Schedules over ARM: kept, checked, and started when somebody asks. There is no clock: nothing starts by itself."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.resource import envelope, page
from runner.emulator.arm.triggers import check_trigger
from runner.emulator.errors import bad_request, conflict, not_embedded, not_found
from runner.emulator.http import ok, read_properties
from runner.emulator.names import check_name
from runner.emulator.store.named import Record
from runner.emulator.workspace import Workspace, of

_VIEWS = {"enabledonly": (True,), "disabledonly": (False,), "all": (True, False)}


async def list_all(request: Request) -> Response:
    view = request.query_params.get("listViewType", "EnabledOnly").lower()
    if view not in _VIEWS:
        raise bad_request(f"listViewType {view!r} is none of EnabledOnly, DisabledOnly, All.")
    shown = [found for found in of(request).schedules.all() if found.body["isEnabled"] in _VIEWS[view]]
    return ok(page(request, shown, _render))


async def get_schedule(request: Request) -> Response:
    return ok(_render(_find(request)))


async def put_schedule(request: Request) -> Response:
    """Create, or replace as a whole: trigger, job, tags, and whether it is enabled."""
    schedules, name = of(request).schedules, request.path_params["name"]
    check_name("schedules", name)
    body = await read_properties(request)
    check_trigger(body.get("trigger"))
    _check_action(body.get("action"))
    existing = schedules.get(name)
    kept = {**body, "isEnabled": body.get("isEnabled") is not False, "provisioningState": "Succeeded"}
    schedules.put(name, kept, {})
    return ok(_render(_find(request)), 200 if existing else 201)


async def delete_schedule(request: Request) -> Response:
    found = _find(request)
    if found.body["isEnabled"]:
        raise conflict(f"The schedule {found.name} is enabled: disable it, then delete it.")
    of(request).schedules.delete(found.name)
    return Response(status_code=200)


async def trigger(request: Request) -> Response:
    """Start the job once, under the schedule's name and the time."""
    workspace, found = of(request), _find(request)
    if not found.body["isEnabled"]:
        raise conflict(f"The schedule {found.name} is disabled.")
    name = f"{found.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    definition = _definition(workspace, found.body["action"]["jobDefinition"])
    workspace.submissions.put(name, {**definition, "displayName": name})
    workspace.dispatcher.wake()
    return ok({"scheduleActionType": "CreateJob", "submissionId": name})


def _definition(workspace: Workspace, definition: Mapping[str, Any]) -> dict[str, Any]:
    """The job as it is submitted; one that names another is that job with changes."""
    stated = {key: value for key, value in definition.items() if value is not None and key != "sourceJobId"}
    source = str(definition.get("sourceJobId") or "").rpartition("/")[2]
    known = workspace.jobs.get(source) if source else None
    if source and known is None:
        raise not_found(f"job {source}")
    return {**known.request, **{key: value for key, value in stated.items() if value}} if known else stated


def _check_action(action: Any) -> None:
    kind = action.get("actionType") if isinstance(action, dict) else None
    if kind != "CreateJob":
        raise not_embedded(f"schedules of action {kind}") if kind else bad_request("A schedule needs an action.")
    if not isinstance(action.get("jobDefinition"), dict):
        raise bad_request("A schedule needs a jobDefinition.")


def _find(request: Request) -> Record:
    found = of(request).schedules.get(request.path_params["name"])
    if found is None:
        raise not_found(f"schedule {request.path_params['name']}")
    return found


def _render(record: Record) -> dict[str, Any]:
    return envelope(f"schedules/{record.name}", record.body, record.created_at, record.modified_at)
