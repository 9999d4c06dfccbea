"""Findings about the storage that code and data are uploaded to."""

from collections.abc import Iterator

from runner.doctor.facts import Storage, Unread
from runner.doctor.judge.rights import allowed
from runner.model.findings import Finding, Level

STORAGE = "storage"
ROLE = "Storage Blob Data Contributor"
WRITE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
_GRANT = f"give this identity the role {ROLE} on the storage account"
_NETWORK = "AuthorizationFailure"  # the storage's word for a firewall; a missing role has another
_NO_ROLE = "AuthorizationPermissionMismatch"


def storage(found: Storage | Unread) -> Iterator[Finding]:
    """Whether uploads will arrive."""
    if isinstance(found, Unread):
        yield Finding(STORAGE, "datastore", Level.UNKNOWN, found.why)
        return
    place = f"{found.datastore}: container {found.container} of {found.account}"
    yield Finding(STORAGE, "datastore", Level.OK, f"{place}, credentials {found.credentials}")
    yield from _uploads(found)
    yield from _container(found)


def _uploads(found: Storage) -> Iterator[Finding]:
    if isinstance(found.shared_keys, Unread):
        advice = f"should uploads be refused: {_GRANT}"
        yield Finding(STORAGE, "uploads", Level.UNKNOWN, f"may need a role or not: {found.shared_keys.why}", advice)
    elif found.shared_keys:
        yield Finding(STORAGE, "uploads", Level.OK, "the account takes signatures made with its keys")
    elif isinstance(found.rights, Unread):
        message = f"the account refuses its keys, and rights there cannot be asked: {found.rights.why}"
        yield Finding(STORAGE, "uploads", Level.UNKNOWN, message, f"should uploads be refused: {_GRANT}")
    elif allowed(found.rights, WRITE, on_data=True):
        yield Finding(STORAGE, "uploads", Level.OK, "the account refuses its keys; this identity may write by itself")
    else:
        message = "the account refuses its keys, and this identity may not write blobs: uploads will be refused"
        yield Finding(STORAGE, "uploads", Level.WARNING, message, _GRANT)


def _container(found: Storage) -> Iterator[Finding]:
    """What a look into the container says, which for lack of a role alone is nothing that uploads depend on."""
    looked = found.looked_into
    if not isinstance(looked, Unread):
        message = "can be read" if looked else "was not looked into: its host is no storage of Azure's public cloud"
        yield Finding(STORAGE, "container", Level.OK if looked else Level.UNKNOWN, message)
    elif looked.code == _NETWORK or looked.status is None:
        advice = "use a network that the storage account lets in, or a private endpoint"
        yield Finding(STORAGE, "container", Level.WARNING, f"is out of reach from here: {looked.why}", advice)
    elif looked.code == _NO_ROLE and found.shared_keys is True:
        yield Finding(STORAGE, "container", Level.OK, "answers; without a role there, signatures are the way in")
    else:
        yield Finding(STORAGE, "container", Level.UNKNOWN, looked.why, _GRANT if looked.status == 403 else "")
