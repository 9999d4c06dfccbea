"""Removes whatever bears the prefix of a verification: found by asking, not by remembering, so that nothing escapes."""

from collections.abc import Callable
from typing import TypeVar

import httpx
import pytest

from runner.model.runs import TERMINAL
from tests.contract.place import Arm

T = TypeVar("T")
ARCHIVED = ("environments", "data", "models", "components")  # the service deletes none of these
KINDS = ("jobs", "computes", "datastores", *ARCHIVED)  # jobs first: what they use goes after them


def clean(arm: Arm, prefix: str) -> list[str]:
    """Deletes or archives everything of that prefix; what could not be, and why."""
    left = []
    for kind in KINDS:
        for path in _attempt(lambda kind=kind: _found(arm, kind, prefix), kind, left) or ():
            reply = _attempt(lambda path=path: _remove(arm, path), path, left)
            if reply is not None and reply.status_code >= 400 and reply.status_code != 404:
                left.append(f"{path}: {reply.status_code} {reply.text[:200]}")
    return left


def _attempt(act: Callable[[], T], what: str, left: list[str]) -> T | None:
    """One failure does not keep the rest from being removed."""
    try:
        return act()
    except (httpx.HTTPError, pytest.skip.Exception, AssertionError) as problem:
        left.append(f"{what}: {problem}")
        return None


def _found(arm: Arm, kind: str, prefix: str) -> list[str]:
    view = {} if kind in {"computes", "datastores"} else {"listViewType": "All" if kind == "jobs" else "ActiveOnly"}
    return [f"{kind}/{each['name']}" for each in arm.all(kind, **view) if each["name"].lower().startswith(prefix)]


def _remove(arm: Arm, path: str) -> httpx.Response:
    kind = path.partition("/")[0]
    if kind in ARCHIVED:
        return arm.call("PUT", path, {"properties": {**_kept(arm, path), "isArchived": True}})
    if kind == "computes":
        return arm.call("DELETE", path, underlyingResourceAction="Delete")
    if kind == "jobs" and arm.get(path)["properties"]["status"] not in TERMINAL:
        arm.call("POST", f"{path}/cancel")
        arm.until(lambda: arm.get(path)["properties"]["status"] in TERMINAL)
    return arm.call("DELETE", path)


def _kept(arm: Arm, path: str) -> dict[str, object]:
    """What a container has to say again when it is archived: a PUT replaces it."""
    properties = arm.get(path)["properties"]
    return {name: properties[name] for name in ("description", "tags", "dataType") if properties.get(name)}
