"""Records of computes, and of the long-running operations on them."""

import json
import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

from runner.emulator.store.database import Database, now


@dataclass(frozen=True, slots=True)
class Compute:
    """`body` is the ARM resource as it was put; `state` is AmlCompute's provisioning or the instance's own state."""

    name: str
    body: dict[str, Any]
    state: str
    created_at: str
    modified_at: str

    @property
    def kind(self) -> str:
        return str(self.body["properties"]["computeType"])

    @property
    def settings(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["properties"].get("properties") or {}
        return found


class Computes:
    """Names are matched without regard to case, as the service does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Compute]:
        return [_compute(row) for row in self._database.rows("SELECT * FROM computes ORDER BY name")]

    def get(self, name: str) -> Compute | None:
        row = self._database.row("SELECT * FROM computes WHERE name = ?", name)
        return _compute(row) if row else None

    def put(self, name: str, body: dict[str, Any], state: str) -> None:
        self._database.write(
            "INSERT INTO computes VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "body = excluded.body, state = excluded.state, modified_at = excluded.modified_at",
            name, json.dumps(body), state, now(), now(),
        )  # fmt: skip

    def set_state(self, name: str, state: str) -> None:
        self._database.write("UPDATE computes SET state = ?, modified_at = ? WHERE name = ?", state, now(), name)

    def delete(self, name: str) -> None:
        self._database.write("DELETE FROM computes WHERE name = ?", name)


class Operations:
    """Long-running operations: InProgress until whoever carries one out says otherwise."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self) -> str:
        identifier = str(uuid.uuid4())
        self._database.write("INSERT INTO operations VALUES (?, 'InProgress', ?)", identifier, now())
        return identifier

    def finish(self, identifier: str, status: str = "Succeeded") -> None:
        self._database.write("UPDATE operations SET status = ? WHERE id = ?", status, identifier)

    def status(self, identifier: str) -> str | None:
        row = self._database.row("SELECT status FROM operations WHERE id = ?", identifier)
        return str(row["status"]) if row else None

    def unfinished(self) -> list[str]:
        return [row["id"] for row in self._database.rows("SELECT id FROM operations WHERE status = 'InProgress'")]


def _compute(row: sqlite3.Row) -> Compute:
    return Compute(row["name"], json.loads(row["body"]), row["state"], row["created_at"], row["modified_at"])
