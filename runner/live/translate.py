"""REST resources in the words of the specs, so that desired and live compare field by field.

Only what specs state is compared, so only those fields are translated; a server's own fields stay behind.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from runner.azureml.collections import COLLECTION
from runner.model import triggers
from runner.model.identity import SCHEDULE
from runner.model.keys import Kind
from runner.model.live import LiveResource, LiveRun

LOCATED = {
    "account_name": "accountName",
    "container_name": "containerName",
    "file_share_name": "fileShareName",
    "filesystem": "filesystem",
    "store_name": "storeName",
}
# What the service shows a run as that a schedule has started: its name and the time.
_STARTED = re.compile(r"(.+)-\d{8}T\d{6}Z")
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def compute(found: Mapping[str, Any]) -> LiveResource:
    """A compute. The outer properties are the same for every type; the inner ones are the type's own."""
    outer = found["properties"]
    inner = outer.get("properties") or {}
    spec: dict[str, Any] = {
        "name": found["name"],
        "type": str(outer.get("computeType", "")).lower(),
        "description": outer.get("description") or "",
        "location": found.get("location") or outer.get("computeLocation"),
        "resource_id": outer.get("resourceId") or None,
        "namespace": inner.get("namespace") or None,
        "size": inner.get("vmSize"),
        "enable_node_public_ip": inner.get("enableNodePublicIp"),
        "tags": found.get("tags") or {},
    }
    scale = inner.get("scaleSettings") or {}
    if scale:
        spec |= {
            "tier": snake(inner.get("vmPriority") or "Dedicated"),
            "min_instances": scale.get("minNodeCount"),
            "max_instances": scale.get("maxNodeCount"),
            "idle_time_before_scale_down": seconds(scale.get("nodeIdleTimeBeforeScaleDown")),
        }
    return LiveResource(
        spec={field: value for field, value in spec.items() if value is not None},
        tags=found.get("tags") or {},
        state=str(outer.get("provisioningState") or ""),
        created_at=str(outer.get("createdOn") or ""),
        changed_by=str(_system(found).get("lastModifiedBy") or ""),
        changed_at=_changed_at(found),
    )


def datastore(found: Mapping[str, Any]) -> LiveResource:
    """A datastore, less its credentials."""
    outer = found["properties"]
    spec = {
        "name": found["name"],
        "type": snake(str(outer.get("datastoreType") or "")),
        "description": outer.get("description") or "",
        "tags": outer.get("tags") or {},
    } | {field: outer.get(sent) for field, sent in LOCATED.items()}
    return LiveResource(
        spec={field: value for field, value in spec.items() if value is not None},
        tags=outer.get("tags") or {},
        created_at=str(_system(found).get("createdAt") or ""),
        changed_by=str(_system(found).get("lastModifiedBy") or ""),
        changed_at=_changed_at(found),
        has_credentials=(outer.get("credentials") or {}).get("credentialsType", "None") != "None",
    )


def connection(found: Mapping[str, Any]) -> LiveResource:
    """A connection, less its credentials. It has no tags: metadata is where ours are."""
    outer = found["properties"]
    noted = outer.get("metadata") or {}
    spec = {
        "name": found["name"],
        "target": outer.get("target"),
        "is_shared": outer.get("isSharedToAll"),
        "metadata": {name: value for name, value in noted.items() if not name.startswith("aml.")},
        "tags": noted,
    }
    return LiveResource(
        spec={field: value for field, value in spec.items() if value is not None},
        tags={name: str(value) for name, value in noted.items()},
        created_at=str(_system(found).get("createdAt") or ""),
        changed_by=str(_system(found).get("lastModifiedBy") or ""),
        changed_at=_changed_at(found),
        has_credentials=outer.get("authType") not in {None, "None", "AAD"},
    )


def schedule(found: Mapping[str, Any]) -> LiveResource:
    """A schedule, less the job that it starts: its digest tells that."""
    outer = found["properties"]
    enabled = outer.get("isEnabled") is not False
    spec = {
        "name": found["name"],
        "description": outer.get("description") or "",
        "display_name": outer.get("displayName") or "",
        "tags": outer.get("tags") or {},
        "trigger": _trigger(outer.get("trigger") or {}),
        "is_enabled": enabled,
    }
    return LiveResource(
        spec=spec,
        tags=outer.get("tags") or {},
        state=str(outer.get("provisioningState") or "") if enabled else "disabled",
        created_at=str(_system(found).get("createdAt") or ""),
        changed_by=str(_system(found).get("lastModifiedBy") or ""),
        changed_at=_changed_at(found),
    )


