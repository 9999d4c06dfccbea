"""What files hashed to when they were last read, for as long as their stat data stays: large data is read once.

It lives in the user's cache directory (AML_CACHE_DIR, if set). It saves time and nothing else: when it cannot be
opened, read or written, or a row does not add up, files are read.
"""

import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import platformdirs

from runner.git.index import settled

_VERSION = 1
_ROWS = 200_000  # about 40 MB; the oldest go first
_MARGIN = 2_000_000_000  # ns: clocks of file servers differ from ours
_TABLE = """CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, folder BLOB, name BLOB, stat TEXT, blob TEXT, adds_up INTEGER, UNIQUE (folder, name))"""

_INSERT = "INSERT OR REPLACE INTO files (folder, name, stat, blob, adds_up) VALUES (?, ?, ?, ?, ?)"


class StatCache:
    """Blob ids by absolute path, size, times and inode. It belongs to one thread."""

    def __init__(self) -> None:
        self._new: dict[tuple[bytes, bytes], tuple[str, str]] = {}
        self._read: dict[bytes, dict[bytes, tuple[str, str, int]]] = {}

    def get(self, path: str, info: os.stat_result) -> str | None:
        """The blob id of a file whose stat data is what it was, or None."""
        folder, name = _split(path)
        if folder not in self._read:
            self._read[folder] = {}
            with self._forgiving():
                if self._connection:
                    query = "SELECT name, stat, blob, adds_up FROM files WHERE folder = ?"
                    self._read[folder] = {row[0]: row[1:] for row in self._connection.execute(query, (folder,))}
        known, blob, adds_up = self._read[folder].get(name, ("", "", 0))
        return blob if known == _identity(info) and adds_up == _sum(folder, name, known, str(blob)) else None

    def put(self, path: str, info: os.stat_result, blob: str, read_at: int) -> None:
        """Remembers what was read at `read_at` (ns); not if a change right after might not show."""
        if settled(info, read_at - _MARGIN):
            self._new[_split(path)] = (_identity(info), blob)

    def save(self) -> None:
        """Writes what is new, and lets go of the file."""
        rows = [(*key, *value, _sum(*key, *value)) for key, value in self._new.items()]
        self._new = {}
        with self._forgiving():
            if rows and self._connection:
                with self._connection as database:
                    database.executemany(_INSERT, rows)
                    database.execute("DELETE FROM files WHERE id <= (SELECT max(id) FROM files) - ?", (_ROWS,))
        self._close()

    def _close(self) -> None:
        # None, for one that cannot be opened, stays: nobody tries again.
        if self.__dict__.get("_connection"):
            self.__dict__.pop("_connection").close()

    @cached_property
    def _connection(self) -> sqlite3.Connection | None:
        try:
            return _connect(_place())
        except (sqlite3.OperationalError, OSError):  # locked, read-only, full, not a file
            return None

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError:  # somebody else writes, or there is no room
            pass
        except sqlite3.DatabaseError:  # broken: a new one takes its place
            self._close()
            for end in ("", "-wal", "-shm"):
                with suppress(OSError):
                    Path(f"{_place()}{end}").unlink()


def _connect(place: Path) -> sqlite3.Connection:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if place.parent.stat().st_uid != os.geteuid():
        raise sqlite3.OperationalError("the directory is somebody else's")
    os.close(os.open(place, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    connection = sqlite3.connect(place, timeout=0.2)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_TABLE)
        connection.execute("SELECT max(id) FROM files").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _place() -> Path:
    folder = os.environ.get("AML_CACHE_DIR") or platformdirs.user_cache_path("aml-runner")
    return Path(folder, f"files-{_VERSION}.sqlite")


def _identity(info: os.stat_result) -> str:
    return f"{info.st_size} {info.st_mtime_ns} {info.st_ctime_ns} {info.st_dev} {info.st_ino}"


def _sum(folder: bytes, name: bytes, known: str, blob: str) -> int:
    return zlib.crc32(b"%b\0%b\0%b\0%b" % (folder, name, known.encode(), blob.encode()))


def _split(path: str) -> tuple[bytes, bytes]:
    folder, _, name = os.fsencode(path).rpartition(b"/")
    return folder, name
