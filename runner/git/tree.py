"""A folder as it would be sent: which files, and the git blob id of each.

What belongs: the files git tracks and the untracked ones it does not ignore, less what the folder's own `.amlignore`
names. Outside git: all files less what `.amlignore` (else `.gitignore`) names, as the SDK does.
"""

import os
from pathlib import Path

import pathspec

from runner.errors import GitError
from runner.git.repository import Repository
from runner.model.digest import blob_id
from runner.model.resource import Tree

_NEVER = {".git", "__pycache__"}
# They have done their work here. Sent along, the SDK would apply them again and leave out what git tracks all the same.
_IGNORE_FILES = {".amlignore", ".gitignore"}


def read(path: Path, repository: Repository) -> Tree:
    """The tree of a folder or single file. Raises GitError for what cannot be sent as it stands."""
    if path.is_file():
        return Tree(str(path), {path.name: blob_id(path.read_bytes())}, is_file=True)
    names = repository.files(path)
    if names is None:
        names = _walk(path)
    ignored = _ignored(path, outside_git=not repository.exists)
    kept = [
        name
        for name in names
        if name not in _IGNORE_FILES and not _NEVER.intersection(name.split("/")) and not ignored.match_file(name)
    ]
    files = {_text(name): blob_id(content(path / name, repository.root)) for name in kept if _present(path / name)}
    if not files:
        raise GitError(f"{path} holds no file that would be sent: all are ignored")
    return Tree(str(path), files)


def content(path: Path, repository: Path) -> bytes:
    """The bytes of one file. A link inside the repository counts as its content; one that leaves is refused."""
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(repository.resolve()):
        raise GitError(f"{path} is a link that leaves the repository")
    if not real.is_file():
        raise GitError(f"{path} is no regular file")
    return real.read_bytes()


def _text(name: str) -> str:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise GitError(f"the file name {os.fsencode(name)!r} is not UTF-8; the service cannot hold it") from error
    return name


def _present(path: Path) -> bool:
    # A tracked file that was deleted and not committed is not sent.
    return path.is_symlink() or path.exists()


def _walk(folder: Path) -> list[str]:
    found = []
    for place, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _NEVER)
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in files]
    return sorted(found)


def _ignored(folder: Path, *, outside_git: bool) -> pathspec.GitIgnoreSpec:
    # The SDK honours one file: the code root's .amlignore, else its .gitignore (which git itself applied already).
    for name in (".amlignore", ".gitignore") if outside_git else (".amlignore",):
        if (folder / name).is_file():
            return pathspec.GitIgnoreSpec.from_lines((folder / name).read_text("utf-8").splitlines())
    return pathspec.GitIgnoreSpec.from_lines([])
