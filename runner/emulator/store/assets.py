"""Containers and versions: environments, data, models, codes and components all have this one shape."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from runner.emulator.store.database import Database, now


@dataclass(frozen=True, slots=True)
class Container:
    """A name of a kind. Archiving it hides all its versions, later ones too."""

    kind: str
    name: str
    body: dict[str, Any]
    archived: bool
    created_at: str
    modified_at: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version. `body` is the ARM resource's properties less `isArchived`."""

    kind: str
    name: str
    version: str
    body: dict[str, Any]
    archived: bool
    created_at: str
    modified_at: str


class Assets:
    """The records of all kinds of assets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def containers(self, kind: str) -> list[Container]:
        rows = self._database.rows("SELECT * FROM containers WHERE kind = ? ORDER BY name", kind)
        return [_container(row) for row in rows]

    def container(self, kind: str, name: str) -> Container | None:
        row = self._database.row("SELECT * FROM containers WHERE kind = ? AND name = ?", kind, name)
        return _container(row) if row else None

    def versions(self, kind: str, name: str | None = None) -> list[Version]:
        """Newest first; of all names if none is given."""
        rows = self._database.rows(
            "SELECT * FROM versions WHERE kind = ? AND (? IS NULL OR name = ?) ORDER BY id DESC", kind, name, name
        )
        return [_version(row) for row in rows]

    def version(self, kind: str, name: str, version: str) -> Version | None:
        row = self._database.row(
            "SELECT * FROM versions WHERE kind = ? AND name = ? AND version = ?", kind, name, version
        )
        return _version(row) if row else None

    def code_with_hash(self, digest: str) -> Version | None:
        """A code asset of the same content, under whatever name."""
        row = self._database.row(
            "SELECT * FROM versions WHERE kind = 'codes' AND json_extract(body, '$.properties.hash_sha256') = ? "
            "ORDER BY id LIMIT 1",
            digest,
        )
        return _version(row) if row else None

    def latest(self, kind: str, name: str) -> Version | None:
        """The most recently created version that is not archived: what `@latest` means."""
        return next((found for found in self.versions(kind, name) if not found.archived), None)

    def next_number(self, kind: str, name: str) -> int:
        """The version the service would give next: one more than the largest number, archived ones counted."""
        numbers = [int(found.version) for found in self.versions(kind, name) if found.version.isdecimal()]
        return max(numbers, default=0) + 1

    def put_container(self, kind: str, name: str, body: dict[str, Any], *, archived: bool) -> None:
        self._database.write(
            "INSERT INTO containers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET "
            "body = excluded.body, archived = excluded.archived, modified_at = excluded.modified_at",
            kind, name, json.dumps(body), archived, now(), now(),
        )  # fmt: skip

    def put_version(self, kind: str, name: str, version: str, body: dict[str, Any], *, archived: bool) -> None:
        """Create or overwrite a version, and create its container if there is none. What may change is not ours."""
        moment = now()
        with self._database.transaction():
            self._database.write(
                "INSERT OR IGNORE INTO containers VALUES (?, ?, '{}', 0, ?, ?)", kind, name, moment, moment
            )
            self._database.write(
                "INSERT INTO versions (kind, name, version, body, archived, created_at, modified_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, name, version) DO UPDATE SET "
                "body = excluded.body, archived = excluded.archived, modified_at = excluded.modified_at",
                kind, name, version, json.dumps(body), archived, moment, moment,
            )  # fmt: skip


def _container(row: sqlite3.Row) -> Container:
    return Container(
        row["kind"], row["name"], json.loads(row["body"]), bool(row["archived"]), row["created_at"], row["modified_at"]
    )


def _version(row: sqlite3.Row) -> Version:
    return Version(
        row["kind"],
        row["name"],
        row["version"],
        json.loads(row["body"]),
        bool(row["archived"]),
        row["created_at"],
        row["modified_at"],
    )
