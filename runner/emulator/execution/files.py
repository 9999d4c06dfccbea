"""Copying and collecting files of a job without ever leaving the folder it is about."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from runner.emulator.execution.problems import JobCanceledError

Stopped = Callable[[], bool]


def _stays_inside(link: Path, root: Path) -> bool:
    """A link counts as the file it names, but only if that file lies in the same tree."""
    target = link.resolve()
    return target.is_file() and target.is_relative_to(root.resolve())


def walk_files(root: Path) -> Iterator[tuple[Path, bool]]:
    """Every file below `root` with whether it may be taken; links to folders or to the outside may not."""
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        linked = [name for name in folders if (here / name).is_symlink()]
        for name in sorted(linked):
            yield here / name, False
        folders[:] = sorted(set(folders) - set(linked))
        for name in sorted(names):
            path = here / name
            yield path, _stays_inside(path, root) if path.is_symlink() else path.is_file()


def copy_file(source: Path, target: Path, *, read_only: bool = False) -> None:
    """Copy the bytes and the executable bit, nothing else: owners and times of the store mean nothing to a job."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    executable = os.access(source, os.X_OK)
    target.chmod((0o500 if executable else 0o400) if read_only else (0o700 if executable else 0o600))


def copy_tree(source: Path, target: Path, stopped: Stopped, *, read_only: bool = False) -> list[str]:
    """Copy a folder; answers the names of links that were left out. Stops between two files if asked to."""
    left_out = []
    target.mkdir(parents=True, exist_ok=True)
    for path, allowed in walk_files(source):
        if stopped():
            raise JobCanceledError("canceled while files were copied")
        name = path.relative_to(source)
        if allowed:
            copy_file(path, target / name, read_only=read_only)
        else:
            left_out.append(name.as_posix())
    return left_out


def collect(source: Path, target: Path) -> list[str]:
    """Move what a job wrote (a file or a folder) to where it is kept; answers the names of links left out.

    Files that are already at `target` and are not written again stay: the tracking server keeps artifacts there too.
    """
    if source.is_symlink() or not source.exists():
        return [source.name] if source.is_symlink() else []
    if source.is_file():
        _move(source, target / source.name if target.is_dir() else target)
        return []
    left_out = []
    target.mkdir(parents=True, exist_ok=True)
    # Links first: their content is copied, and moving the file they name would leave them dangling.
    for path, allowed in sorted(walk_files(source), key=lambda found: not found[0].is_symlink()):
        name = path.relative_to(source)
        if not allowed:
            left_out.append(name.as_posix())
        elif path.is_symlink():
            copy_file(path, target / name)
        else:
            _move(path, target / name)
    return left_out


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)  # a rename on one file system, else a copy
