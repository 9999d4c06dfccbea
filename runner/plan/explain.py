"""Why a run runs: what differs from the last run of the same job."""

import json
from collections.abc import Mapping
from typing import Any

from runner.model.digest import parts
from runner.model.identity import code_files, recorded_files, recorded_parts
from runner.model.live import LiveRun
from runner.model.plan import Reason
from runner.model.resource import Resource


def run_reasons(resource: Resource, last: LiveRun | None) -> tuple[Reason, ...]:
    """The fields and files that differ from the last run; none when there was no run."""
    if last is None:
        return ()
    before = recorded_parts(last.properties)
    after = parts(resource.content)
    if not any("." in name for name in before):
        after = parts(resource.content, ())  # the last run had room for whole fields only
    reasons: list[Reason] = []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            reasons += _files(resource, last) if name == "code" else [_field(name, resource, last)]
    return tuple(reasons)


def _field(name: str, resource: Resource, last: LiveRun) -> Reason:
    before, after = _at(last.spec, name), _at(resource.spec, name)
    return Reason(name, before=_as(after, before), after=after)


def _as(like: Any, value: Any) -> Any:
    """The service keeps literals as text; a number or truth value is shown as what the spec would have said."""
    if isinstance(value, str) and isinstance(like, int | float):
        try:
            return json.loads(value.lower())
        except ValueError:
            return value
    return value


def _files(resource: Resource, last: LiveRun) -> list[Reason]:
    before, after = recorded_files(last.properties), code_files(resource)
    if not before:
        return [Reason("code", before="other files", after="these")]
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return [Reason("code", before=before.get(name), after=after.get(name), file=name) for name in changed]


def _at(spec: Mapping[str, Any], name: str) -> Any:
    """The value at a part's name: `inputs.x` is one level down; an input that is data shows its path."""
    field, _, entry = name.partition(".")
    value = spec.get(field)
    if entry:
        value = value.get(entry) if isinstance(value, Mapping) else None
    return value["path"] if isinstance(value, Mapping) and "path" in value else value
