"""Specs that come from outside: prepared in a private folder, judged there, then moved to their places at once."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.desired.load import load_project
from runner.desired.project import Project
from runner.errors import ConfigError, GitError
from runner.git import tree
from runner.git.repository import Repository
from runner.model.diagnostics import InvalidSpecsError
from runner.model.digest import tree_digest
from runner.model.keys import Key


@dataclass(frozen=True, slots=True)
class Preparation:
    """A private folder beside the specs, on the same disk, so that what is ready is moved and not copied."""

    project: Project
    folder: Path

    def write(self, files: Mapping[str, str], folders: Mapping[str, Path], reused: Collection[str] = ()) -> None:
        """Lays out files and folders by their paths from the project's root, anew each time.

        `reused` are folders of the project that the files name.
        """
        shutil.rmtree(self._root, ignore_errors=True)
        for name, text in files.items():
            place = self._root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        sources = {**folders, **{name: self.project.root / name for name in reused}}
        for name, source in sources.items():
            (self._root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, self._root / name, copy_function=os.link)

    def problems(self, existing: Collection[Key]) -> dict[str, str]:
        """What is wrong with what was laid out: file -> the first finding. The existing specs are taken as given."""
        config = self.project.config
        known = config.model_copy(update={"external": [*config.external, *map(str, existing)]})
        try:
            load_project(Project(self._root, self._root, known))
        except InvalidSpecsError as error:
            found = [item for item in error.diagnostics if item.position]
            return {item.position.file: item.message for item in reversed(found) if item.position}
        return {}

    def present(self, folder: str) -> dict[str, str]:
        """What a folder of the project holds already: path -> the digest of a folder that could be sent, else empty."""
        place = self.project.root / folder
        found = sorted(place.iterdir()) if place.is_dir() else []
        return {f"{folder}/{each.name}": self.digest(f"{folder}/{each.name}") for each in found}

    def digest(self, name: str) -> str:
        """The digest of a folder of the project as it would be sent; empty when it could not be."""
        path, repository = self.project.root / name, Repository(self.project.repository)
        try:
            return tree_digest(tree.read(path, repository, self.project.limits).files) if path.is_dir() else ""
        except GitError:
            return ""

    def check(self, names: Collection[str]) -> None:
        """Raises ConfigError when something is at the place of one of these, or a link is on the way to it."""
        root = self.project.root
        on_the_way = {str(part) for name in names for part in Path(name).parents}
        found = {name for name in names if os.path.lexists(root / name)}
        found |= {part for part in on_the_way if (root / part).is_symlink()}
        if found:
            raise ConfigError(f"in the way, and never overwritten: {', '.join(sorted(found))}; nothing was written")

    def move(self, names: Collection[str]) -> None:
        """Moves what was laid out to its places. Raises ConfigError when something is there; then nothing is moved."""
        self.check(names)
        made: list[Path] = []
        try:
            for name in sorted(names):
                place = self.project.root / name
                made += _make_folder(place.parent)
                (self._root / name).rename(place)
                made.append(place)
        except BaseException:
            for place in reversed(made):
                shutil.rmtree(place) if place.is_dir() else place.unlink()
            raise

    @property
    def _root(self) -> Path:
        return self.folder / "new"


@contextmanager
def preparation(project: Project) -> Iterator[Preparation]:
    """A folder to prepare in; gone after the block."""
    with tempfile.TemporaryDirectory(prefix=".aml-import-", dir=project.root) as folder:
        yield Preparation(project, Path(folder))


def _make_folder(folder: Path) -> list[Path]:
    """Makes a folder with its parents; those that were not there, outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]
