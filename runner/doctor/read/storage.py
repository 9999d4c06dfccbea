"""The storage account behind the default datastore, and whether it lets us in."""

from typing import Any

from runner.azureml.access import look_into
from runner.azureml.rest import Rest
from runner.doctor.facts import Rights, Storage, Unread
from runner.doctor.read.attempt import attempt
from runner.errors import ServiceError


def storage(rest: Rest, account_id: str, rights: Rights | Unread) -> Storage:
    """Where uploads go. Raises ServiceError when the default datastore cannot be read."""
    found = next(rest.list("datastores", isDefault="true"), None)
    if found is None:
        raise ServiceError("the workspace has no default datastore")
    properties = found["properties"]
    account, container = str(properties.get("accountName") or ""), str(properties.get("containerName") or "")
    endpoint = str(properties.get("endpoint") or "core.windows.net")
    return Storage(
        datastore=str(found["name"]),
        account=account,
        container=container,
        credentials=str((properties.get("credentials") or {}).get("credentialsType") or "None"),
        shared_keys=attempt(lambda: _shared_keys(rest, account_id)),
        rights=rights,
        looked_into=attempt(lambda: look_into(rest, account, endpoint, container)),
    )


def _shared_keys(rest: Rest, account_id: str) -> bool:
    found: dict[str, Any] | None = rest.get_at(account_id, "storageAccounts") if account_id else None
    if found is None:
        raise ServiceError("the storage account was not found")
    # Not stated means allowed: the property is younger than most accounts.
    return found["properties"].get("allowSharedKeyAccess") is not False
