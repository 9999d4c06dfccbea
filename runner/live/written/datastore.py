"""Datastores as specs, less their credentials: a secret never leaves the workspace."""

from typing import Any

from runner.live.translate import LOCATED, snake
from runner.live.written import words
from runner.live.written.around import Around, Payload

_TYPES = ("AzureBlob", "AzureFile", "AzureDataLakeGen1", "AzureDataLakeGen2", "OneLake")


def datastore(found: Payload, around: Around) -> dict[str, Any]:
    """A datastore. Raises UnwritableError for types that no spec has."""
    outer = found["properties"]
    kind = words.known("datastores", outer.get("datastoreType"), _TYPES)
    artifact = outer.get("artifact") or {}
    return words.stated(
        {
            "name": found["name"],
            "type": snake(kind),
            "description": outer.get("description"),
            "tags": words.by_people(outer.get("tags")) if kind != "AzureDataLakeGen1" else None,  # it takes none
            **{field: outer.get(sent) for field, sent in LOCATED.items()},
            "one_lake_workspace_name": outer.get("oneLakeWorkspaceName"),
            "endpoint": outer.get("endpoint") if outer.get("endpoint") != around.endpoint else None,
            "protocol": outer.get("protocol"),
            "artifact": words.stated(
                {"name": artifact.get("artifactName"), "type": snake(artifact.get("artifactType") or "")}
            ),
        }
    )
