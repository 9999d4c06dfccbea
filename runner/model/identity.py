"""What a run remembers of the content it was submitted for, small enough for properties, which never change.

`aml.parts` holds a short hash for each field, `aml.files` one for each file of its code: enough to say later, without
git and without the files, *what* differs. The service keeps 1,000 characters a property; what is longer is shortened to
coarser parts, never cut.
"""

import json
from collections.abc import Mapping

from runner.model.digest import SCHEME, parts
from runner.model.resource import Origin, Resource

LIMIT = 1_000
PARTS, FILES, DIGEST_SCHEME = "aml.parts", "aml.files", "aml.digest_scheme"


def properties(origin: Origin, resource: Resource) -> dict[str, str]:
    """The properties of a new run of this content."""
    own = {
        DIGEST_SCHEME: SCHEME,
        PARTS: _fitting(parts(resource.content)) or _fitting(parts(resource.content, ())),
        FILES: _fitting(code_files(resource)),
    }
    return origin.tags(resource) | {name: value for name, value in own.items() if value}


def code_files(resource: Resource) -> dict[str, str]:
    """Relative path -> short blob id, for the code of a job."""
    tree = resource.trees.get(("code",))
    return {name: blob[:8] for name, blob in tree.files.items()} if tree else {}


def recorded_parts(run: Mapping[str, str]) -> dict[str, str]:
    """The parts that a run's properties hold; empty when they hold none."""
    return _read(run.get(PARTS))


def recorded_files(run: Mapping[str, str]) -> dict[str, str]:
    """The code files that a run's properties hold; empty when there were too many."""
    return _read(run.get(FILES))


def _fitting(value: Mapping[str, str]) -> str:
    text = json.dumps(dict(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text if value and len(text) <= LIMIT else ""


def _read(text: str | None) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(item) for name, item in value.items()} if isinstance(value, dict) else {}
