"""What distinguishes the kinds of versioned assets: which of their properties are content and can never change."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from runner.emulator.errors import bad_request

Check = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class AssetKind:
    """`name` is the path segment; `content` the properties that are fixed once a version exists."""

    name: str
    content: tuple[str, ...]
    defaults: Mapping[str, Any]
    check: Check
    conflict_status: int = 409
    conflict_code: str = "Conflict"


def content(kind: AssetKind, body: Mapping[str, Any]) -> str:
    """A canonical text of what cannot change."""
    fixed = {name: body[name] for name in kind.content if body.get(name) is not None}
    if isinstance(fixed.get("condaFile"), str):
        fixed["condaFile"] = yaml.safe_load(fixed["condaFile"])  # layout and comments are not content
    if isinstance(fixed.get("componentSpec"), dict):
        fixed["componentSpec"] = _component_content(fixed["componentSpec"])
    return json.dumps(fixed, sort_keys=True, default=str)


def _component_content(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Without what may change, and what the SDK notes about where it found the component."""
    dropped = ("$schema", "_source", "description", "tags", "name", "version")
    return {key: value for key, value in spec.items() if key not in dropped and value is not None}


def _check_environment(body: Mapping[str, Any]) -> None:
    if not body.get("image") and not body.get("build"):
        raise bad_request("An environment needs an image or a build context.")
    try:
        parsed = yaml.safe_load(body.get("condaFile") or "{}")
    except yaml.YAMLError as error:
        raise bad_request(f"The environment's condaFile is not YAML: {error}") from error
    if not isinstance(parsed, dict):
        raise bad_request("The environment's condaFile must be a mapping (name, channels, dependencies).")


def _needs(*names: str) -> Check:
    def check(body: Mapping[str, Any]) -> None:
        for name in names:
            if not body.get(name):
                raise bad_request(f"The property {name} is missing.")

    return check


COMMON: dict[str, Any] = {"description": None, "tags": {}, "properties": {}, "isAnonymous": False}
KINDS = {
    kind.name: kind
    for kind in (
        AssetKind(
            "environments",
            ("image", "condaFile", "build", "osType", "inferenceConfig"),
            {**COMMON, "environmentType": "UserCreated", "osType": "Linux", "provisioningState": "Succeeded"},
            _check_environment,
        ),
        AssetKind("data", ("dataUri", "dataType"), COMMON, _needs("dataUri", "dataType"), 400, "UserError"),
        AssetKind("codes", ("codeUri",), COMMON, _needs("codeUri"), 400, "UserError"),
        AssetKind("models", ("modelUri", "modelType"), {**COMMON, "flavors": {}}, _needs("modelUri"), 400, "UserError"),
        AssetKind("components", ("componentSpec",), COMMON, _needs("componentSpec")),
    )
}
