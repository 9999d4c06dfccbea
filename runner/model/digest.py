"""The digest: what decides a computation, as one SHA-256.

It is taken over the canonical JSON of the spec as written, reduced to what reaches the computation. `SCHEME` names the
rules; they are frozen by golden vectors, so that an upgrade never trains anybody's model again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from runner.model.keys import Kind

SCHEME = "1"

# Fields that describe a resource or its handling and do not reach the computation. `name` and `version` are out because
# they are *made* from the digest or stand beside it.
_DESCRIPTIVE = frozenset({"$schema", "name", "version", "description", "tags", "properties"})
_OUT: Mapping[Kind, frozenset[str]] = {
    Kind.JOB: _DESCRIPTIVE | {"display_name", "experiment_name", "queue_settings", "services"},
}
_OUT_NESTED: Mapping[Kind, frozenset[tuple[str, str]]] = {Kind.JOB: frozenset({("limits", "timeout")})}


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values, equal text. Raises ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(value: Any) -> str:
    """The hex SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def deciding(kind: Kind, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a spec that decides the computation. Empty mappings and nulls count as absent."""
    out, nested = _OUT.get(kind, _DESCRIPTIVE), _OUT_NESTED.get(kind, frozenset())
    kept = {field: _without(field, value, nested) for field, value in spec.items() if field not in out}
    return {field: value for field, value in kept.items() if value not in (None, {}, [])}


def _without(field: str, value: Any, nested: frozenset[tuple[str, str]]) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: item for key, item in value.items() if (field, key) not in nested}


def digest(kind: Kind, content: Mapping[str, Any]) -> str:
    """The digest of a reduced spec in which paths and references are already replaced by what they stand for."""
    return sha256({"scheme": SCHEME, "kind": kind.value, "content": content})


def parts(content: Mapping[str, Any], nested: Iterable[str] = ("inputs", "environment_variables")) -> dict[str, str]:
    """A short hash for each field, and for each entry of the `nested` ones: enough to say later *what* differs."""
    found: dict[str, str] = {}
    for field, value in content.items():
        entries = {f"{field}.{key}": item for key, item in value.items()} if field in nested else {field: value}
        found |= {name: sha256(item)[:8] for name, item in entries.items()}
    return found


def tree_digest(files: Mapping[str, str]) -> str:
    """The digest of a folder: its files' relative POSIX paths and git blob ids. File modes do not count."""
    return sha256(dict(files))


def blob_id(content: bytes) -> str:
    """The id git gives to a file with this content."""
    header = b"blob %d\0" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def content_version(hex_digest: str) -> str:
    """The version of an asset that states none. The letter keeps YAML from reading a number."""
    return "c" + hex_digest[:12]


def run_name(name: str, project: str, hex_digest: str, attempt: int = 1) -> str:
    """The live name of the run of this content: the same for every apply that ever wants it."""
    identity = sha256([project, hex_digest])[:12]
    return f"{name}-{identity}" + (f"-a{attempt}" if attempt > 1 else "")
