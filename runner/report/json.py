"""The JSON documents: stable, documented in docs/json.md. Additive changes raise the minor of `format_version`."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from runner import __version__
from runner.model.commits import Commit
from runner.model.diagnostics import Diagnostic
from runner.model.keys import Key
from runner.model.live import Stray
from runner.model.plan import Change, Drift, Plan, Reason, Result
from runner.model.resource import Origin
from runner.report.lines import inert

FORMAT_VERSION = "1.0"


def plan(made: Plan, created_at: str) -> str:
    """The plan as one object."""
    return dump(document(made, created_at))


def document(made: Plan, created_at: str) -> dict[str, Any]:
    """The plan as plain values, in the order in which they are printed."""
    moved = [(change.key, reason) for change in made.changes for reason in change.moved]
    return _head(made.origin, created_at) | {
        "complete": True,
        "applyable": made.applyable,
        "resource_changes": [_change(change) for change in made.changes],
        "drift": [
            *(_drift(each) for each in made.drift),
            *({"address": str(key), "cause": "label moved", **_reason(reason)} for key, reason in moved),
        ],
        "diagnostics": diagnostics(made.diagnostics),
        "summary": made.summary(),
    }


def results(origin: Origin, found: Iterable[Result], created_at: str) -> str:
    """What an apply did, or how runs went, as one object."""
    return dump(_head(origin, created_at) | {"results": [_result(result) for result in found]})


def status(made: Plan, runs: Mapping[Key, Mapping[str, Any]], strays: Iterable[Stray], created_at: str) -> str:
    """Where everything stands, as one object."""
    unexplained = [{"address": stray.address, "why": stray.why} for stray in strays]
    resources = [
        _change(change) | ({"run": dict(runs[change.key])} if change.key in runs else {}) for change in made.changes
    ]
    found = {"resources": resources, "unexplained": unexplained, "diagnostics": diagnostics(made.diagnostics)}
    return dump(_head(made.origin, created_at) | found)


def diagnostics(found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Findings, each with its place."""
    return [
        {"severity": item.severity, "message": item.told}
        | (
            {"file": item.position.file, "line": item.position.line, "column": item.position.column}
            if item.position
            else {}
        )
        for item in found
    ]


def commit(found: Commit) -> dict[str, Any]:
    """A commit as it tells of itself."""
    told = {"id": found.id, "author": found.author, "at": found.at, "subject": found.subject}
    return {**told, "pull_request": found.pull_request}


def difference(found: Reason) -> dict[str, Any]:
    """What made a difference, with no field left out."""
    return {name: getattr(found, name) for name in ("field", "before", "after", "file", "commit")}


def values(name: str, before: Any, after: Any) -> dict[str, Any]:
    """A metric, parameter or package before and after."""
    return {"name": name, "before": before, "after": after}


def plain(value: Any) -> Any:
    """The value as whoever reads its JSON gets it."""
    return json.loads(json.dumps(_finite(value), allow_nan=False))


def dump(value: Any) -> str:
    """JSON for machines that people can read too, and that does nothing to the terminal they read it on."""
    text = json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False)
    return "".join(char if char == "\n" or inert(char) == char else json.dumps(char)[1:-1] for char in text)


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity, which the metrics of a run that diverged are: they become null."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {name: _finite(item) for name, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
    return value


def _head(origin: Origin, created_at: str) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "project": origin.project,
        "target": origin.target,
        "commit": origin.commit or None,
        "dirty": origin.dirty,
        "created_at": created_at,
    }


def _change(change: Change) -> dict[str, Any]:
    optional = {
        "supersedes": list(change.supersedes),
        "removes": list(change.removes),
        "live_commit": change.since,
        "withheld": change.withheld,
    }
    return {
        "address": str(change.key),
        "kind": change.key.kind,
        "name": change.key.name,
        "action": change.action,
        "reasons": [_reason(reason) for reason in change.reasons],
        "live_name": change.live_name,
        "digest": change.digest,
        "depends_on": [str(key) for key in change.depends_on],
        "spec": {"path": change.position.file, "line": change.position.line} if change.position.file else None,
        "state": change.state,
    } | {name: value for name, value in optional.items() if value}


def _drift(drift: Drift) -> dict[str, Any]:
    found = {
        "address": str(drift.key),
        "cause": "changed in the workspace",
        "field": drift.field,
        "before": drift.before,
        "after": drift.after,
        "kept": drift.kept,
    }
    return found | {name: value for name, value in {"by": drift.by, "at": drift.at}.items() if value}


def _reason(reason: Reason) -> dict[str, Any]:
    found = {"field": reason.field, "before": reason.before, "after": reason.after}
    optional = {"file": reason.file, "commit": reason.commit, "forces_replacement": reason.forces_replacement}
    return found | {name: value for name, value in optional.items() if value}


def _result(result: Result) -> dict[str, Any]:
    found = {
        "address": str(result.key),
        "action": result.action,
        "live_name": result.live_name,
        "status": result.status,
    }
    optional = {"error": result.error, "because": result.because, "run": dict(result.run)}
    return found | {name: value for name, value in optional.items() if value}
