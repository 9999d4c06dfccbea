"""The YAML files that specs are read from, each read and parsed once."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from runner.desired.document import Document, parse
from runner.desired.project import read_text
from runner.model.diagnostics import Diagnostic, InvalidSpecsError


@dataclass(frozen=True, slots=True)
class File:
    """One file as read: its documents, and what is wrong with it as YAML."""

    path: Path
    shown: str  # as messages call it
    documents: list[Document]
    problems: list[Diagnostic]


@dataclass(slots=True)
class Sources:
    """What has been read so far. Without a repository, files may be anywhere."""

    repository: Path | None
    _files: dict[str, File] = field(default_factory=dict)

    def add(self, file: File) -> None:
        """A file that was read elsewhere: a template, which was rendered."""
        self._files[os.path.realpath(file.path)] = file

    def read(self, path: Path, shown: str) -> File:
        """The file; its first reader says how messages call it."""
        real = os.path.realpath(path)
        if real not in self._files:
            self._files[real] = self._read(path, shown)
        return self._files[real]

    def _read(self, path: Path, shown: str) -> File:
        try:
            documents, problems = parse(read_text(path, shown, self.repository), shown)
        except InvalidSpecsError as error:
            documents, problems = [], list(error.diagnostics)
        return File(path, shown, documents, problems)
