"""Folders in the workspace's own storage account: what is in them, and its bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from azure.core.exceptions import HttpResponseError

from runner.azureml.credential import credential
from runner.azureml.rest import Rest
from runner.azureml.translate import translated
from runner.errors import ServiceError

_STORE = "workspaceblobstore"  # every workspace has it, in the account that code and build contexts are kept in
_DENIED = frozenset({401, 403})


@dataclass(slots=True)
class Storage:
    """Reads of the account. Raises ServiceError; a URL of any other account is refused, as it would get our token."""

    rest: Rest
    _store: dict[str, Any] = field(default_factory=dict)
    _containers: dict[str, Any] = field(default_factory=dict)

    def url(self, datastore: str, path: str) -> str:
        """The URL of a path in one of the workspace's datastores; `path` is percent-encoded."""
        found = self.rest.get(f"datastores/{datastore}")
        if not found:
            raise ServiceError(f"the workspace has no datastore {datastore}")
        store = found["properties"]
        account = f"{store.get('protocol')}://{store.get('accountName')}.blob.{store.get('endpoint')}"
        return f"{account}/{store.get('containerName')}/{path}"

    def files(self, url: str) -> dict[str, int]:
        """The files of a folder: path in it -> size in bytes."""
        container, folder = self._place(url)
        prefix = f"{folder.rstrip('/')}/" if folder else ""
        with translated(f"listing {url}"):
            listed = self._listed(container, prefix)
        return {name[len(prefix) :]: size for name, size in listed.items() if not name.endswith("/")}

    def read(self, url: str, name: str) -> Iterator[bytes]:
        """The bytes of one file of a folder that was listed, piece by piece."""
        container, folder = self._place(url)
        with translated(f"downloading {url}"):
            yield from self._containers[container].download_blob(f"{folder.rstrip('/')}/{name}".lstrip("/")).chunks()

    def _place(self, url: str) -> tuple[str, str]:
        """The container and the folder in it."""
        wanted, account = urlsplit(url), urlsplit(self._account())
        if (wanted.scheme, wanted.netloc) != (account.scheme, account.netloc):
            raise ServiceError(f"{url} is not in the workspace's storage account")
        # A URL that the SDK put together lacks the account where that is part of the path.
        path = unquote(wanted.path).removeprefix(account.path).strip("/")
        container, _, folder = path.partition("/")
        return container, folder

    def _account(self) -> str:
        store = self._properties()
        return f"{store['protocol']}://{store['accountName']}.blob.{store['endpoint']}"

    def _properties(self) -> Mapping[str, Any]:
        if not self._store:
            found = self.rest.get(f"datastores/{_STORE}")
            if not found:
                raise ServiceError(f"the workspace has no datastore {_STORE}, through which files are read")
            self._store.update(found["properties"])
        return self._store

    def _listed(self, container: str, prefix: str) -> dict[str, int]:
        """Reads with the datastore's secret, as the SDK does, else with our own identity."""
        if container in self._containers:
            return _list(self._containers[container], prefix)
        secret = self._secret()
        if secret:
            try:
                return self._opened(container, prefix, secret)
            except HttpResponseError as error:
                if error.status_code not in _DENIED:
                    raise
        return self._opened(container, prefix, credential(self.rest.workspace))

    def _opened(self, container: str, prefix: str, secret: Any) -> dict[str, int]:
        from azure.storage.blob import ContainerClient

        verify = self.rest.workspace.ca_file or True
        client = ContainerClient(self._account(), container, credential=secret, connection_verify=verify)
        listed = _list(client, prefix)
        self._containers[container] = client
        return listed

    def _secret(self) -> str:
        if (self._properties().get("credentials") or {}).get("credentialsType") in {None, "None"}:
            return ""
        try:
            secrets = self.rest.secrets(_STORE)
        except ServiceError as error:
            if error.status not in _DENIED:
                raise
            return ""
        return str(secrets.get("sasToken") or secrets.get("key") or "")


def _list(client: Any, prefix: str) -> dict[str, int]:
    blobs = client.list_blobs(name_starts_with=prefix, include=["metadata"])
    return {str(blob.name): int(blob.size) for blob in blobs if not (blob.metadata or {}).get("hdi_isfolder")}
