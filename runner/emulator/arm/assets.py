"""Environments, data, models, codes and components: containers, and versions whose content never changes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.kinds import KINDS, AssetKind, content
from runner.emulator.arm.resource import envelope, page, visible
from runner.emulator.errors import ServiceError, bad_request, not_found
from runner.emulator.http import ok, read_properties
from runner.emulator.jobs.components import ANONYMOUS, DEFAULT_VERSION
from runner.emulator.names import check_name, check_version
from runner.emulator.store.assets import Container, Version
from runner.emulator.workspace import Workspace, of

RESERVED_PREFIXES = ("azureml-", "microsoft-")  # the service's own environments


async def list_containers(request: Request) -> Response:
    workspace, kind = of(request), _kind(request)
    kept = [found for found in workspace.assets.containers(kind.name) if found.name != ANONYMOUS]
    containers = [*_provided_containers(workspace, kind), *kept]
    shown = [container for container in containers if visible(request, container.archived)]
    return ok(page(request, shown, lambda container: _render_container(workspace, container)))


async def get_container(request: Request) -> Response:
    workspace, kind = of(request), _kind(request)
    container = _find_container(workspace, kind, request.path_params["name"])
    return ok(_render_container(workspace, container))


async def put_container(request: Request) -> Response:
    workspace, kind, name = of(request), _kind(request), request.path_params["name"]
    _check_writable(kind, name)
    body = await read_properties(request)
    created = workspace.assets.container(kind.name, name) is None
    kept = {key: body[key] for key in ("description", "tags", "properties", "dataType") if body.get(key) is not None}
    workspace.assets.put_container(kind.name, name, kept, archived=bool(body.get("isArchived")))
    return ok(_render_container(workspace, _find_container(workspace, kind, name)), 201 if created else 200)


async def list_versions(request: Request) -> Response:
    workspace, kind, name = of(request), _kind(request), request.path_params["name"]
    if digest := request.query_params.get("hash"):
        # Asked under a fresh name before every upload: any code of the same content will do, whatever its name.
        known = workspace.assets.code_with_hash(digest)
        return ok({"value": [_render(known)] if known else []})
    container = _find_container(workspace, kind, name)
    versions = _provided(workspace, kind, name) or workspace.assets.versions(kind.name, name)
    shown = [version for version in versions if visible(request, version.archived or container.archived)]
    if request.query_params.get("$orderBy", "").lower() in ("createdtime asc", "createdtime"):
        shown.reverse()
    return ok(page(request, shown, _render))


async def get_version(request: Request) -> Response:
    return ok(_render(_find(of(request), _kind(request), request.path_params["name"], request.path_params["version"])))


async def put_version(request: Request) -> Response:
    """Create a version, or change what may change of it: description, tags, properties, isArchived."""
    workspace, kind = of(request), _kind(request)
    name, version = request.path_params["name"], request.path_params["version"]
    _check_writable(kind, name)
    body = {key: value for key, value in (await read_properties(request)).items() if value is not None}
    archived = bool(body.pop("isArchived", False))
    check_version(kind.name, version, anonymous=bool(body.get("isAnonymous")))
    kind.check(body)
    body = {**kind.defaults, **_understood(workspace, kind, (name, version), body)}
    existing = workspace.assets.version(kind.name, name, version)
    _check_data_type(workspace, kind, name, body)
    if existing is not None and content(kind, existing.body) != content(kind, body):
        raise _changed(kind, name, version)
    workspace.assets.put_version(kind.name, name, version, body, archived=archived)
    return ok(_render(_find(workspace, kind, name, version)), 200 if existing else 201)


async def start_pending_upload(request: Request) -> Response:
    """A fresh container to upload code into. Never a shared one: two uploads of one tree cannot meet half-way."""
    workspace = of(request)
    check_name("codes", request.path_params["name"])
    container = workspace.blobs.fresh_container()
    return ok(
        {
            "pendingUploadId": container,
            "pendingUploadType": "TemporaryBlobReference",
            "blobReferenceForConsumption": {
                "blobUri": f"{workspace.storage_url}/{container}",
                "storageAccountArmId": "",
                "credential": {
                    "credentialType": "SAS",
                    "sasUri": workspace.signed_url(container, permissions="racwdl"),
                },
            },
        }
    )


def _understood(workspace: Workspace, kind: AssetKind, named: tuple[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """What a component or model refers to must exist; a model that a job made is kept by where it lies."""
    if kind.name == "components":
        name, version = named
        if version == DEFAULT_VERSION:
            raise bad_request(f"{DEFAULT_VERSION} is no version of a component: it means the latest.")
        workspace.components.check(body)
        if name != ANONYMOUS:  # the SDK reads them there, and leaves the version out when it takes the next number
            return {**body, "componentSpec": {**body["componentSpec"], "name": name, "version": version}}
    elif kind.name == "models" and (job := workspace.locator.job_of(body["modelUri"])):
        return {**body, "modelUri": workspace.locator.datastore_uri(body["modelUri"]), "jobName": job}
    return body


def _kind(request: Request) -> AssetKind:
    return KINDS[request.scope["path"].split("/")[1]]


def _check_writable(kind: AssetKind, name: str) -> None:
    if kind.name == "environments" and name.lower().startswith(RESERVED_PREFIXES):
        raise ServiceError(403, "ReservedName", f"{name} belongs to the service: names of that kind are read-only.")
    check_name(kind.name, name)


def _check_data_type(workspace: Workspace, kind: AssetKind, name: str, body: dict[str, Any]) -> None:
    if kind.name != "data":
        return
    other = next((found for found in workspace.assets.versions("data", name)), None)
    if other is not None and other.body["dataType"] != body["dataType"]:
        raise bad_request(
            f"The data asset {name} is of type {other.body['dataType']}: a {body['dataType']} needs another name."
        )


def _changed(kind: AssetKind, name: str, version: str) -> ServiceError:
    if kind.conflict_status == 409:
        message = f"{kind.name} {name}:{version} exists with other content, which can never change: use a new version."
    else:
        message = f"Asset paths cannot be updated. {kind.name} {name}:{version} exists: use a new version."
    return ServiceError(kind.conflict_status, kind.conflict_code, message)


def _provided_containers(workspace: Workspace, kind: AssetKind) -> list[Container]:
    return workspace.environments.provided_containers() if kind.name == "environments" else []


def _provided(workspace: Workspace, kind: AssetKind, name: str) -> list[Version]:
    return workspace.environments.provided(name) if kind.name == "environments" else []


def _find_container(workspace: Workspace, kind: AssetKind, name: str) -> Container:
    provided = next((found for found in _provided_containers(workspace, kind) if found.name == name), None)
    container = provided or workspace.assets.container(kind.name, name)
    if container is None:
        raise not_found(f"{kind.name} {name}")
    return container


def _find(workspace: Workspace, kind: AssetKind, name: str, version: str) -> Version:
    if kind.name == "components" and version == DEFAULT_VERSION:
        found = workspace.components.default(name)
    else:
        found = next((known for known in _provided(workspace, kind, name) if known.version == version), None)
    found = found or workspace.assets.version(kind.name, name, version)
    if found is None:
        raise not_found(f"{kind.name} {name}:{version}")
    return found


def _render(version: Version) -> dict[str, Any]:
    path = f"{version.kind}/{version.name}/versions/{version.version}"
    return envelope(path, {**version.body, "isArchived": version.archived}, version.created_at, version.modified_at)


def _render_container(workspace: Workspace, container: Container) -> dict[str, Any]:
    provided = _provided(workspace, KINDS[container.kind], container.name)
    latest = provided[0] if provided else workspace.assets.latest(container.kind, container.name)
    properties = {
        "description": None,
        "tags": {},
        "properties": {},
        **container.body,
        "isArchived": container.archived,
        # Always present: without it the SDK recurses without end.
        "latestVersion": latest.version if latest else "",
        "nextVersion": str(workspace.assets.next_number(container.kind, container.name)),
    }
    if container.kind == "data" and latest is not None:
        properties["dataType"] = latest.body["dataType"]
    return envelope(f"{container.kind}/{container.name}", properties, container.created_at, container.modified_at)
