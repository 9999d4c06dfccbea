"""Files become specs: found, parsed, judged. Everything that is wrong is found before anything is said.

Nothing here needs the network, git or the SDK: it is what `aml validate` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from runner.desired import conda, files, local
from runner.desired.check import check, did_you_mean
from runner.desired.document import Document, parse
from runner.desired.links import Link, links
from runner.desired.project import Project, read_text
from runner.model.diagnostics import Diagnostic, InvalidSpecsError, Position
from runner.model.keys import Key, Kind, name_problem


@dataclass(frozen=True, slots=True)
class Spec:
    """One valid resource as written. `folder` is where its relative paths start."""

    key: Key
    document: Document
    folder: Path
    links: tuple[Link, ...] = ()

    @property
    def value(self) -> dict[str, Any]:
        """The YAML mapping."""
        value: dict[str, Any] = self.document.value
        return value

    @property
    def position(self) -> Position:
        """Where it begins."""
        return self.document.position()


class _File(NamedTuple):
    """One file as read: its documents, and what is wrong with it as YAML."""

    path: Path
    documents: list[Document]
    problems: list[Diagnostic]


@dataclass(slots=True)
class _Loading:
    """What is known so far."""

    specs: list[Spec] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    named: set[Key] = field(default_factory=set)  # also by specs with errors: no second error for who refers to them


def load_project(project: Project) -> tuple[Spec, ...]:
    """The project's specs, sorted by key. Raises InvalidSpecsError with everything that is wrong."""
    loading = _Loading()
    read = [_read(path, project.shown(path)) for path in files.discover(project.specs)]
    _judge(_unclaimed(read), loading, project.repository, project.specs)
    _unique(loading)
    _defined(loading, project)
    return _finished(loading)


def load_files(paths: Iterable[Path]) -> tuple[Spec, ...]:
    """Single spec files, also outside a project: references to other resources are taken as they are."""
    loading = _Loading()
    _judge([_read(path.resolve(), str(path)) for path in paths], loading, Path("/"), None)
    return _finished(loading)


def _finished(loading: _Loading) -> tuple[Spec, ...]:
    if loading.problems:
        raise InvalidSpecsError(loading.problems)
    return tuple(sorted(loading.specs, key=lambda spec: spec.key))


def _read(path: Path, shown: str) -> _File:
    try:
        documents, problems = parse(read_text(path, shown), shown)
    except InvalidSpecsError as error:
        documents, problems = [], list(error.diagnostics)
    if not documents and not problems:
        problems = [Diagnostic("is empty: no resource in it", Position(shown))]
    return _File(path, documents, problems)


def _unclaimed(read: list[_File]) -> list[_File]:
    """A file that another spec reaches by a path belongs to that spec and is no resource, whatever is in it."""
    claimed: set[Path] = set()
    for file in read:
        for document in file.documents:
            # A folder that holds the spec itself (`code: .`) does not make its neighbours files of that spec.
            places = _claims(document.value, file.path.parent)
            claimed |= {place for place in places if not file.path.is_relative_to(place)}
    return [file for file in read if not claimed.intersection((file.path, *file.path.parents))]


def _claims(value: Any, folder: Path) -> set[Path]:
    """The places that fields which hold paths lead to, whatever else is right or wrong with the spec."""
    if isinstance(value, list):
        return {place for item in value for place in _claims(item, folder)}
    if not isinstance(value, dict):
        return set()
    own = {
        local.resolve(text, folder)
        for name, text in value.items()
        if name in {"code", "conda_file", "path"} and isinstance(text, str) and text and ":" not in text
    }
    return own.union(*(_claims(item, folder) for item in value.values()))


def _judge(read: list[_File], loading: _Loading, repository: Path, specs: Path | None) -> None:
    loading.problems += [problem for file in read for problem in file.problems]
    for path, document in ((file.path, document) for file in read for document in file.documents):
        value = document.value
        kind = files.kind_of(path, value, specs) if isinstance(value, dict) else None
        if kind is None:
            what = "its folder, '$schema' and 'type' say no kind we know" if isinstance(value, dict) else "no mapping"
            loading.problems.append(Diagnostic(f"not a spec: {what}; known are {files.KINDS}", document.position()))
            continue
        refused = {problem.position for problem in loading.problems}  # by the YAML reader: said once is enough
        problems = [item for item in check(document, _model(kind, value)) if item.position not in refused]
        key = Key(kind, str(value.get("name") or path.name.split(".")[0]))
        loading.named.add(key)
        spec = Spec(key, document, path.parent, tuple(links(key, value)))
        loading.specs.append(spec)
        loading.problems += [*problems, *_own_problems(spec, repository)]


def _model(kind: Kind, value: Mapping[str, Any]) -> type[BaseModel]:
    # Imported one by one: what a project does not use need not be built.
    from runner.desired.schema import assets, compute, job

    if kind is Kind.COMPUTE and str(value.get("type", "")).lower() == "computeinstance":
        return compute.ComputeInstance
    models: dict[Kind, type[BaseModel]] = {
        Kind.COMPUTE: compute.AmlCompute,
        Kind.ENVIRONMENT: assets.Environment,
        Kind.DATA: assets.Data,
    }
    return models.get(kind, job.CommandJob)


def _own_problems(spec: Spec, repository: Path) -> list[Diagnostic]:
    found = []
    refused = name_problem(spec.key)
    if refused:
        found.append(Diagnostic(refused, spec.document.position(("name",))))
    for link in spec.links:
        wrong = local.problem(link.text, spec.folder, repository, link.wants) if link.wants else None
        if wrong:
            found.append(Diagnostic(f"{link.path[-1]}: {wrong}", spec.document.position(link.path)))
        elif link.path[-1] == "conda_file":
            found += _conda_problems(spec, link)
    return found


def _conda_problems(spec: Spec, link: Link) -> tuple[Diagnostic, ...]:
    try:
        conda.read(spec.document, spec.folder, link)
    except InvalidSpecsError as error:
        return error.diagnostics
    return ()


def _unique(loading: _Loading) -> None:
    first: dict[tuple[Kind, str], Spec] = {}
    for spec in loading.specs:
        # Names that differ in case alone are one name for computes, and a trap for people everywhere.
        name = (spec.key.kind, spec.key.name.lower())
        other = first.setdefault(name, spec)
        if other is not spec:
            message = f"{spec.key} is defined twice; the first is at {other.position}"
            loading.problems.append(Diagnostic(message, spec.position))


def _defined(loading: _Loading, project: Project) -> None:
    for spec in loading.specs:
        for link in spec.links:
            wanted = link.reference
            if wanted is None or wanted.curated or wanted.key in loading.named:
                continue
            if any(fnmatchcase(str(wanted.key), pattern) for pattern in project.config.external):
                continue
            close = did_you_mean(wanted.key.name, [key.name for key in loading.named if key.kind is wanted.key.kind])
            message = (
                f"{link.path[-1]}: no spec defines {wanted.key}{close or ''}"
                f"{'' if close else '; define it, or list it under external: in specs/project.yml if others own it'}"
            )
            loading.problems.append(Diagnostic(message, spec.document.position(link.path)))
