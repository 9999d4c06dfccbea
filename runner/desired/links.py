"""Where the specs of each kind refer to something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from runner.desired.document import Document, Path
from runner.desired.schema.base import FILES
from runner.model.diagnostics import Position
from runner.model.keys import Key, Kind
from runner.model.references import Reference, datastore_in, is_local, parse

_MODELS = frozenset({"custom_model", "mlflow_model", "triton_model"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is part of a spec: the spec's own, or a component file that it reaches by a path."""

    document: Document
    folder: FilePath  # where its relative paths start
    at: Path = ()  # where its content stands in the spec once that is written out


@dataclass(frozen=True, slots=True)
class Link:
    """One place that refers to something.

    `wants` says what a local path must be: a file, folder, MLTable folder, conda file, or component file. `target` is
    what a conda or component file says, once it is read.
    """

    source: Source
    place: Path  # in the source's document
    text: str
    reference: Reference | None = None
    wants: str = ""
    target: Document | None = None

    @property
    def path(self) -> Path:
        """Where it stands in the spec once its component files are written out."""
        return (*self.source.at, *self.place)

    @property
    def folder(self) -> FilePath:
        """Where a relative path starts."""
        return self.source.folder

    @property
    def position(self) -> Position:
        """Where it stands in its file."""
        return self.source.document.position(self.place)

    @property
    def name(self) -> str:
        """The field it stands in."""
        return str(self.place[-1])

    @property
    def follows(self) -> bool:
        """Whether it is about the resource's version. A datastore is only there before what lies in it."""
        return self.reference is not None and self.reference.key.kind is not Kind.DATASTORE


def links(kind: Kind, source: Source) -> Iterator[Link]:
    """Every reference and local path of a file; what is remote (URIs, ids, registries) yields nothing.

    A file that does not fit its model is read as far as it goes, so that all its problems are found at once.
    """
    value = source.document.value
    if not isinstance(value, Mapping):
        return
    walk = _Walk(source)
    match kind:
        case Kind.ENVIRONMENT:
            yield from walk.environment(value, ())
        case Kind.DATA:
            yield from walk.data(value, (), _wanted(value.get("type")))
        case Kind.MODEL:
            wanted = "folder" if value.get("type") in {"mlflow_model", "triton_model"} else "file or folder"
            yield from walk.data(value, (), wanted)
        case Kind.JOB | Kind.COMPONENT:
            yield from walk.work(value, ())


@dataclass(frozen=True, slots=True)
class _Walk:
    source: Source

    def work(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        """A job, a node, a component or a trial: a field means the same in all of them."""
        yield from self.local((*at, "code"), value.get("code"), "folder")
        yield from self.named((*at, "compute"), Kind.COMPUTE, value.get("compute"))
        yield from self.any_environment(value.get("environment"), (*at, "environment"))
        for name, item in _items(value.get("inputs")):
            kind = Kind.MODEL if str(item.get("type")).lower() in _MODELS else Kind.DATA
            yield from self.named((*at, "inputs", name, "path"), kind, item.get("path"))
            yield from self.data(item, (*at, "inputs", name), _wanted(item.get("type")))
        for name, item in _items(value.get("outputs")):
            yield from self.datastore_in((*at, "outputs", name, "path"), item.get("path"))
        settings = value.get("settings")
        if isinstance(settings, Mapping):
            yield from self.settings(settings, (*at, "settings"))
        yield from self.inner(value, at)

    def inner(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        """What a job, node or component is made of."""
        for field in ("component", "trial"):
            inside = value.get(field)
            if isinstance(inside, Mapping):
                yield from self.work(inside, (*at, field))
            elif field == "component" or at:  # a sweep job's trial is written out
                yield from self.named((*at, field), Kind.COMPONENT, inside)
                if str(inside).endswith(FILES):
                    yield from self.local((*at, field), inside, _component(field, value, at))
        for name, node in _items(value.get("jobs")):
            yield from self.work(node, (*at, "jobs", name))

    def settings(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        yield from self.named((*at, "default_compute"), Kind.COMPUTE, value.get("default_compute"))
        yield from self.datastore((*at, "default_datastore"), value.get("default_datastore"))

    def any_environment(self, value: Any, at: Path) -> Iterator[Link]:
        if isinstance(value, Mapping):
            yield from self.environment(value, at)
        else:
            yield from self.named(at, Kind.ENVIRONMENT, value)

    def environment(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        yield from self.local((*at, "conda_file"), value.get("conda_file"), "conda file")
        build = value.get("build")
        if isinstance(build, Mapping):
            yield from self.local((*at, "build", "path"), build.get("path"), "folder")

    def data(self, value: Mapping[str, Any], at: Path, wants: str) -> Iterator[Link]:
        """An asset or an input: what has a `path`, and may name the datastore that it is uploaded to."""
        yield from self.local((*at, "path"), value.get("path"), wants)
        yield from self.datastore_in((*at, "path"), value.get("path"))
        yield from self.datastore((*at, "datastore"), value.get("datastore"))

    def datastore_in(self, place: Path, uri: Any) -> Iterator[Link]:
        reference = datastore_in(uri) if isinstance(uri, str) else None
        if reference:
            yield Link(self.source, place, uri, reference)

    def datastore(self, place: Path, text: Any) -> Iterator[Link]:
        if isinstance(text, str) and text:
            key = Key(Kind.DATASTORE, text.removeprefix("azureml:"))
            yield Link(self.source, place, text, Reference(key))

    def named(self, place: Path, kind: Kind, text: Any) -> Iterator[Link]:
        reference = parse(kind, text) if isinstance(text, str) and text else None
        if reference:
            yield Link(self.source, place, text, reference)

    def local(self, place: Path, text: Any, wants: str) -> Iterator[Link]:
        if isinstance(text, str) and is_local(text):
            yield Link(self.source, place, text, wants=wants)


def _items(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    items = value.items() if isinstance(value, Mapping) else ()
    return [(name, item) for name, item in items if isinstance(item, Mapping)]


def _wanted(data_type: Any) -> str:
    of_type = {"uri_file": "file", "mltable": "MLTable folder", "custom_model": "file or folder"}
    return of_type.get(str(data_type).lower(), "folder")


def _component(field: str, value: Mapping[str, Any], at: Path) -> str:
    """What must stand in a component file. A node that states no type takes either."""
    if field == "trial" or value.get("type") == "command":
        return "command component file"
    if value.get("type") == "pipeline" or not at:
        return "pipeline component file"
    return "component file"
