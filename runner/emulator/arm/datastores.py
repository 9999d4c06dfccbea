"""Datastores over ARM. The workspace's own answer with short-lived signatures, others with what they were given."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.resource import envelope, page
from runner.emulator.errors import ServiceError, bad_request, not_found
from runner.emulator.http import ok, read_properties
from runner.emulator.names import check_name
from runner.emulator.settings import STORAGE_SUFFIX
from runner.emulator.store.datastores import DEFAULT, Datastore
from runner.emulator.workspace import Workspace, of

PERMISSIONS = "racwdl"
LOCATED_BY = {
    "AzureBlob": ("accountName", "containerName"),
    "AzureFile": ("accountName", "fileShareName"),
    "AzureDataLakeGen2": ("accountName", "filesystem"),
    "AzureDataLakeGen1": ("storeName",),
}


async def list_all(request: Request) -> Response:
    workspace = of(request)
    only_default = request.query_params.get("isDefault", "").lower() == "true"
    shown = [found for found in workspace.datastores.all() if found.name == DEFAULT or not only_default]
    return ok(page(request, shown, lambda datastore: _render(workspace, datastore)))


async def get_datastore(request: Request) -> Response:
    return ok(_render(of(request), _find(request)))


async def put_datastore(request: Request) -> Response:
    """Create, or change credentials, description and tags; where it points never changes."""
    workspace, name = of(request), request.path_params["name"]
    check_name("datastores", name)
    body = await read_properties(request)
    kind = str(body.get("datastoreType"))
    if kind not in LOCATED_BY or any(not body.get(key) for key in LOCATED_BY[kind]):
        needed = ", ".join(LOCATED_BY.get(kind, ())) or " or ".join(LOCATED_BY)
        raise bad_request(f"A datastore of type {kind} needs {needed}.")
    existing = workspace.datastores.get(name)
    if existing is not None:
        _check_change(existing, kind, body)
    credentials = dict(body.get("credentials") or {"credentialsType": "None"})
    secrets = credentials.pop("secrets", None) or {}
    kept = {**body, "credentials": credentials, "tags": body.get("tags") or {}, "properties": {}}
    workspace.datastores.put(name, kept, secrets)
    return ok(_render(workspace, _find(request)), 200 if existing else 201)


async def delete_datastore(request: Request) -> Response:
    datastore = _find(request)
    if datastore.is_own:
        raise _own(datastore.name)
    of(request).datastores.delete(datastore.name)
    return Response(status_code=200)


async def list_secrets(request: Request) -> Response:
    workspace, datastore = of(request), _find(request)
    if not datastore.is_own or datastore.container is None:
        return ok(datastore.secrets or {"secretsType": "None"})
    signature = workspace.guard.signatures.sign(datastore.container, permissions=PERMISSIONS)
    return ok({"secretsType": "Sas", "sasToken": signature})


def _find(request: Request) -> Datastore:
    datastore = of(request).datastores.get(request.path_params["name"])
    if datastore is None:
        raise not_found(f"datastore {request.path_params['name']}")
    return datastore


def _check_change(existing: Datastore, kind: str, body: dict[str, Any]) -> None:
    if existing.is_own:
        raise _own(existing.name)
    moved = [key for key in LOCATED_BY[kind] if existing.body.get(key) != body.get(key)]
    if kind != existing.body["datastoreType"] or moved:
        raise bad_request(f"The datastore {existing.name} exists and cannot be pointed elsewhere: use another name.")


def _own(name: str) -> ServiceError:
    return ServiceError(409, "Conflict", f"The datastore {name} belongs to the workspace and stays as it is.")


def _render(workspace: Workspace, datastore: Datastore) -> dict[str, Any]:
    own = {"accountName": workspace.account_name, "endpoint": STORAGE_SUFFIX} if datastore.is_own else {}
    properties = {
        "description": None,
        "subscriptionId": None,
        "resourceGroup": None,
        **datastore.body,
        **own,
        "isDefault": datastore.name == DEFAULT,
    }
    return envelope(f"datastores/{datastore.name}", properties, datastore.created_at, datastore.modified_at)
