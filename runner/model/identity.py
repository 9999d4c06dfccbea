"""What a run remembers of the content it was submitted for, small enough for properties, which never change.

`aml.parts` holds a short hash for each field, `aml.files` one for each file that was sent with it: enough to say later,
without git and without the files, *what* differs. `aml.resolved` holds what labels of others stood for. The service
keeps 1,000 characters a property; what is longer is shortened to coarser parts or left out, never cut.
"""

import json
from collections.abc import Mapping

from runner.model.digest import SCHEME, parts
from runner.model.resource import Origin, Resource

LIMIT = 1_000
EMPTY: Mapping[str, str] = {}
PARTS, FILES, RESOLVED, DIGEST_SCHEME = "aml.parts", "aml.files", "aml.resolved", "aml.digest_scheme"


def properties(origin: Origin, resource: Resource, resolved: Mapping[str, str] = EMPTY) -> dict[str, str]:
    """The properties of a new run of this content. `resolved` maps fields to what others' labels in them stand for."""
    own = {
        DIGEST_SCHEME: SCHEME,
        PARTS: _fitting(parts(resource.content)) or _fitting(parts(resource.content, ())),
        FILES: _fitting(sent_files(resource)),
        RESOLVED: _fitting(resolved),
    }
    return origin.tags(resource) | {name: value for name, value in own.items() if value}


def sent_files(resource: Resource) -> dict[str, str]:
    """`code/main.py` -> short blob id, for every file that goes with a job: its field, dotted, and its path there."""
    return {
        f"{'.'.join(map(str, field))}/{name}": blob[:8]
        for field, tree in resource.trees.items()
        for name, blob in tree.files.items()
    }


def recorded_parts(run: Mapping[str, str]) -> dict[str, str]:
    """The parts that a run's properties hold; empty when they hold none."""
    return _read(run.get(PARTS))


def recorded_files(run: Mapping[str, str]) -> dict[str, str]:
    """The files that a run's properties hold, as `sent_files`; empty when there were too many."""
    return _read(run.get(FILES))


def recorded_resolved(run: Mapping[str, str]) -> dict[str, str]:
    """What others' labels stood for when a run was submitted: field -> version."""
    return _read(run.get(RESOLVED))


def _fitting(value: Mapping[str, str]) -> str:
    text = json.dumps(dict(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text if value and len(text) <= LIMIT else ""


def _read(text: str | None) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(item) for name, item in value.items()} if isinstance(value, dict) else {}
