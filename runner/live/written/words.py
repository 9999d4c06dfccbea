"""Small translations that several kinds share: references, numbers, names of things."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from runner.live.translate import snake
from runner.live.written.around import Around, UnwritableError

_ID = re.compile(
    r"(?:azureml:)?(?P<workspace>/subscriptions/.+?/workspaces/[^/]+)"
    r"/(?P<kind>computes|datastores|environments|data|models|components|codes)/(?P<name>[^/:@]+)"
    r"(?:(?:/versions/|:)(?P<version>[^/]+)|(?:/labels/|@)(?P<label>[^/]+))?",
    re.IGNORECASE,
)
_STORED = re.compile(
    r"azureml://subscriptions/([^/]+)/resourcegroups/([^/]+)(?:/providers/[^/]+)?/workspaces/([^/]+)/(?=datastores/)",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[?&]sig=", re.IGNORECASE)
# What Azure ML and MLflow note about a resource under its tags and properties, and what we do.
_NOTED = re.compile(
    r"_?azureml\.|_aml_system_|mlflow\.|aml\.|hidden__|"
    r"(ContentSnapshotId|ProcessInfoFile|ProcessStatusFile|StagingDirectory|best_child_run_id|best_data_container_id|"
    r"best_metric_status|client_component_hash|hyperparameters|primary_metric_config|resume_from|runTemplate|score|"
    r"user_agent)$"
)
MODES = {
    "ReadOnlyMount": "ro_mount",
    "ReadWriteMount": "rw_mount",
    "EvalMount": "eval_mount",
    "EvalDownload": "eval_download",
}


def own(text: Any, around: Around) -> re.Match[str] | None:
    """The parts of an id of this workspace; None for all else."""
    found = _ID.fullmatch(str(text or ""))
    return found if found and found["workspace"].lower() == around.path.lower() else None


def reference(text: Any, around: Around) -> str:
    """`azureml:name:version` for an id of this workspace; other ids, URIs and names as they are."""
    found = own(text, around)
    if found is None:
        return str(text or "")
    version = f":{found['version']}" if found["version"] else f"@{found['label']}" if found["label"] else ""
    return f"azureml:{found['name']}{version}"


def below(text: Any, around: Around) -> str:
    """The path below the workspace of an id of it, e.g. `codes/x/versions/1`; empty for all else."""
    found = own(text, around)
    return f"{found['kind']}/{found['name']}/versions/{found['version']}" if found and found["version"] else ""


def uri(text: Any, around: Around) -> str:
    """A place: a reference to an asset of this workspace, or `azureml://datastores/...` for one in a datastore of it.

    Raises UnwritableError for a signed URL: its signature is a secret.
    """
    if _SIGNED.search(str(text or "")):
        raise UnwritableError("paths that are signed URLs")
    stored = _STORED.match(str(text or ""))
    if stored:
        parts = around.path.split("/")
        ours = (parts[2], parts[4], parts[-1])
        same = [part.lower() for part in stored.groups()] == [part.lower() for part in ours]
        return f"azureml://{str(text)[stored.end() :]}" if same else str(text)
    return reference(text, around)


def scalar(text: Any) -> Any:
    """A literal as a person writes it: `0.9` and not `'0.9'`, if that is sent as the same text again."""
    if not isinstance(text, str):
        return text
    if text in {"True", "False"}:
        return text == "True"
    for number in (int, float):
        try:
            value = number(text)
        except ValueError:
            continue
        if str(value) == text and math.isfinite(value):
            return value
    return text


def typed(text: Any, kind: str) -> Any:
    """A literal of a known type; the wire has text for all of them."""
    if kind == "string":
        return text
    if kind == "boolean" and str(text).lower() in {"true", "false"}:
        return str(text).lower() == "true"
    return scalar(text)


def whole(value: Any) -> Any:
    """A count, which some answers hold as text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def mode(text: Any) -> str | None:
    """`ro_mount` for ReadOnlyMount; None for none."""
    return MODES.get(text, snake(text)) if text else None


def snaked(value: Mapping[str, Any] | None) -> dict[str, Any]:
    """The same mapping with its own keys as YAML has them; what is below them stays as it is."""
    return {snake(name): item for name, item in (value or {}).items()}


def by_people(noted: Mapping[str, Any] | None) -> dict[str, Any]:
    """Tags or properties less what the service, MLflow and we note there."""
    return {name: value for name, value in (noted or {}).items() if not _NOTED.match(name)}


def stated(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in spec.items() if value not in (None, "", {}, [])}


def needed(value: Mapping[str, Any], name: str) -> Any:
    """A field that nothing can be said without. Raises UnwritableError when the service left it out."""
    if not value.get(name):
        raise UnwritableError(f"something that came without its {name}")
    return value[name]


def known(what: str, given: Any, allowed: Iterable[str]) -> str:
    """The word, if it is one of those we can write. Raises UnwritableError."""
    if given not in allowed:
        raise UnwritableError(f"{what} of type {given or '(none)'}")
    return str(given)
