"""What tests of trees share: repositories at rest, a plain reading to compare with, and who opened which file."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from runner.git import files
from runner.model.digest import blob_id
from tests.repositories import Repo, git

_LONG = 10_000_000_000  # ns


def settle(repo: Repo) -> None:
    """Makes the index younger than every file: as if somebody had waited before the next command."""
    moment = time.time_ns() + _LONG
    os.utime(repo.root / git(repo.root, "rev-parse", "--git-path", "index"), ns=(moment, moment))


def plain(folder: Path) -> dict[str, str]:
    """Every file below a folder, read."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: blob_id(path.read_bytes()) for name, path in found.items()}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were opened, in order."""
    names: list[str] = []
    real = files.opened

    @contextmanager
    def spying(path: str, root: Path) -> Iterator[BinaryIO]:
        names.append(Path(path).name)
        with real(path, root) as stream:
            yield stream

    monkeypatch.setattr(files, "opened", spying)
    return names
