"""The service: who we are, what we may read, what we may do, and what there is."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from runner.azureml import identity
from runner.azureml.rest import Rest
from runner.doctor.facts import Capacity, Permission, Rights, Service, Token, Unread, Workspace
from runner.doctor.read.attempt import attempt
from runner.doctor.read.capacity import capacity
from runner.doctor.read.storage import storage

COLLECTIONS = ("computes", "datastores", "environments", "data", "models", "components", "jobs", "schedules")
_PERMISSIONS = "/providers/Microsoft.Authorization/permissions"


def service(rest: Rest) -> Service:
    """Everything that is asked of the service. After a workspace that does not answer nothing more is asked of it."""
    token = attempt(lambda: _token(rest))
    workspace = token if isinstance(token, Unread) else attempt(lambda: _workspace(rest))
    if isinstance(workspace, Unread):
        return Service(token, workspace, {}, workspace, workspace, Capacity(workspace, workspace))
    with ThreadPoolExecutor(len(COLLECTIONS)) as pool:
        reads = dict(zip(COLLECTIONS, pool.map(lambda name: _read(rest, name), COLLECTIONS), strict=True))
    return Service(
        token=token,
        workspace=workspace,
        reads=reads,
        rights=rights(rest, rest.workspace.path),
        storage=attempt(lambda: storage(rest, workspace.storage, rights(rest, workspace.storage))),
        capacity=capacity(rest, workspace.region),
    )


def _token(rest: Rest) -> Token:
    claims = identity.claims(rest)
    return Token(claims, claims["exp"] - time.time())


def _workspace(rest: Rest) -> Workspace:
    """Read twice: the first request also opens the connection, the second one says how long a read takes."""
    found = rest.resource()
    began = time.monotonic()
    theirs = rest.date()
    seconds = time.monotonic() - began
    storage_account = str(found["properties"].get("storageAccount") or "")
    return Workspace(
        rest.workspace.name, str(found.get("location") or ""), storage_account, seconds, _ahead(theirs, seconds)
    )


def _ahead(theirs: str, seconds: float) -> float | None:
    """How far our clock is ahead. Theirs was read half a request ago, and its fraction of a second is not told."""
    try:
        said = parsedate_to_datetime(theirs).replace(tzinfo=UTC)  # HTTP knows no other zone
    except ValueError:
        return None
    return (datetime.now(UTC) - said).total_seconds() - seconds / 2 - 0.5


def _read(rest: Rest, collection: str) -> Unread | None:
    """Why the first page of a collection could not be read, or None."""
    found = attempt(lambda: next(rest.list(collection), None))
    return found if isinstance(found, Unread) else None


def rights(rest: Rest, scope: str) -> Rights | Unread:
    """What we may do in a scope: an ARM path."""
    if not scope:
        return Unread("the workspace does not name it")
    return attempt(lambda: tuple(_permission(each) for each in rest.list_at(f"{scope}{_PERMISSIONS}", "permissions")))


def _permission(found: Mapping[str, Any]) -> Permission:
    names = ("actions", "notActions", "dataActions", "notDataActions")
    return Permission(*(tuple(map(str, found.get(name) or ())) for name in names))
