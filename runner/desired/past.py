"""The documents of a file, as they are now and as they were at a commit, when a template had other values.

What a template of the past gave can only be known where the repository alone decided it. If it used `vars`, or `env`
for more than secrets, nothing is said.
"""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from runner.desired.document import Document, parse, read
from runner.desired.place import FILE
from runner.desired.project import Project, read_text
from runner.desired.schema import project as schema
from runner.desired.templates import library, process
from runner.desired.templates.context import Context
from runner.desired.templates.files import is_template
from runner.desired.templates.rendered import Rendered
from runner.git.history import History


@dataclass(slots=True)
class Now:
    """The files as they are. A template is rendered once, however often it is asked for."""

    project: Project
    context: Context
    _rendered: dict[str, Sequence[Document]] = field(default_factory=dict)

    def documents(self, path: str) -> Sequence[Document]:
        """The documents of a file, by its path from the repository's root."""
        text = read_text(self.project.repository / path, path, self.project.repository)
        if not is_template(path):
            return parse(text, path)[0]
        if path not in self._rendered:
            files = library.read(self.project.root, self.project.repository)
            answer = process.render({path: text}, files, self.context)[path]
            self._rendered[path] = read(answer)[0] if isinstance(answer, Rendered) else ()
        return self._rendered[path]


@dataclass(slots=True)
class Then:
    """The files at a commit, templates rendered for a target as it was then."""

    history: History
    commit: str
    project: Project
    target: str
    _rendered: dict[str, Sequence[Document]] = field(default_factory=dict)

    def documents(self, path: str) -> Sequence[Document]:
        """The documents of a file, by its path from the repository's root; none where they cannot be known."""
        text = self.history.text(self.commit, path)
        if not is_template(path) or not text:
            return parse(text, path)[0]
        if path not in self._rendered:
            self._rendered[path] = self._render(path, text)
        return self._rendered[path]

    def _render(self, path: str, text: str) -> Sequence[Document]:
        context = self._context()
        if context is None:
            return ()
        answer = process.render({path: text}, self._library(), context)[path]
        return read(answer)[0] if isinstance(answer, Rendered) and not answer.outside else ()

    def _context(self) -> Context | None:
        file = self._inside(f"specs/{FILE}")
        documents, problems = parse(self.history.text(self.commit, file), file)
        if problems or len(documents) != 1:
            return None
        try:
            config = schema.Project.model_validate(documents[0].value)
        except ValidationError:
            return None
        target = config.targets.get(self.target)
        return Context(config.project, self.target, target.values) if target else None

    def _library(self) -> dict[str, str]:
        folder = self._inside(library.FOLDER)
        names = self.history.files(self.commit, folder)
        return {name: self.history.text(self.commit, f"{folder}/{name}") for name in names}

    def _inside(self, name: str) -> str:
        """A file of the project, by its path from the repository's root."""
        return posixpath.normpath(Path(self.project.root / name).relative_to(self.project.repository).as_posix())
