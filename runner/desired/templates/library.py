"""The files of a project's `templates/`: the only ones that templates can include, import and extend."""

import os
from collections.abc import Iterator
from pathlib import Path

from runner.desired.templates.limits import BYTES, FILES
from runner.errors import GitError
from runner.git import files
from runner.model.diagnostics import Diagnostic, InvalidSpecsError, Position

FOLDER = "templates"


def read(root: Path, repository: Path) -> dict[str, str]:
    """Every text below `templates/`, by its path from there; hidden files are passed over.

    Raises InvalidSpecsError when there is too much, or a file that cannot be read.
    """
    found: dict[str, str] = {}
    size = 0
    for path in _walk(root / FOLDER):
        shown = path.relative_to(root).as_posix()
        try:
            size += path.stat().st_size
            if len(found) >= FILES or size > BYTES:
                words = (
                    f"{FOLDER}/ has more than {FILES:,} files or {BYTES:,} bytes; what is no template goes elsewhere"
                )
                raise InvalidSpecsError([Diagnostic(words, Position(shown))])
            found[path.relative_to(root / FOLDER).as_posix()] = files.text(str(path), repository.resolve())
        except (GitError, OSError) as error:
            words = str(error).removeprefix(f"{path} ")
            raise InvalidSpecsError([Diagnostic(words, Position(shown))]) from error
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for place, names, found in os.walk(folder, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(found) if not name.startswith("."))
