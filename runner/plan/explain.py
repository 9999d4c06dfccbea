"""Why a run runs: what differs from the last run of the same job."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from runner.model.digest import parts
from runner.model.identity import recorded_files, recorded_parts, sent_files
from runner.model.live import LiveRun
from runner.model.plan import Reason
from runner.model.resource import Resource

_UPLOADED = "/LocalUpload/"  # what the service calls a local file once it is there


def run_reasons(resource: Resource, last: LiveRun | None) -> tuple[Reason, ...]:
    """The fields and files that differ from the last run; none when there was no run."""
    if last is None:
        return ()
    before, after = recorded_parts(last.properties), parts(resource.content)
    if before and not any("." in name for name in before):
        after = parts(resource.content, ())  # the last run had room for whole fields only
    reasons: list[Reason] = []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            reasons += _part(name, resource, last, recorded=name in before)
    return tuple(reasons)


def _part(name: str, resource: Resource, last: LiveRun, *, recorded: bool) -> Iterable[Reason]:
    """What differs in one part: the files sent for it, and its value where that differs too.

    A part that was `recorded` had a value, even where the service does not return it.
    """
    was, now = _of(name, recorded_files(last.properties)), _of(name, sent_files(resource))
    files = [Reason(name, was.get(file), now.get(file), file) for file in _changed(was, now)] if was and now else []
    before, after = _at(last.spec, name), _at(resource.spec, name)
    if name == "compute" and isinstance(after, str):
        after = after.removeprefix("azureml:")  # as the service tells it
    unreturned = recorded and (before is None or _UPLOADED in str(before))
    if name == "code" or unreturned or isinstance(after, Mapping | list):  # the last is too much for a line
        return files or [Reason(name)]
    value = Reason(name, before=_as(after, before), after=after)
    if value.before == value.after:  # what it names is another by now
        return files or [Reason(name)]
    return [value, *files]


def _changed(was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))


def _of(part: str, files: Mapping[str, str]) -> dict[str, str]:
    """The files of one part; `code/main.py` is main.py there."""
    return {name.partition("/")[2]: blob for name, blob in files.items() if name.startswith((f"{part}/", f"{part}."))}


def _as(like: Any, value: Any) -> Any:
    """The service keeps literals as text; a number or truth value is shown as what the spec would have said."""
    if isinstance(value, str) and isinstance(like, int | float):
        try:
            return json.loads(value.lower())
        except ValueError:
            return value
    return value


def _at(spec: Mapping[str, Any], name: str) -> Any:
    """The value at a part's name: `inputs.x` is one level down; an input that is data shows its path."""
    field, _, entry = name.partition(".")
    value = spec.get(field)
    if entry:
        value = value.get(entry) if isinstance(value, Mapping) else None
    return value["path"] if isinstance(value, Mapping) and "path" in value else value
