"""Versions of environments, data and models as specs."""

from typing import Any

import yaml

from runner.live.translate import snake
from runner.live.written import words
from runner.live.written.around import Around, Payload, UnwritableError, Written
from runner.model.resource import FieldPath

_CONDA = ("name", "channels", "dependencies")


def environment(name: str, found: Payload) -> Written:
    """One version of an environment."""
    content = environment_content(found["properties"])
    head = _versioned(name, found)
    head.pop("properties", None)  # the SDK reads none of an environment
    return Written(head | content, build_trees(content))


def build_trees(content: Payload) -> dict[FieldPath, str]:
    """The build context, if it lies in storage; others are repositories of git, which the service clones."""
    url = str((content.get("build") or {}).get("path") or "")
    return {("build", "path"): url} if url.startswith("https://") and ".git" not in url else {}


def environment_content(properties: Payload) -> dict[str, Any]:
    """What an environment is made of, also where a job states it in place."""
    build = properties.get("build") or {}
    routes = {snake(name): route for name, route in (properties.get("inferenceConfig") or {}).items() if route}
    return words.stated(
        {
            "image": properties.get("image"),
            "conda_file": _conda(properties.get("condaFile")),
            "build": words.stated({"path": build.get("contextUri"), "dockerfile_path": build.get("dockerfilePath")}),
            "inference_config": {
                name: {"port": route.get("port"), "path": route.get("path")} for name, route in routes.items()
            },
            "os_type": str(properties.get("osType") or "").lower(),
        }
    )


def _conda(text: Any) -> dict[str, Any]:
    try:
        # Written out, aliases can grow without end.
        plain = not any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text or ""))
        parsed = yaml.safe_load(text or "{}") if plain else None
    except yaml.YAMLError as error:
        raise UnwritableError("an environment whose conda file is not YAML") from error
    if not isinstance(parsed, dict):
        raise UnwritableError("an environment whose conda file is no plain mapping")
    first = {field: parsed[field] for field in _CONDA if field in parsed}
    return {**first, **parsed}


def data(name: str, found: Payload, around: Around) -> Written:
    """One version of a data asset, by its URI."""
    properties = found["properties"]
    kind = words.known("data", properties.get("dataType"), ("uri_file", "uri_folder", "mltable"))
    return Written(_versioned(name, found, kind) | {"path": words.uri(properties.get("dataUri"), around)})


def model(name: str, found: Payload, around: Around) -> Written:
    """One version of a model, by its URI."""
    properties = found["properties"]
    kind = words.known("models", properties.get("modelType"), ("custom_model", "mlflow_model", "triton_model"))
    flavors = {flavor: value.get("data") or {} for flavor, value in (properties.get("flavors") or {}).items() if value}
    own = {"path": words.uri(properties.get("modelUri"), around), "stage": properties.get("stage"), "flavors": flavors}
    return Written(_versioned(name, found, kind) | words.stated(own))


def _versioned(name: str, found: Payload, kind: str = "") -> dict[str, Any]:
    properties = found["properties"]
    return words.stated(
        {
            "name": name,
            "version": str(found["name"]),
            "type": kind,
            "description": properties.get("description"),
            "tags": words.by_people(properties.get("tags")),
            "properties": words.by_people(properties.get("properties")),
        }
    )
