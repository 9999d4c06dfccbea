"""Records of what only has a name and changes in place: connections and schedules."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from runner.emulator.store.database import Database, now


@dataclass(frozen=True, slots=True)
class Record:
    """`body` is the ARM properties without secrets; `secrets` are told by `listSecrets` alone."""

    name: str
    body: dict[str, Any]
    secrets: dict[str, Any]
    created_at: str
    modified_at: str


class Named:
    """The records of one collection."""

    def __init__(self, database: Database, collection: str) -> None:
        self._database = database
        self._collection = collection

    def all(self) -> list[Record]:
        rows = self._database.rows("SELECT * FROM named WHERE collection = ? ORDER BY name", self._collection)
        return [_record(row) for row in rows]

    def get(self, name: str) -> Record | None:
        row = self._database.row("SELECT * FROM named WHERE collection = ? AND name = ?", self._collection, name)
        return _record(row) if row else None

    def put(self, name: str, body: dict[str, Any], secrets: dict[str, Any]) -> None:
        self._database.write(
            "INSERT INTO named VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (collection, name) DO UPDATE SET "
            "body = excluded.body, secrets = excluded.secrets, modified_at = excluded.modified_at",
            self._collection, name, json.dumps(body), json.dumps(secrets), now(), now(),
        )  # fmt: skip

    def delete(self, name: str) -> None:
        self._database.write("DELETE FROM named WHERE collection = ? AND name = ?", self._collection, name)


def _record(row: sqlite3.Row) -> Record:
    return Record(
        row["name"], json.loads(row["body"]), json.loads(row["secrets"]), row["created_at"], row["modified_at"]
    )
