"""What is hashed is what is sent: trees are copied to a private folder, hashed on the way, refused if they differ."""

import os
from pathlib import Path

from runner.errors import AmlError, GitError
from runner.git import files
from runner.model.resource import Tree


class ChangedError(AmlError):
    """A file is not what the plan was made from."""


def stage_tree(tree: Tree, target: Path, repository: Path) -> None:
    """Copies a tree to `target`, which must not exist, readable for this user alone.

    Raises ChangedError when a file is not what the tree says, or leads out of the repository by now.
    """
    root = repository.resolve()
    for name, expected in tree.files.items():
        copied = _copy(tree.source(name), target if tree.is_file else target / name, root, name)
        if copied != expected:
            raise ChangedError(f"{name} changed since the plan was made; plan again")


def _copy(source: str, target: Path, root: Path, name: str) -> str:
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sink = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        with sink, files.opened(files.resolved(source, root), root) as stream:
            return files.blob(stream, sink=sink)
    except GitError as error:
        raise ChangedError(f"{name} cannot be read any more ({error}); plan again") from error
    except OSError as error:
        hint = "TMPDIR may name a folder with more room"
        raise AmlError(f"{name} cannot be copied to {target}: {error.strerror}; {hint}") from error


def verify(tree: Tree, target: Path) -> None:
    """Raises ChangedError unless the copy at `target` is exactly the tree: to be asked right before it is sent."""
    found = {target.name: target} if tree.is_file else _present(target)
    strange = found.keys() ^ tree.files.keys()
    for name, path in found.items():
        if name in strange or _blob(path, target) != tree.files[name]:
            strange.add(name)
    if strange:
        raise ChangedError(f"the private copy {target} was changed by somebody else ({min(strange)}); nothing was sent")


def _present(target: Path) -> dict[str, Path]:
    """Everything below a folder that is no folder, and folders with nothing in them."""
    return {
        path.relative_to(target).as_posix(): path
        for path in target.rglob("*")
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir())
    }


def _blob(path: Path, target: Path) -> str:
    try:
        with files.opened(str(path), target.parent) as stream:
            return files.blob(stream)
    except (GitError, OSError):
        return ""
