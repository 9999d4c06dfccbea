"""Reading a tree of 5,000 files, beside `git status` and beside reading and hashing them all."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from runner.git import tree
from runner.git.repository import Repository
from runner.model.digest import blob_id
from tests.bench.measure import Figure
from tests.repositories import Repo, git

_FILES = 5_000
_SIZE = 8_000  # bytes


def figures(runs: int = 9) -> Iterator[Figure]:
    """Medians of measurements taken in turns. A tree is read in a process that has imported everything."""
    before = os.environ.get("AML_CACHE_DIR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AML_CACHE_DIR"] = f"{folder}/cache"
        try:
            clone, outside = _made(Path(folder))
            yield from _compared("tree of a fresh clone", clone, runs, goals=(12, 1))
            time.sleep(2.1)  # what is younger is not remembered
            _read(outside)
            yield from _compared("tree outside git, second time", outside, runs, goals=(12, 1))
        finally:
            os.environ.pop("AML_CACHE_DIR") if before is None else os.environ.update(AML_CACHE_DIR=before)


def _made(folder: Path) -> tuple[Path, Path]:
    """A fresh clone, its objects in a pack, and the same files where git does not know them."""
    origin, clone, outside = (folder / name for name in ("origin", "clone", "outside"))
    for place in (origin, outside):
        place.mkdir()
        for number in range(_FILES):
            Repo(place).write(f"src/d{number // 100}/f{number}.bin", os.urandom(_SIZE))
    repo = Repo(origin).init()
    for name in ("core.looseCompression", "pack.window", "pack.compression"):  # it is noise, and not to be packed well
        git(origin, "config", name, "0")
    repo.commit()
    git(folder, "clone", "-q", f"file://{origin}", str(clone))
    return clone, outside


def _compared(name: str, root: Path, runs: int, goals: tuple[float, float]) -> Iterator[Figure]:
    _read(root)
    turns = [
        (_seconds(_read, root), _seconds(_status, root.parent / "clone"), _seconds(_hash_all, root))
        for _ in range(runs)
    ]
    ours, status, hashing = (statistics.median(column) for column in zip(*turns, strict=True))
    of = f"{ours * 1000:.0f} ms for {_FILES:,} files of {_SIZE // 1000} kB"
    yield Figure(name, ours / status, goals[0], "x", f"{of}, against {status * 1000:.0f} ms for git status")
    yield Figure("  against hashing all", ours / hashing, goals[1], "x", f"{hashing * 1000:.0f} ms to hash all")


def _read(root: Path) -> None:
    tree.read(root / "src", Repository(root))


def _status(root: Path) -> None:
    subprocess.run(["git", "--no-optional-locks", "status", "--porcelain"], cwd=root, check=True, capture_output=True)


def _hash_all(root: Path) -> None:
    for path in sorted(Path(root, "src").rglob("*.bin")):
        blob_id(path.read_bytes())


def _seconds(work: Callable[[Path], None], root: Path) -> float:
    start = time.perf_counter()
    work(root)
    return time.perf_counter() - start
