"""The digest: what decides a computation, as one SHA-256.

It is taken over the canonical JSON of what `model/content.py` leaves of a spec. `SCHEME` names the rules of both; they
are frozen by golden vectors, so that an upgrade never trains anybody's model again.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from runner.model.keys import Kind

SCHEME = "1"
# Fields that are told apart entry by entry when a run is explained.
NESTED = frozenset({"inputs", "outputs", "environment_variables", "jobs", "search_space", "limits", "resources"})


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values, equal text. Raises ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(value: Any) -> str:
    """The hex SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def digest(kind: Kind, content: Mapping[str, Any]) -> str:
    """The digest of a reduced spec in which paths and references are already replaced by what they stand for."""
    return sha256({"scheme": SCHEME, "kind": kind.value, "content": content})


def parts(content: Mapping[str, Any], nested: Iterable[str] = NESTED) -> dict[str, str]:
    """A short hash for each field, and for each entry of the `nested` ones: enough to say later *what* differs."""
    found: dict[str, str] = {}
    for field, value in content.items():
        split = field in nested and isinstance(value, Mapping)
        entries = {f"{field}.{key}": item for key, item in value.items()} if split else {field: value}
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


def run_name(name: str, project: str, hex_digest: str, *, rerun: int = 1, attempt: int = 1) -> str:
    """The live name of the run of this content: the same for every apply that ever wants it."""
    identity = sha256([project, hex_digest])[:12]
    again = f"-r{rerun}" if rerun > 1 else ""
    return f"{name}-{identity}{again}" + (f"-a{attempt}" if attempt > 1 else "")


def attempt_of(base: str, live_name: str) -> int | None:
    """Which attempt of the run called `base` has this live name; None when it is a run of something else.

    Asked of a known base only: twelve digits of a digest can look like an attempt themselves (`-a12345678901`).
    """
    found = re.fullmatch(r"(?:-a([1-9]\d*))?", live_name.removeprefix(base)) if live_name.startswith(base) else None
    return int(found[1] or 1) if found else None
