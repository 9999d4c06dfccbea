"""What a run remembers of the content it was submitted for, small enough for properties, which never change.

`aml.parts` holds a short hash for each field, `aml.files` one for each file that was sent with it: enough to say later,
without git and without the files, *what* differs. `aml.resolved` holds what labels of others stood for. The service
keeps 1,000 characters a property; what is longer is shortened to coarser parts or left out, never cut.

What is no run has tags instead, of at most 256 characters. There `aml.parts` tells what somebody changed in the
workspace from what the spec says anew.
"""

import json
from collections.abc import Mapping

from runner.model.digest import SCHEME, parts, sha256
from runner.model.resource import Origin, Resource

LIMIT = 1_000
EMPTY: Mapping[str, str] = {}
TAG_LIMIT = 256
PARTS, FILES, RESOLVED, DIGEST_SCHEME = "aml.parts", "aml.files", "aml.resolved", "aml.digest_scheme"
PREVENT_DESTROY = "aml.prevent_destroy"
# A tag of the job inside a schedule, and so of every run that it starts. None of what makes a run ours is among it.
SCHEDULE = "aml.schedule"
# A tag of a model that a run's output became: the run's live name.
RUN = "aml.run"
# And those that the change came from which trained it, as numbers.
PULL_REQUEST = "aml.pull_request"
# Tags of a model that was copied from another workspace: which one, as ARM id, and the commit that asked for it.
PROMOTED_FROM, PROMOTED_COMMIT, PROMOTED_REF = "aml.promoted_from", "aml.promoted_commit", "aml.promoted_ref"
_OUTCOME = frozenset({RUN, PROMOTED_FROM})
WHOLE = "*"  # in place of every part, where they do not fit


def properties(origin: Origin, resource: Resource, resolved: Mapping[str, str] = EMPTY) -> dict[str, str]:
    """The properties of a new run of this content. `resolved` maps fields to what others' labels in them stand for."""
    own = {
        DIGEST_SCHEME: SCHEME,
        PARTS: _fitting(parts(resource.content)) or _fitting(parts(resource.content, ())),
        FILES: _fitting(sent_files(resource)),
        RESOLVED: _fitting(resolved),
    }
    return origin.tags(resource) | {name: value for name, value in own.items() if value}


def tags(origin: Origin, resource: Resource) -> dict[str, str]:
    """The tags of what is no run: whose it is, what it was applied with, and whether it may ever be deleted."""
    found = stated_parts(resource)
    text = ",".join(f"{name}:{short}" for name, short in sorted(found.items()))
    plain = all(not set(name) & set(":,") for name in found)
    own = {PARTS: text if plain and len(text) <= TAG_LIMIT else f"{WHOLE}:{_short(found)}"} if found else {}
    protected = {PREVENT_DESTROY: "true"} if resource.settings.prevent_destroy else {}
    return origin.tags(resource) | own | protected


def is_outcome(live: Mapping[str, str]) -> bool:
    """Whether tags are those of a model that a run's output became, or that was promoted: no spec asks for it."""
    return not _OUTCOME.isdisjoint(live)


def stated_parts(resource: Resource) -> dict[str, str]:
    """A short hash for each field that can be compared with what is live, and for each tag. No secret is in it."""
    found = {} if resource.key.kind.versioned else dict(resource.content)  # a version's content never changes
    if resource.spec.get("description"):
        found["description"] = resource.spec["description"]
    found |= {f"tags.{name}": value for name, value in (resource.spec.get("tags") or {}).items()}
    return {name: _short(value) for name, value in found.items()}


def applied_parts(live: Mapping[str, str], resource: Resource) -> dict[str, str]:
    """The parts as they were when the resource was last applied, by its live tags; empty when they do not say."""
    recorded = live.get(PARTS, "")
    if recorded.startswith(f"{WHOLE}:"):
        now = stated_parts(resource)
        return now if recorded == f"{WHOLE}:{_short(now)}" else {}
    return dict(part.split(":", 1) for part in recorded.split(",") if ":" in part)


def _short(value: object) -> str:
    return sha256(value)[:6]


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
