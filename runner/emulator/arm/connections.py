"""Connections over ARM: kept, and their secrets told when asked for. Nobody here uses them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.resource import envelope, page
from runner.emulator.errors import bad_request, not_found
from runner.emulator.http import ok, read_properties
from runner.emulator.names import check_connection_name
from runner.emulator.store.named import Record
from runner.emulator.workspace import of


async def list_all(request: Request) -> Response:
    return ok(page(request, of(request).connections.all(), _render))


async def get_connection(request: Request) -> Response:
    return ok(_render(_find(request)))


async def put_connection(request: Request) -> Response:
    """Create, or replace as a whole, secrets included; what it is a connection to stays."""
    connections, name = of(request).connections, request.path_params["name"]
    check_connection_name(name)
    body = await read_properties(request)
    if not body.get("category") or not body.get("authType"):
        raise bad_request("A connection needs category and authType.")
    existing = connections.get(name)
    if existing and existing.body["category"] != body["category"]:
        raise bad_request(f"The connection {name} exists and is one to {existing.body['category']}: use another name.")
    connections.put(name, {**body, "credentials": None}, body.get("credentials") or {})
    return ok(_render(_find(request)))  # of a new one, too: the SDK takes a 201 for a failure


async def delete_connection(request: Request) -> Response:
    of(request).connections.delete(_find(request).name)
    return Response(status_code=200)


async def list_secrets(request: Request) -> Response:
    found = _find(request)
    return ok(_render(found, found.secrets or None))


def _find(request: Request) -> Record:
    found = of(request).connections.get(request.path_params["name"])
    if found is None:
        raise not_found(f"connection {request.path_params['name']}")
    return found


def _render(record: Record, secrets: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**record.body, "credentials": secrets}
    return envelope(f"connections/{record.name}", properties, record.created_at, record.modified_at)
