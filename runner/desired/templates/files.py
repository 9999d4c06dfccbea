"""Spec files that are templates: read, rendered all at once, and taken apart into documents."""

from collections.abc import Mapping
from pathlib import Path

from runner.desired.document import read
from runner.desired.project import read_text
from runner.desired.sources import File
from runner.desired.templates import library, process
from runner.desired.templates.context import Context
from runner.model.diagnostics import Diagnostic, InvalidSpecsError

SUFFIXES = (".yml.j2", ".yaml.j2")


def is_template(path: Path | str) -> bool:
    """Whether a spec file is rendered before it is read."""
    return str(path).endswith(SUFFIXES)


def render(paths: Mapping[Path, str], root: Path, repository: Path, context: Context, *, anywhere: bool) -> list[File]:
    """The templates at these paths, which messages call by the names beside them; `root` holds `templates/`.

    They lie in the repository, or `anywhere`; what they include lies in `templates/`.
    """
    if not paths:
        return []
    texts: dict[str, str] = {}
    problems: dict[str, list[Diagnostic]] = {}
    for path, shown in paths.items():
        try:
            texts[shown] = read_text(path, shown, None if anywhere else repository)
        except InvalidSpecsError as error:
            problems[shown] = list(error.diagnostics)
    try:
        answers = process.render(texts, library.read(root, repository), context)
    except InvalidSpecsError as error:
        problems |= {shown: list(error.diagnostics) for shown in texts}
        answers = {}
    return [_file(path, shown, answers.get(shown), problems.get(shown, [])) for path, shown in paths.items()]


def _file(path: Path, shown: str, answer: process.Answer | None, problems: list[Diagnostic]) -> File:
    if isinstance(answer, Diagnostic):
        return File(path, shown, [], [answer])
    documents, wrong = read(answer) if answer else ([], [])
    return File(path, shown, documents, [*problems, *wrong])
