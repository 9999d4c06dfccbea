"""Files become specs: found, parsed, judged. Everything that is wrong is found before anything is said.

Nothing here needs the network or git; the SDK is needed for what has no model of ours. It is what `aml validate` does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.desired import files, models, sdk, secrets, together
from runner.desired.claims import unclaimed
from runner.desired.document import Document
from runner.desired.links import Source
from runner.desired.place import repository_of
from runner.desired.project import Project
from runner.desired.reach import Reach
from runner.desired.sources import File, Sources
from runner.desired.spec import Spec
from runner.desired.templates import files as templates
from runner.desired.templates.context import NOTHING, Context
from runner.desired.templates.files import is_template
from runner.model.diagnostics import Diagnostic, InvalidSpecsError, Position, Severity, errors_in, in_order
from runner.model.keys import Key, Kind, name_problem

_PLACEHOLDER = re.compile(r"<[^<>]+>")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Files that were judged by themselves, and what is to be said of them."""

    specs: tuple[Spec, ...]
    warnings: tuple[Diagnostic, ...]


@dataclass(slots=True)
class _Loading:
    """What is known so far. `reach` collects what is wrong with files that specs lead to."""

    reach: Reach
    specs: list[Spec] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)

    def count(self) -> int:
        """How much is wrong so far."""
        return len(errors_in(self.problems)) + len(self.reach.problems)

    def finished(self) -> tuple[Spec, ...]:
        found = secrets.judged(secrets.documents(self.specs), [*self.problems, *self.reach.problems])
        if errors_in(found):
            raise InvalidSpecsError(found)
        return tuple(sorted(self.specs, key=lambda spec: spec.key))


def load_project(project: Project, context: Context = NOTHING) -> tuple[Spec, ...]:
    """The project's specs, sorted by key; templates are rendered in this context.

    Raises InvalidSpecsError with everything that is wrong.
    """
    sources = Sources(project.repository)
    loading = _Loading(Reach(project.repository, sources))
    found = {path: project.shown(path) for path in files.discover(project.specs)}
    _render(found, sources, project.root, project.repository, context)
    read = [sources.read(path, shown) for path, shown in found.items()]
    free = unclaimed(read)
    _judge(free, loading, project.specs)
    claimed = dict(_claimed(read, free, project.specs))
    loading.problems += together.problems(loading.specs, project.config.external, claimed)
    return loading.finished()


def _claimed(read: list[File], free: list[File], specs: Path) -> Iterator[tuple[Key, str]]:
    """What the files that belong to other specs would be by themselves, and their names."""
    is_free = {file.path for file in free}
    for file in read:
        for document in file.documents if file.path not in is_free else ():
            kind = files.kind_of(file.path, document.value, specs) if isinstance(document.value, dict) else None
            if kind:
                yield _key(kind, file, document), file.shown


def _render(found: Mapping[Path, str], sources: Sources, root: Path, repository: Path, context: Context) -> None:
    chosen = {path: shown for path, shown in found.items() if is_template(path)}
    for file in templates.render(chosen, root, repository, context, anywhere=sources.repository is None):
        sources.add(file)


def load_files(paths: Iterable[Path], root: Path, context: Context = NOTHING) -> Loaded:
    """Single spec files, also outside a project: references to other resources are taken as they are.

    `root` is the folder whose `templates/` templates use. A `<placeholder>` for a name or version is left to whoever
    takes the file for a pattern.
    """
    sources = Sources(None)
    loading = _Loading(Reach(Path("/"), sources, alone=True))
    found = {path.resolve(): str(path) for path in paths}
    _render(found, sources, root.resolve(), repository_of(root.resolve()), context)
    _judge([sources.read(path, shown) for path, shown in found.items()], loading, None)
    loading.problems += together.binding_problems(loading.specs)
    return Loaded(loading.finished(), in_order(loading.problems))


def _judge(read: list[File], loading: _Loading, specs: Path | None) -> None:
    for file in read:
        loading.problems += file.problems
        if not file.documents and not file.problems and not is_template(file.path):
            loading.problems.append(Diagnostic("is empty: no resource in it", Position(file.shown)))
        for document in file.documents:
            kind = files.kind_of(file.path, document.value, specs) if isinstance(document.value, dict) else None
            if kind:
                _judge_one(file, document, kind, loading)
            else:
                loading.problems.append(_no_spec(document))


def _no_spec(document: Document) -> Diagnostic:
    is_mapping = isinstance(document.value, dict)
    what = "its folder, '$schema' and 'type' say no kind we know" if is_mapping else "no mapping"
    return Diagnostic(f"not a spec: {what}; known are {files.KINDS}", document.position())


def _judge_one(file: File, document: Document, kind: Kind, loading: _Loading) -> None:
    before = loading.count()
    refused = {problem.position for problem in file.problems}  # by the YAML reader: said once is enough
    key = _key(kind, file, document)
    problems = [item for item in models.judge(document, kind) if item.position not in refused]
    problems += _name_problems(key, document)
    loading.problems += _left_open(problems, document) if loading.reach.alone else problems
    source = Source(document, file.path.parent)
    links = loading.reach.links(kind, source, file.path)
    spec = Spec(key, document, file.path.parent, tuple(links))
    loading.specs.append(spec)
    if not file.problems and loading.count() == before:  # it reads what specs lead to: that must be right
        loading.problems += sdk.judge(spec)


def _left_open(problems: Iterable[Diagnostic], document: Document) -> Iterator[Diagnostic]:
    """The problems; with a warning for those of a name or version that is a placeholder."""
    open_ = {
        document.position((field,)): f"{field}: {value!r} is to be filled in"
        for field in ("name", "version")
        if _PLACEHOLDER.fullmatch(value := str(document.value.get(field)))
    }
    for each in problems:
        message = open_.get(each.position) if each.position else None
        yield Diagnostic(message, each.position, Severity.WARNING) if message else each


def _key(kind: Kind, file: File, document: Document) -> Key:
    return Key(kind, str(document.value.get("name") or file.path.name.split(".")[0]))


def _name_problems(key: Key, document: Document) -> list[Diagnostic]:
    if key.kind is Kind.COMPONENT and "name" not in document.value:
        return [Diagnostic("missing field 'name'", document.position())]
    refused = name_problem(key)
    return [Diagnostic(refused, document.position(("name",)))] if refused else []
