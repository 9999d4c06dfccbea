"""Where the specs of each kind refer to something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.desired.document import Path
from runner.model.keys import Key, Kind
from runner.model.references import Reference, is_local, parse


@dataclass(frozen=True, slots=True)
class Link:
    """One place that refers to something. `wants` says what a local path must be: file, folder or MLTable folder."""

    path: Path
    text: str
    reference: Reference | None = None
    wants: str = ""


def links(key: Key, spec: Mapping[str, Any]) -> Iterator[Link]:
    """Every reference and local path of a spec; what is remote (URIs, ids, registries) yields nothing.

    A spec that does not fit its model is read as far as it goes, so that all its problems are found at once.
    """
    match key.kind:
        case Kind.ENVIRONMENT:
            yield from _environment(spec, ())
        case Kind.DATA:
            yield from _local(("path",), spec.get("path"), _wanted(spec.get("type")))
        case Kind.JOB:
            yield from _job(spec)
        case Kind.COMPUTE:
            return


def _job(spec: Mapping[str, Any]) -> Iterator[Link]:
    yield from _local(("code",), spec.get("code"), "folder")
    yield from _named(("compute",), Kind.COMPUTE, spec.get("compute"))
    environment = spec.get("environment")
    if isinstance(environment, Mapping):
        yield from _environment(environment, ("environment",))
    else:
        yield from _named(("environment",), Kind.ENVIRONMENT, environment)
    inputs = spec.get("inputs")
    for name, value in inputs.items() if isinstance(inputs, Mapping) else ():
        if isinstance(value, Mapping):
            path = ("inputs", name, "path")
            yield from _named(path, Kind.DATA, value.get("path"))
            yield from _local(path, value.get("path"), _wanted(value.get("type")))


def _environment(spec: Mapping[str, Any], at: Path) -> Iterator[Link]:
    yield from _local((*at, "conda_file"), spec.get("conda_file"), "file")
    build = spec.get("build")
    if isinstance(build, Mapping):
        yield from _local((*at, "build", "path"), build.get("path"), "folder")


def _named(path: Path, kind: Kind, text: Any) -> Iterator[Link]:
    reference = parse(kind, text) if isinstance(text, str) and text else None
    if reference:
        yield Link(path, text, reference)


def _local(path: Path, text: Any, wants: str) -> Iterator[Link]:
    if isinstance(text, str) and is_local(text):
        yield Link(path, text, wants=wants)


def _wanted(data_type: Any) -> str:
    return {"uri_file": "file", "mltable": "MLTable folder"}.get(str(data_type).lower(), "folder")
