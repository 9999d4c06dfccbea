"""Whether something arrived, asked after an error: the answer may have been lost, or somebody else was first."""

from collections.abc import Mapping
from typing import Any

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import Rest
from runner.model.keys import Key, Kind
from runner.model.plan import Change
from runner.model.resource import Resource
from runner.model.runs import TERMINAL


def arrived(rest: Rest, change: Change, resource: Resource) -> bool:
    """Whether the workspace holds exactly what was sent, by its full digest. Raises ServiceError if it does not say."""
    found = rest.get(_path(change.key, change.live_name))
    if found is None:
        return False
    properties = found["properties"]
    if properties.get("provisioningState") not in {None, "Succeeded"}:
        return False
    return _recorded(change.key.kind, found).get("aml.digest") == resource.digest


def gone(rest: Rest, change: Change) -> bool:
    """Whether what was to be taken away is. Raises ServiceError if the service does not say."""
    if not change.removes:
        return rest.get(_path(change.key, change.live_name)) is None
    found = [rest.get(_path(change.key, name)) for name in change.removes]
    return all(each is None or _is_over(change.key.kind, each["properties"]) for each in found)


def _is_over(kind: Kind, properties: Mapping[str, Any]) -> bool:
    if kind is Kind.JOB:
        return properties.get("status") in {*TERMINAL, "CancelRequested"}
    return bool(properties.get("isArchived"))


def _path(key: Key, live_name: str) -> str:
    if not key.kind.versioned:
        return f"{COLLECTION[key.kind]}/{live_name}"
    name, _, version = live_name.rpartition(":")
    return f"{COLLECTION[key.kind]}/{name}/versions/{version}"


def _recorded(kind: Kind, found: Mapping[str, Any]) -> Mapping[str, str]:
    """What carries the digest: of a job its properties, which never change; of a compute the outer tags."""
    field = {Kind.JOB: "properties", Kind.CONNECTION: "metadata"}.get(kind, "tags")
    return (found if kind is Kind.COMPUTE else found["properties"]).get(field) or {}