def _trigger(found: Mapping[str, Any]) -> dict[str, Any]:
    words = {snake(name): value for name, value in found.items()}
    pattern = words.get("schedule")
    if isinstance(pattern, Mapping):
        words["schedule"] = {snake(name): value for name, value in pattern.items()}
    return triggers.plain({"type": words.pop("trigger_type", ""), **words})


def asset(found: Mapping[str, Any]) -> LiveResource:
    """One version of an asset."""
    properties = found["properties"]
    return LiveResource(
        spec={"description": properties.get("description") or "", "tags": properties.get("tags") or {}},
        tags=properties.get("tags") or {},
        state=str(properties.get("provisioningState") or "Succeeded"),
        archived=bool(properties.get("isArchived")),
        created_at=str(_system(found).get("createdAt") or ""),
        changed_by=str(_system(found).get("lastModifiedBy") or ""),
        changed_at=_changed_at(found),
    )


def run(found: Mapping[str, Any]) -> LiveRun:
    """One run of a job, with what decides it in the form a spec writes it where that fits a line."""
    properties = found["properties"]
    services = properties.get("services") or {}
    return LiveRun(
        name=found["name"],
        status=str(properties.get("status") or "Unknown"),
        created_at=str(_system(found).get("createdAt") or ""),
        properties=properties.get("properties") or {},
        tags=properties.get("tags") or {},
        timeout=seconds((properties.get("limits") or {}).get("timeout")),
        spec=_decides(properties),
        url=str((services.get("Studio") or {}).get("endpoint") or ""),
        schedule=_schedule(properties),
    )


def _schedule(properties: Mapping[str, Any]) -> str:
    """The schedule that started a run: in a tag of the job that we scheduled, else in the name that the run shows."""
    ours = str((properties.get("tags") or {}).get(SCHEDULE) or "")
    shown = _STARTED.fullmatch(str(properties.get("displayName") or ""))
    return ours.rpartition("/")[2] or (shown[1] if shown else "")


def _system(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who made and changed it, and when. The service does not tell it of everything."""
    return found.get("systemData") or {}


def _changed_at(found: Mapping[str, Any]) -> str:
    return str(_system(found).get("lastModifiedAt") or found["properties"].get("modifiedOn") or "")


def _decides(properties: Mapping[str, Any]) -> dict[str, Any]:
    # Not its environment variables: the service tells the secrets among them to whoever may read the run.
    inputs = {name: _input(value) for name, value in (properties.get("inputs") or {}).items()}
    spec = {
        "command": properties.get("command"),
        "environment": _reference(properties.get("environmentId")),
        "compute": _reference(properties.get("computeId")),
        "inputs": inputs,
    }
    return {field: value for field, value in spec.items() if value}


def _input(value: Mapping[str, Any]) -> Any:
    if value.get("jobInputType") == "literal":
        return value.get("value")
    return _reference(value.get("uri"))


def _reference(text: str | None) -> str:
    """`azureml:name:version` for an id of the workspace; anything else as it is."""
    found = re.search(
        r"/workspaces/[^/]+/(computes|environments|data|models|components)/([^/]+)(?:/(versions|labels)/([^/]+))?$",
        text or "",
    )
    if not found:
        return text or ""
    kind, name, how, which = found.groups()
    if kind == "computes":
        return name
    return f"azureml:{name}" + (f"{'@' if how == 'labels' else ':'}{which}" if how else "")


def versions_in(found: Mapping[str, Any]) -> frozenset[str]:
    """Every version of an asset that a payload names, wherever: "environment/plain:3"."""
    kinds = {COLLECTION[kind]: kind for kind in Kind if kind.versioned}
    named = re.findall(rf"/({'|'.join(kinds)})/([^/\"]+)/versions/([^/\"]+)", json.dumps(found))
    return frozenset(f"{kinds[collection]}/{name}:{version}" for collection, name, version in named)


def seconds(duration: str | None) -> int | None:
    """The seconds of an ISO 8601 duration such as PT2M; None for none."""
    found = _DURATION.fullmatch(duration or "")
    if not found or not any(found.groups()):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return int(days * 86_400 + hours * 3_600 + minutes * 60 + rest)


def snake(text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower()
