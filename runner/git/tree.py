"""A folder as it would be sent: which files, and the git blob id of each.

What belongs: the files git tracks and the untracked ones it does not ignore, less what the folder's own `.amlignore`
names. Outside git, and in a folder that git ignores: all files less what `.amlignore` (else `.gitignore`) names, as the
SDK does. A link counts as what it leads to, and a submodule as the files that are checked out.
"""

import os
import stat
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from runner.errors import GitError
from runner.git import files
from runner.git.content import counted
from runner.git.left_out import IGNORE_FILES, NEVER, LeftOut, Why
from runner.git.repository import Repository
from runner.model.limits import DEFAULT, Limits
from runner.model.resource import Tree

_PLACEHOLDERS = {".gitkeep", ".keep"}
_DEEPEST = 20  # links to folders, one behind the other


def read(path: Path, repository: Repository, limits: Limits = DEFAULT) -> Tree:
    """The tree of a folder or single file. Raises GitError for what cannot be sent as it stands, or is too much."""
    return reading(path, repository, limits).tree


def reading(path: Path, repository: Repository, limits: Limits = DEFAULT) -> "Reading":
    """The tree, with what tells whether a commit holds it. A path is read once for each repository object."""
    known = repository.readings.get(path)
    if not isinstance(known, Reading):
        try:
            known = repository.readings[path] = Reading(path, repository, limits)
        finally:
            repository.cache.save()
    return known


class _File(NamedTuple):
    """A file that is sent: its path without links, its path in the tree, and whose it is."""

    path: str
    info: os.stat_result
    logical: str
    home: Repository


