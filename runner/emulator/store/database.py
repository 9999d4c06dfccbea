"""One SQLite connection, one writer, durable commits, and migrations by user_version."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# Never edit an entry that was released: append the next.
MIGRATIONS = (
    """
    CREATE TABLE computes (
        name TEXT PRIMARY KEY COLLATE NOCASE, body TEXT NOT NULL, state TEXT NOT NULL,
        created_at TEXT NOT NULL, modified_at TEXT NOT NULL);
    CREATE TABLE operations (id TEXT PRIMARY KEY, status TEXT NOT NULL, created_at TEXT NOT NULL);
    CREATE TABLE datastores (
        name TEXT PRIMARY KEY, body TEXT NOT NULL, secrets TEXT NOT NULL,
        created_at TEXT NOT NULL, modified_at TEXT NOT NULL);
    CREATE TABLE containers (
        kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, archived INTEGER NOT NULL,
        created_at TEXT NOT NULL, modified_at TEXT NOT NULL, PRIMARY KEY (kind, name));
    CREATE TABLE versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
        body TEXT NOT NULL, archived INTEGER NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL,
        UNIQUE (kind, name, version));
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, status TEXT NOT NULL, request TEXT NOT NULL,
        body TEXT NOT NULL, archived INTEGER NOT NULL, detail TEXT NOT NULL DEFAULT '',
        error_code TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', seconds TEXT NOT NULL DEFAULT '{}',
        process_group INTEGER, process_started REAL, created_at TEXT NOT NULL, started_at TEXT, ended_at TEXT);
    CREATE INDEX jobs_by_status ON jobs (status);
    CREATE TABLE blobs (
        container TEXT NOT NULL, blob TEXT NOT NULL, stamp TEXT NOT NULL, headers TEXT NOT NULL,
        PRIMARY KEY (container, blob));
    """,
    """
    ALTER TABLE jobs ADD COLUMN parent TEXT;
    ALTER TABLE jobs ADD COLUMN after TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE jobs ADD COLUMN process_starts INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX jobs_by_parent ON jobs (parent);
    """,
    """
    CREATE TABLE named (
        collection TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, secrets TEXT NOT NULL,
        created_at TEXT NOT NULL, modified_at TEXT NOT NULL, PRIMARY KEY (collection, name));
    """,
)


class Database:
    """The connection. It belongs to the event loop's thread: whatever stands between two awaits is atomic."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        path.chmod(0o600)
        self._migrate()

    def rows(self, statement: str, *parameters: Any) -> list[sqlite3.Row]:
        return self._connection.execute(statement, parameters).fetchall()

    def row(self, statement: str, *parameters: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(statement, parameters).fetchone()
        return found

    def write(self, statement: str, *parameters: Any) -> int:
        """Run one statement, durably unless inside a transaction; the number of rows it touched."""
        return self._connection.execute(statement, parameters).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and one sync to disk. Never await inside."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()

    def _migrate(self) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            raise sqlite3.DatabaseError(
                f"The state was written by a newer version (schema {version}): upgrade, or reset the workspace."
            )
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")


def now() -> str:
    """The time as the service writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
