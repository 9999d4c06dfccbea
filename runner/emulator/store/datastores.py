"""Records of datastores. Two belong to the workspace and cannot be lost."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from runner.emulator.settings import ARTIFACT_CONTAINER, DATASTORE_CONTAINER, STORAGE_ACCOUNT
from runner.emulator.store.database import Database, now

DEFAULT = "workspaceblobstore"
OWN = {DEFAULT: DATASTORE_CONTAINER, "workspaceartifactstore": ARTIFACT_CONTAINER}


@dataclass(frozen=True, slots=True)
class Datastore:
    """`body` is the ARM properties without secrets; `secrets` are told by listSecrets alone."""

    name: str
    body: dict[str, Any]
    secrets: dict[str, Any]
    created_at: str
    modified_at: str

    @property
    def is_own(self) -> bool:
        return self.name in OWN

    @property
    def container(self) -> str | None:
        """The container of ours that it means; None when it lies in somebody's cloud."""
        account = str(self.body.get("accountName", "")).rpartition("/")[2]
        return str(self.body["containerName"]) if account == STORAGE_ACCOUNT else None


class Datastores:
    """The datastores table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        for name, container in OWN.items():
            if self.get(name) is None:
                self.put(name, _own(name, container), {})

    def all(self) -> list[Datastore]:
        return [_datastore(row) for row in self._database.rows("SELECT * FROM datastores ORDER BY name")]

    def get(self, name: str) -> Datastore | None:
        row = self._database.row("SELECT * FROM datastores WHERE name = ?", name)
        return _datastore(row) if row else None

    def put(self, name: str, body: dict[str, Any], secrets: dict[str, Any]) -> None:
        self._database.write(
            "INSERT INTO datastores VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "body = excluded.body, secrets = excluded.secrets, modified_at = excluded.modified_at",
            name, json.dumps(body), json.dumps(secrets), now(), now(),
        )  # fmt: skip

    def delete(self, name: str) -> None:
        self._database.write("DELETE FROM datastores WHERE name = ?", name)


def _own(name: str, container: str) -> dict[str, Any]:
    return {
        "datastoreType": "AzureBlob",
        "accountName": STORAGE_ACCOUNT,
        "containerName": container,
        "credentials": {"credentialsType": "Sas"},
        "isDefault": name == DEFAULT,
        "protocol": "https",
        "serviceDataAccessAuthIdentity": "None",
        "tags": {},
        "properties": {},
    }


def _datastore(row: sqlite3.Row) -> Datastore:
    return Datastore(
        row["name"], json.loads(row["body"]), json.loads(row["secrets"]), row["created_at"], row["modified_at"]
    )
