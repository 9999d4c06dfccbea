"""The database: migrations, transactions, and a state from the future."""

import sqlite3
from pathlib import Path

import pytest

from runner.emulator.store.database import MIGRATIONS, Database


def test_is_durable_private_and_migrated(tmp_path: Path) -> None:
    database = Database(tmp_path / "db")
    assert database.rows("PRAGMA synchronous")[0][0] == 2
    assert database.rows("PRAGMA journal_mode")[0][0] == "wal"
    assert database.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS)
    assert (tmp_path / "db").stat().st_mode & 0o777 == 0o600
    database.close()
    Database(tmp_path / "db").close()  # opening again migrates nothing twice


def test_a_newer_state_is_refused(tmp_path: Path) -> None:
    Database(tmp_path / "db").close()
    with sqlite3.connect(tmp_path / "db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(sqlite3.DatabaseError, match="newer version"):
        Database(tmp_path / "db")


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "db")

    def fail() -> None:
        with database.transaction():
            database.write("INSERT INTO operations VALUES ('a', 'InProgress', '')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert database.rows("SELECT * FROM operations") == []
    database.close()
