"""What is found about uploads: keys or roles, and whether this machine gets in."""

from dataclasses import replace

import pytest

from runner.doctor.facts import Permission, Rights, Storage, Unread
from runner.doctor.judge import storage
from runner.model.findings import Level

OK, WARNING, UNKNOWN = Level.OK, Level.WARNING, Level.UNKNOWN
OPEN = Storage("workspaceblobstore", "acct", "azureml-blobstore", "AccountKey", True, (), True)
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
MAY = (Permission(data_actions=(f"{BLOBS}/read", f"{BLOBS}/write")),)


@pytest.mark.parametrize(
    ("shared_keys", "rights", "level", "message"),
    [
        (True, (), OK, "the account takes signatures"),
        (False, MAY, OK, "the account refuses its keys; this identity may write"),
        (False, (), WARNING, "the account refuses its keys, and this identity may not write"),
        (False, Unread("no", 403), UNKNOWN, "the account refuses its keys, and rights there cannot be asked"),
        (Unread("no", 403), MAY, UNKNOWN, "may need a role or not"),
    ],
)
def test_uploads(shared_keys: bool | Unread, rights: Rights | Unread, level: Level, message: str) -> None:
    _, uploads, _ = storage.storage(replace(OPEN, shared_keys=shared_keys, rights=rights))
    assert (uploads.check, uploads.level) == ("uploads", level)
    assert uploads.message.startswith(message)
    assert (storage.ROLE in uploads.advice) == (level is not OK)


@pytest.mark.parametrize(
    ("looked_into", "shared_keys", "level", "message"),
    [
        (True, True, OK, "can be read"),
        (False, True, UNKNOWN, "was not looked into"),
        (Unread("denied", 403, "AuthorizationPermissionMismatch"), True, OK, "answers; without a role"),
        (Unread("denied", 403, "AuthorizationPermissionMismatch"), False, UNKNOWN, "denied"),
        (Unread("denied", 403, "AuthorizationFailure"), True, WARNING, "is out of reach from here"),
        (Unread("no route"), True, WARNING, "is out of reach from here"),
        (Unread("gone", 404, "ContainerNotFound"), True, UNKNOWN, "gone"),
    ],
)
def test_the_container(looked_into: bool | Unread, shared_keys: bool, level: Level, message: str) -> None:
    *_, container = storage.storage(replace(OPEN, looked_into=looked_into, shared_keys=shared_keys))
    assert (container.check, container.level) == ("container", level)
    assert container.message.startswith(message)


def test_no_default_datastore() -> None:
    (found,) = storage.storage(Unread("the workspace has no default datastore"))
    assert found.level is UNKNOWN
