"""Where the specs of each kind refer to something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from runner.desired import local
from runner.desired.document import Document, Path
from runner.desired.schema.base import FILES
from runner.model.diagnostics import Position
from runner.model.keys import Key, Kind
from runner.model.references import Reference, datastore_in, is_local, parse

JOB_FILE, ENVIRONMENT_FILE = "job file", "environment file"
_HELD = {JOB_FILE: Kind.JOB, ENVIRONMENT_FILE: Kind.ENVIRONMENT}
_MADE = frozenset({"file", "folder", "file or folder", "MLTable folder"})
_MODELS = frozenset({"custom_model", "mlflow_model", "triton_model"})
# Inputs of jobs of their own types, beside `inputs`.
_DATA = ("training_data", "validation_data", "test_data", "model")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is part of a spec: the spec's own, or a component or job file that it reaches by a path."""

    document: Document
    folder: FilePath  # where its relative paths start
    at: Path = ()  # where its content stands in the spec once that is written out
    kind: Kind = Kind.JOB  # what it holds


@dataclass(frozen=True, slots=True)
class Link:
    """One place that refers to something.

    `wants` says what a local path must be: a file, folder, MLTable folder, or conda, component or job file. `target` is
    what a conda, component or job file says, once it is read.
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
    def holds(self) -> Kind | None:
        """What a file that it leads to is a spec of; None for what is no spec."""
        return Kind.COMPONENT if self.wants.endswith("component file") else _HELD.get(self.wants)

    @property
    def may_come(self) -> bool:
        """Whether something else may make it before it is sent: data, of a job or an asset."""
        return self.wants in _MADE

    @property
    def inside(self) -> FilePath:
        """Where the relative paths of the file start that it leads to."""
        return local.resolve(self.text, self.folder).parent

    @property
    def position(self) -> Position:
        """Where it stands in its file."""
        return self.source.document.position(self.place)

    @property
    def name(self) -> str:
        """The field it stands in."""
        return next(str(step) for step in reversed(self.place) if isinstance(step, str))

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
            wanted = "folder" if value.get("type") in ("mlflow_model", "triton_model") else "file or folder"
            yield from walk.data(value, (), wanted)
        case Kind.JOB | Kind.COMPONENT:
            yield from walk.work(value, ())
        case Kind.SCHEDULE:
            yield from walk.schedule(value)


@dataclass(frozen=True, slots=True)
class _Walk:
    source: Source

    def work(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        """A job, a node, a component or a trial: a field means the same in all of them."""
        yield from self.local((*at, "code"), value.get("code"), "code folder")
        includes = value.get("additional_includes")
        for index, text in enumerate(includes if isinstance(includes, list) else ()):
            yield from self.local((*at, "additional_includes", index), text, "included file or folder")
        yield from self.named((*at, "compute"), Kind.COMPUTE, value.get("compute"))
        yield from self.any_environment(value.get("environment"), (*at, "environment"))
        for name, item in _items(value.get("inputs")):
            yield from self.input(item, (*at, "inputs", name))
        for name, item in _items(value.get("outputs")):
            yield from self.datastore_in((*at, "outputs", name, "path"), item.get("path"))
        for name in _DATA:
            if isinstance(value.get(name), Mapping):
                yield from self.input(value[name], (*at, name))
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
        if isinstance(value.get("task"), Mapping):  # of a parallel step
            yield from self.work(value["task"], (*at, "task"))
        for name, node in _items(value.get("jobs")):
            yield from self.work(node, (*at, "jobs", name))

    def schedule(self, value: Mapping[str, Any]) -> Iterator[Link]:
        """What a schedule starts: a job in a file or by its name, with changes; or signals that it watches."""
        job, at = value.get("create_job"), ("create_job",)
        yield from self.local(at, job, JOB_FILE)
        if isinstance(job, Mapping):
            yield from self.local((*at, "job"), job.get("job"), JOB_FILE)
            yield from self.work(job, at)
        monitor = value.get("create_monitor")
        if isinstance(monitor, Mapping):
            yield from self.watched(monitor, ("create_monitor",))
        imported = value.get("import_data")
        if isinstance(imported, Mapping):
            yield from self.datastore_in(("import_data", "path"), imported.get("path"))

    def watched(self, value: Any, at: Path) -> Iterator[Link]:
        """Every `input_data` of a monitor, however deep."""
        items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        for name, item in items:
            if name == "input_data" and isinstance(item, Mapping):
                yield from self.input(item, (*at, name))
            else:
                yield from self.watched(item, (*at, name))

    def input(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        kind = Kind.MODEL if str(value.get("type")).lower() in _MODELS else Kind.DATA
        yield from self.named((*at, "path"), kind, value.get("path"))
        yield from self.data(value, at, _wanted(value.get("type")))

    def settings(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        yield from self.named((*at, "default_compute"), Kind.COMPUTE, value.get("default_compute"))
        yield from self.datastore((*at, "default_datastore"), value.get("default_datastore"))

    def any_environment(self, value: Any, at: Path) -> Iterator[Link]:
        if isinstance(value, Mapping):
            yield from self.environment(value, at)
        elif str(value).startswith("file:"):
            yield from self.local(at, value, ENVIRONMENT_FILE)
        else:
            yield from self.named(at, Kind.ENVIRONMENT, value)

    def environment(self, value: Mapping[str, Any], at: Path) -> Iterator[Link]:
        yield from self.local((*at, "conda_file"), value.get("conda_file"), "conda file")
        build = value.get("build")
        if isinstance(build, Mapping):
            yield from self.local((*at, "build", "path"), build.get("path"), "context folder")

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
