"""The project: found from any folder inside it, its `project.yml` read."""

import os
from dataclasses import dataclass
from pathlib import Path

from runner.desired.check import check
from runner.desired.document import parse
from runner.desired.place import FILE, repository_of, root_of
from runner.desired.schema import project as schema
from runner.desired.secrets import judged
from runner.errors import ConfigError, GitError
from runner.git import files
from runner.model.diagnostics import Diagnostic, InvalidSpecsError, Position
from runner.model.limits import Limits


@dataclass(frozen=True, slots=True)
class Project:
    """A project on disk. `root` holds `specs/`; `repository` is the folder no path may leave."""

    root: Path
    repository: Path
    config: schema.Project

    @property
    def specs(self) -> Path:
        """The folder of specs."""
        return self.root / "specs"

    @property
    def limits(self) -> Limits:
        """How much one folder or file may be that is sent."""
        return Limits(self.config.limits.files, self.config.limits.bytes)

    def shown(self, path: Path) -> str:
        """A path as people name it: relative to the project where it is inside."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()


def find(start: Path) -> Project:
    """The project that holds `start`: the nearest folder upwards with `specs/project.yml`.

    Raises ConfigError when there is none and InvalidSpecsError when its project.yml is wrong.
    """
    root = root_of(start)
    if root is None:
        raise ConfigError(f"no specs/{FILE} in {start.resolve()} or above it")
    repository = repository_of(root)
    return Project(root, repository, _config(root, repository))


def _config(root: Path, repository: Path) -> schema.Project:
    file = f"specs/{FILE}"
    documents, problems = parse(read_text(root / file, file, repository), file)
    if not problems and len(documents) != 1:
        problems = [Diagnostic(f"holds {len(documents)} documents; a project has one", Position(file))]
    if not problems:
        problems = check(documents[0], schema.Project)
    problems = judged(documents, problems)
    if problems:
        raise InvalidSpecsError(problems)
    return schema.Project.model_validate(documents[0].value)


def read_text(path: Path, shown: str, repository: Path | None) -> str:
    """The text of a spec; a byte order mark is dropped. A file that a person names may be outside of any repository.

    Raises InvalidSpecsError when it cannot be read, is no regular file, leaves the repository or is too large.
    """
    real = Path(os.path.realpath(path))
    try:
        return files.text(str(path), repository.resolve() if repository else real.parent)
    except GitError as error:
        words = str(error).removeprefix(f"{path} ").removeprefix(f"{real} ")
        raise InvalidSpecsError([Diagnostic(words, Position(shown))]) from error
