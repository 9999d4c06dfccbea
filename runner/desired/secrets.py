"""Secrets in specs, with their places: what is written out is refused, and what is referred to is noted down."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.desired.document import Document, Path
from runner.desired.links import Link
from runner.desired.spec import Spec
from runner.model import secrets
from runner.model.diagnostics import Diagnostic, Severity
from runner.model.resource import FieldPath, Tree
from runner.model.secrets import MARK, REFERENCE, Need

_MOST = 3  # names in a warning


def judged(read: Iterable[Document], problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The secrets in documents, and what else is wrong with them: not where a secret stands, which it might show."""
    found = [each for document in read for each in _found(document)]
    taken = {each.position for each in found}
    return [*found, *(problem for problem in problems if problem.position not in taken)]


def _found(document: Document) -> Iterator[Diagnostic]:
    for path, value in _leaves(document.value):
        unfit, detector = secrets.refused(path, value), secrets.detector(path, value)
        position = document.position(path)
        if unfit or (detector and (position.file, position.line) not in document.harmless):
            where = ".".join(map(str, path))
            yield Diagnostic(f"{where}: {unfit or _message(path, str(detector))}", position)
    for path, position in document.keys.items():
        detector = secrets.detector((), path[-1])
        if detector and (position.file, position.line) not in document.harmless:
            yield Diagnostic(f"a key {_message((), detector)}", position)


def documents(specs: Iterable[Spec]) -> list[Document]:
    """What specs are made of: their own documents, and those of the component and conda files that they reach."""
    reached = [link.target for spec in specs for link in spec.links if link.target]
    return [*(spec.document for spec in specs), *{id(document): document for document in reached}.values()]


def needs(spec: Spec) -> dict[FieldPath, Need]:
    """The references to secrets in a spec, by their place once its files are written out."""
    return {
        (*source.at, *path): Need(variable, source.document.position(path))
        for source in spec.sources()
        for path, value in _leaves(source.document.value)
        if secrets.may_hold(path) and (variable := secrets.variable(value))
    }


def left_out(link: Link, tree: Tree) -> Iterator[Diagnostic]:
    """A warning when files of a folder are not sent because their names say that they are secret."""
    if tree.secret:
        more = f" and {len(tree.secret) - _MOST} more" if len(tree.secret) > _MOST else ""
        message = f"{', '.join(tree.secret[:_MOST])}{more} left out, as secret by name; "
        message += f"a line '!{tree.secret[0]}' in {link.text}/.amlignore sends it"
        yield Diagnostic(f"{link.name}: {message}", link.position, Severity.WARNING)


def _message(path: Path, detector: str) -> str:
    instead = "write" if secrets.may_hold(path) else "hand it over in an environment variable, as"
    return f"looks like a secret ({detector}): {instead} {REFERENCE}; if it is none, end the line with '{MARK}'"


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value
