"""What decides a computation, and what only describes or handles it: the rules of the digest, field by field."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from runner.model.keys import Kind

# Describe a resource. `name` and `version` are out because they are *made* from the digest or stand beside it.
_DESCRIPTIVE = frozenset({"$schema", "name", "version", "description", "tags"})
# How a job is shown, found, queued and visited.
_HANDLING = _DESCRIPTIVE | {"display_name", "experiment_name", "queue_settings", "services"}
# Of an asset version, what the service lets anybody change. A secret is out because hashes are published.
_OUT: Mapping[Kind, frozenset[str]] = {
    Kind.COMPUTE: _DESCRIPTIVE,
    Kind.DATASTORE: _DESCRIPTIVE | {"credentials"},
    Kind.ENVIRONMENT: _DESCRIPTIVE | {"properties"},
    Kind.DATA: _DESCRIPTIVE | {"properties"},
    Kind.MODEL: _DESCRIPTIVE | {"properties", "stage"},
    Kind.SCHEDULE: _DESCRIPTIVE | {"display_name", "properties"},
    Kind.CONNECTION: _DESCRIPTIVE | {"api_key", "credentials"},
}
_SECRET = {Kind.COMPUTE: ("ssh_settings.admin_password",)}


def deciding(kind: Kind, spec: Mapping[str, Any], ignored: Iterable[str] = ()) -> dict[str, Any]:
    """The part of a spec that decides the computation. Empty mappings, lists and nulls count as absent.

    `ignored` are dotted paths of fields that a rule takes out (`ignore_changes`).
    """
    if kind is Kind.JOB:
        content = _job(spec)
    elif kind is Kind.COMPONENT:
        content = _component(spec)
    elif kind is Kind.SCHEDULE:
        content = _schedule(spec)
    else:
        content = _without(spec, _OUT[kind])
    for path in (*ignored, *_SECRET.get(kind, ())):
        content = _less(content, path.split("."))
    return content


def describing(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent beside the content: how a resource is described, shown and handled. No secret is in it."""
    fields = (_HANDLING | {"limits", "properties", "stage"}) - {"$schema"}
    return {field: value for field, value in spec.items() if field in fields}


def _job(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A job, or a node of a pipeline that stands for one."""
    content = _inner(_without(spec, _HANDLING))
    if "jobs" not in content and "trial" not in content:
        content = _less(content, ["limits", "timeout"])  # a command's; raising it trains nothing again
    return content


def _component(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A component, or a trial, counts by its content, recursively."""
    content = _inner(_without(spec, _HANDLING | {"properties"}))
    for ports in ("inputs", "outputs"):
        if isinstance(content.get(ports), Mapping):
            content[ports] = {name: _of(_port, port) for name, port in content[ports].items()}
    return content


def _schedule(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule counts with the job that it starts; that may be another one with changes (`job`)."""
    content = _without(spec, _OUT[Kind.SCHEDULE])
    job = content.get("create_job")
    if isinstance(job, Mapping):
        started = {"job": _of(_job, job["job"])} if "job" in job else {}
        content["create_job"] = {**_job(job), **started}
    return content


def _inner(content: dict[str, Any]) -> dict[str, Any]:
    """What jobs and components are made of alike."""
    for field in ("component", "trial"):
        if field in content:
            content[field] = _of(_component, content[field])
    if "environment" in content:
        content["environment"] = _of(_environment, content["environment"])
    if isinstance(content.get("jobs"), Mapping):
        content["jobs"] = {name: _of(_node, node) for name, node in content["jobs"].items()}
    return content


def _of(reduce: Callable[[Mapping[str, Any]], dict[str, Any]], value: Any) -> Any:
    return reduce(value) if isinstance(value, Mapping) else value


def _environment(spec: Mapping[str, Any]) -> dict[str, Any]:
    return _without(spec, _DESCRIPTIVE - {"name", "version"})


def _port(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in spec.items() if field != "description"}


def _node(spec: Mapping[str, Any]) -> dict[str, Any]:
    # Its limits count: they are part of what the pipeline does, and no attempt follows a step alone.
    limits = {"limits": spec["limits"]} if spec.get("limits") else {}
    return {**_less(_job(spec), ["comment"]), **limits}


def _without(spec: Mapping[str, Any], out: frozenset[str]) -> dict[str, Any]:
    return {field: value for field, value in spec.items() if field not in out and value not in (None, {}, [])}


def _less(content: Mapping[str, Any], path: list[str]) -> dict[str, Any]:
    """The content without what stands at a path; what is empty then counts as absent too."""
    field, *deeper = path
    if field not in content:
        return dict(content)
    inner = content[field]
    if deeper and not isinstance(inner, Mapping):
        return dict(content)
    kept = {field: _less(inner, deeper)} if deeper else {}
    return _without({**{name: value for name, value in content.items() if name != field}, **kept}, frozenset())
