"""Computes over ARM: AmlCompute and ComputeInstance, with the long-running-operation protocol."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.computeview import render, render_nodes
from runner.emulator.arm.operations import accepted, begin
from runner.emulator.arm.resource import page
from runner.emulator.errors import bad_request, conflict, not_embedded, not_found
from runner.emulator.http import ok, read_object
from runner.emulator.jobs.durations import seconds
from runner.emulator.names import check_compute_name, check_compute_tags
from runner.emulator.store.computes import Compute
from runner.emulator.workspace import Workspace, of

KINDS = {"amlcompute": "AmlCompute", "computeinstance": "ComputeInstance"}
ACTIONS = {"start": ("Starting", "Running"), "stop": ("Stopping", "Stopped"), "restart": ("Restarting", "Running")}
MAX_NODES = 64  # more would be pretence on one machine


async def list_all(request: Request) -> Response:
    workspace = of(request)
    return ok(page(request, workspace.computes.all(), lambda compute: render(workspace, compute)))


async def get_compute(request: Request) -> Response:
    return ok(render(of(request), _find(request)))


async def put_compute(request: Request) -> Response:
    """Create or update. An AmlCompute can change its scale and tags, an instance nothing."""
    workspace, name = of(request), request.path_params["name"]
    check_compute_name(name)
    body = _checked(await read_object(request))
    existing = workspace.computes.get(name)
    if existing is not None:
        _check_change(existing, body)
        name = existing.name
    is_instance = body["properties"]["computeType"] == "ComputeInstance"
    final = existing.state if existing else "Running" if is_instance else "Succeeded"  # a change starts nothing
    workspace.computes.put(name, body, final if existing else "Creating")
    operation = begin(workspace, lambda: _settle(workspace, name, final))
    compute = workspace.computes.get(name)
    return accepted(workspace, operation, render(workspace, compute) if compute else {}, 200 if existing else 201)


async def patch_compute(request: Request) -> Response:
    """The scale of an AmlCompute, and tags."""
    workspace, compute, changes = of(request), _find(request), await read_object(request)
    scale = ((changes.get("properties") or {}).get("properties") or {}).get("scaleSettings")
    settings = {**compute.settings, **({"scaleSettings": scale} if scale else {})}
    body = {**compute.body, "properties": {**compute.body["properties"], "properties": settings}}
    if changes.get("tags") is not None:
        body["tags"] = changes["tags"]
    workspace.computes.put(compute.name, _checked(body), compute.state)
    operation = begin(workspace, workspace.dispatcher.wake)
    return accepted(workspace, operation, render(workspace, _find(request)), 200)


async def delete_compute(request: Request) -> Response:
    workspace, compute = of(request), _find(request)
    workspace.computes.set_state(compute.name, "Deleting")
    workspace.dispatcher.forget(compute.name, f"the compute {compute.name} was deleted")

    def gone() -> None:
        workspace.computes.delete(compute.name)
        workspace.dispatcher.wake()

    return accepted(workspace, begin(workspace, gone), None, 202)


async def act(request: Request) -> Response:
    """Start, stop or restart an instance. What runs on it when it goes down fails."""
    workspace, compute, action = of(request), _find(request), request.scope["path"].rpartition("/")[2]
    if compute.kind != "ComputeInstance":
        raise bad_request(f"{compute.name} is an {compute.kind}: only a compute instance can {action}.")
    passing, final = ACTIONS[action]
    if compute.state not in ("Running", "Stopped"):
        raise conflict(f"The compute instance {compute.name} is {compute.state}: wait until that is over.")
    if action != "start":
        workspace.dispatcher.evict(compute.name, f"the compute instance {compute.name} was asked to {action}")
    workspace.computes.set_state(compute.name, passing)
    operation = begin(workspace, lambda: _settle(workspace, compute.name, final))
    return accepted(workspace, operation, None, 202)


async def list_nodes(request: Request) -> Response:
    return ok({"nodes": render_nodes(of(request), _find(request))})


def _settle(workspace: Workspace, name: str, state: str) -> None:
    workspace.computes.set_state(name, state)
    workspace.dispatcher.wake()


def _find(request: Request) -> Compute:
    compute = of(request).computes.get(request.path_params["name"])
    if compute is None:
        raise not_found(f"compute {request.path_params['name']}")
    return compute


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise bad_request("The body needs an object `properties`.", "InvalidRequestContent")
    kind = KINDS.get(str(properties.get("computeType")).lower())
    if kind is None:
        raise not_embedded(f"compute of type {properties.get('computeType')}")
    settings = properties.get("properties") or {}
    if not settings.get("vmSize"):
        raise bad_request("The compute has no vmSize.")
    if kind == "AmlCompute":
        _check_scale(settings.get("scaleSettings") or {})
    check_compute_tags(body.get("tags") or {})
    kept = {key: body[key] for key in ("location", "tags", "identity") if body.get(key) is not None}
    return {**kept, "properties": {**properties, "computeType": kind, "properties": settings}}


def _check_scale(scale: dict[str, Any]) -> None:
    minimum, maximum = int(scale.get("minNodeCount") or 0), int(scale.get("maxNodeCount") or 1)
    if not 0 <= minimum <= maximum:
        raise bad_request(f"The compute's scale is impossible: min {minimum}, max {maximum}.")
    if maximum > MAX_NODES:
        raise bad_request(f"The embedded workspace gives a cluster at most {MAX_NODES} nodes.", "QuotaExceeded")
    seconds(scale.get("nodeIdleTimeBeforeScaleDown"))


def _check_change(existing: Compute, body: dict[str, Any]) -> None:
    fixed: tuple[Callable[[dict[str, Any]], Any], ...] = (
        lambda it: it["properties"]["computeType"],
        lambda it: str(it["properties"]["properties"].get("vmSize")).lower(),
        lambda it: str(it["properties"]["properties"].get("vmPriority") or "Dedicated").lower(),
    )
    if any(read(existing.body) != read(body) for read in fixed):
        raise bad_request(
            f"The compute {existing.name} exists: its type, VM size and tier cannot change. Delete it first."
        )
    if existing.kind == "ComputeInstance" and _fixed(existing.settings) != _fixed(body["properties"]["properties"]):
        raise bad_request(f"The compute instance {existing.name} exists and cannot be changed. Delete it first.")


def _fixed(settings: dict[str, Any]) -> dict[str, Any]:
    return {**settings, "vmSize": str(settings.get("vmSize")).lower()}