class Reading:
    """One look at a folder or file.

    `tree` is what would be sent. `sources` is what it was made from, links and submodules too: path from the
    repository's root -> the id git would record for it, or "" for a file that is gone. What git ignores is not there.
    """

    def __init__(self, path: Path, repository: Repository, limits: Limits) -> None:
        self.sources: dict[str, str] = {}
        self._top = repository
        self._path = path
        self._limits = limits
        self._found: list[_File] = []
        self._number = self._bytes = 0
        self._folders: list[tuple[str, str]] = []  # path from the repository's root -> path in the tree
        self._secret: list[str] = []
        self._straight = {str(repository.root): True, "": True}
        start = files.resolved(str(path), repository.root)
        is_file = not Path(start).is_dir()
        if is_file:
            place = files.resolved(str(path.parent), repository.root)
            self._out = LeftOut(place, repository.root, ())
            self._entry(f"{place}/{path.name}", path.name, self._home(place), ())
        else:
            self._folder(start, "", ())
        if not {file.logical for file in self._found} - _PLACEHOLDERS:
            raise GitError(f"{path} holds no file that would be sent: all are ignored")
        found = dict(sorted(self._counted(file) for file in self._found))
        self.tree = Tree(str(path), found, is_file=is_file, secret=tuple(sorted(self._secret)))

    def differs(self, recorded: Mapping[str, str]) -> bool:
        """Whether a commit holds something else; `recorded` is path from the root -> id, sorted, in submodules too."""
        return any(recorded.get(name) != found for name, found in self.sources.items()) or any(
            name not in self.sources and not self._out.why(inner + name[len(outer) :])
            for outer, inner in self._folders
            for name in below(list(recorded), outer)
        )

    def _folder(self, folder: str, inner: str, chain: tuple[str, ...]) -> None:
        if folder in chain:
            raise GitError(f"{folder} holds a link that leads back to it: links go in a circle")
        if len(chain) > _DEEPEST:
            raise GitError(f"{folder} is behind more than {_DEEPEST} links")
        home = self._home(folder)
        by_git, names = _listed(folder, home)
        if not chain:
            # Git itself applied what a .gitignore says.
            self._out = LeftOut(folder, self._top.root, IGNORE_FILES[:1] if by_git else IGNORE_FILES)
        if by_git:
            self._folders.append((self._top.name(f"{folder}/"), inner))
        for name in names:
            path, why = f"{folder}/{name}", self._out.why(inner + name)
            if why is Why.SECRET:
                self._secret.append(inner + name)
            elif not why and self._is_straight(_parent(path)):
                self._entry(path, inner + name, home, (*chain, folder))

    def _entry(self, path: str, logical: str, home: Repository, chain: tuple[str, ...]) -> None:
        try:
            info = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            self._gone(path, logical, home)
            return
        if stat.S_ISREG(info.st_mode):
            self._file(path, info, logical, home)
        elif self._out.why(logical, folder=Path(path).is_dir()):
            return
        elif stat.S_ISLNK(info.st_mode):
            self._link(path, logical, home, chain)
        elif stat.S_ISDIR(info.st_mode) and not os.path.lexists(f"{path}/.git"):
            raise _not_checked_out(path, home)
        elif stat.S_ISDIR(info.st_mode):
            self._folder(path, f"{logical}/", chain)
        else:
            raise GitError(f"{path} is no regular file")

    def _gone(self, path: str, logical: str, home: Repository) -> None:
        # A tracked file that was deleted and not committed is not sent. But some were never there.
        entry = home.index.entries.get(home.name(path))
        if entry and entry.is_submodule and not self._out.why(logical, folder=True):
            raise _not_checked_out(path, home)
        if entry and entry.is_sparse:
            raise GitError(f"{path} is left out by the sparse checkout; run: git sparse-checkout disable, or add it")
        self.sources[self._top.name(path)] = ""

    def _link(self, path: str, logical: str, home: Repository, chain: tuple[str, ...]) -> None:
        target = files.resolved(path, self._top.root)
        if home.index.knows(home.name(path)):
            self.sources[self._top.name(path)] = files.identity(
                os.fsencode(Path(path).readlink()), home.index.algorithm
            )
        if Path(target).is_dir():
            self._weigh(0)  # it counts as a file: a few links to folders can multiply without end
            self._folder(target, f"{logical}/", chain)
        else:
            self._file(target, os.lstat(target), logical, self._home(_parent(target)))

    def _file(self, path: str, info: os.stat_result, logical: str, home: Repository) -> None:
        self._weigh(info.st_size)
        self._found.append(_File(path, info, _utf8(logical), home))

    def _weigh(self, size: int) -> None:
        """Refuses what is too much before any of it is hashed."""
        self._number += 1
        self._bytes += size
        for name, found in (("files", self._number), ("bytes", self._bytes)):
            most = getattr(self._limits, name)
            if found > most:
                raise GitError(
                    f"{self._path} holds more than {most:,} {name}: leave out what is not needed (.amlignore), "
                    f"or raise limits.{name} in specs/project.yml"
                )

    def _counted(self, file: _File) -> tuple[str, str]:
        """The file's path in the tree, and its blob id."""
        found = counted(file.path, file.info, file.home, self._top.cache)
        if file.home.index.knows(file.home.name(file.path)):
            self.sources[self._top.name(file.path)] = found.recorded
        return file.logical, found.blob

    def _home(self, folder: str) -> Repository:
        home = self._top.home(folder)
        name = self._top.name(str(home.root))
        if home is not self._top and name not in self.sources:
            self.sources[name] = home.commit()
        return home

    def _is_straight(self, folder: str) -> bool:
        """Whether no link is on the way. What git tracks behind one is gone for git: the link is what there is."""
        if folder not in self._straight:
            self._straight[folder] = self._is_straight(_parent(folder)) and not Path(folder).is_symlink()
        return self._straight[folder]


def below(names: Sequence[str], folder: str) -> Sequence[str]:
    """Those of sorted names that start with `folder`, which ends with a slash or is empty."""
    end = bisect_left(names, f"{folder[:-1]}0") if folder else len(names)  # "0" comes right after "/"
    return names[bisect_left(names, folder) : end]


def _listed(folder: str, home: Repository) -> tuple[bool, list[str]]:
    """The names below a folder, as git has them or as they are on disk, and whether it was git."""
    if not home.exists:
        return False, _walk(folder)
    outer = home.name(f"{folder}/")
    # A repository that is inside, and no submodule, ends with a slash.
    names = [name[len(outer) :].rstrip("/") for name in below(home.index.names, outer)]
    if not names and outer and home.index.ignores(outer):
        return False, _walk(folder)
    return True, names


def _walk(folder: str) -> list[str]:
    found = []
    for place, folders, names in os.walk(folder, onerror=_raise):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in NEVER)
        found += [f"{place}/{name}"[len(folder) + 1 :] for name in [*names, *links]]
    return sorted(found)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _raise(error: OSError) -> None:
    raise error


def _utf8(name: str) -> str:
    try:
        return os.fsencode(name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise GitError(f"the file name {os.fsencode(name)!r} is not UTF-8; the service cannot hold it") from error


def _not_checked_out(path: str, home: Repository) -> GitError:
    command = f"git submodule update --init {home.name(path)}"
    return GitError(f"{path} is a submodule that is not checked out; run: {command}")
