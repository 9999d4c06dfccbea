"""What was read is not read again, and a cache in any state never makes a tree wrong."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.git import cache, tree
from runner.git.cache import StatCache
from runner.git.repository import Repository
from tests.git.conftest import plain
from tests.repositories import Repo


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the cache, and files that count as old enough to be remembered."""
    monkeypatch.setenv("AML_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_MARGIN", -10_000_000_000)
    return tmp_path / "cache"


@pytest.fixture
def data(folder: Repo) -> Repo:
    """Files outside git."""
    for name in ("a", "b", "deep/c"):
        folder.write(f"data/{name}", 2000 * name[-1])
    return folder


def read(data: Repo) -> dict[str, str]:
    return dict(tree.read(data.root / "data", Repository(data.root)).files)


def test_a_second_look_opens_nothing(data: Repo, opened: list[str]) -> None:
    assert read(data) == plain(data.root / "data")
    assert sorted(opened) == ["a", "b", "c"]
    opened.clear()
    assert read(data) == plain(data.root / "data")
    assert opened == []


def restored(path: Path) -> None:
    before = path.stat()
    path.write_text(2000 * "A")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path: Path) -> None:
    before = path.stat()
    other = path.with_name("other")
    other.write_text(2000 * "A")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [lambda path: path.write_text(2000 * "A"), restored, replaced, os.utime])
def test_what_changed_is_opened(data: Repo, opened: list[str], change: Callable[[Path], object]) -> None:
    read(data)
    opened.clear()
    change(data.root / "data/a")
    assert read(data) == plain(data.root / "data")
    assert opened == ["a"]


def test_what_is_too_young_is_not_remembered(data: Repo, opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MARGIN", 2_000_000_000)
    read(data)
    opened.clear()
    assert read(data) == plain(data.root / "data")
    assert sorted(opened) == ["a", "b", "c"]


def garbage(place: Path) -> None:
    _file(place).write_bytes(os.urandom(5000))


def cut(place: Path) -> None:
    _file(place).write_bytes(_file(place).read_bytes()[:5000])


def other_rows(place: Path) -> None:
    with sqlite3.connect(_file(place)) as database:
        database.execute("UPDATE files SET blob = ?", ("0" * 40,))
    database.close()


def other_table(place: Path) -> None:
    with sqlite3.connect(_file(place)) as database:
        database.execute("DROP TABLE files")
        database.execute("CREATE TABLE files (x)")
    database.close()


def a_folder(place: Path) -> None:
    path = _file(place)
    path.unlink()
    path.mkdir()


def a_link(place: Path) -> None:
    path = _file(place)
    path.symlink_to(path.rename(place / "kept"))


def a_file(place: Path) -> None:
    for path in place.iterdir():
        path.unlink()
    place.rmdir()
    place.write_text("x")


def _file(place: Path) -> Path:
    return next(place.glob("*.sqlite"))


BROKEN = [garbage, cut, other_rows, other_table, a_folder, a_link, a_file]


@pytest.mark.parametrize("damage", BROKEN)
def test_a_broken_one_is_ignored(data: Repo, place: Path, damage: Callable[[Path], None]) -> None:
    read(data)
    damage(place)
    assert read(data) == plain(data.root / "data")
    assert read(data) == plain(data.root / "data")


@pytest.mark.parametrize("damage", [garbage, cut, other_rows])
def test_a_broken_one_is_made_anew(data: Repo, place: Path, opened: list[str], damage: Callable[[Path], None]) -> None:
    read(data)
    damage(place)
    read(data)
    opened.clear()
    read(data)
    assert opened == []


def test_one_that_somebody_writes_is_not_waited_for(data: Repo, place: Path) -> None:
    read(data)
    data.write("data/new", 2000 * "n")
    with sqlite3.connect(_file(place), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        start = time.monotonic()
        assert read(data) == plain(data.root / "data")
        assert time.monotonic() - start < 30
    other.close()


def test_others_cannot_read_it(data: Repo, place: Path) -> None:
    before = os.umask(0)
    try:
        read(data)
    finally:
        os.umask(before)
    assert place.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in place.iterdir())


def test_it_is_bounded(tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_ROWS", 10)
    info = tmp_path.stat()
    for turn in range(5):
        each = StatCache()
        for number in range(8):
            each.put(f"/{turn}/{number}", info, "b" * 40, time.time_ns())
        each.save()
    with sqlite3.connect(_file(place)) as database:
        assert database.execute("SELECT count(*) FROM files").fetchone() == (10,)
    database.close()
    assert StatCache().get("/4/7", info) == "b" * 40
    assert StatCache().get("/0/0", info) is None


_WRITER = """
import os, sys, time
from runner.git import cache
cache._MARGIN = -10**10
info = os.stat("/")
for turn in range(40):
    each = cache.StatCache()
    each.put(f"/{sys.argv[1]}/{turn}", info, sys.argv[1] * 40, time.time_ns())
    each.save()
"""


def test_several_may_write_at_once() -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, name]) for name in "abcd"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    info = Path("/").stat()
    found = StatCache()
    kept = {found.get(f"/{name}/{turn}", info) for name in "abcd" for turn in range(40)}
    # One that would have to wait for another may give up. What is there is right.
    assert kept - {None} <= {name * 40 for name in "abcd"}
    assert kept != {None}
