"""Reads over the service's REST API, without the SDK's models: cheap enough to do on every plan."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from azure.core import PipelineClient
from azure.core.pipeline.policies import (
    BearerTokenCredentialPolicy,
    HeadersPolicy,
    RetryPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse

from runner import __version__
from runner.azureml.credential import credential
from runner.azureml.translate import translated
from runner.azureml.workspace import Workspace
from runner.errors import ServiceError

# The api-versions that the SDK itself speaks (docs/azure-ml.md).
VERSIONS = {
    "workspaces": "2024-10-01-preview",
    "computes": "2023-08-01-preview",
    "environments": "2023-04-01-preview",
    "data": "2023-04-01-preview",
    "datastores": "2024-10-01-preview",
    "models": "2023-08-01-preview",
    "components": "2024-01-01-preview",
    "codes": "2023-04-01",
    "jobs": "2024-01-01-preview",
    "schedules": "2023-06-01-preview",
    "connections": "2024-04-01-preview",
    "usages": "2023-08-01-preview",
    "vmSizes": "2023-08-01-preview",
    "permissions": "2022-04-01",
    "storageAccounts": "2023-01-01",
}
AT_ONCE = 8  # requests; the service allows 25 reads a second and 250 at once
_NOT_FOUND = 404


class Rest:
    """Signed requests to one workspace. Raises ServiceError; a missing thing is None where that is an answer."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._root = workspace.arm_url + workspace.path
        self.credential = credential(workspace)
        self._client = PipelineClient(
            workspace.arm_url,
            policies=[
                HeadersPolicy({"Accept": "application/json"}),
                UserAgentPolicy(f"aml-runner/{__version__}"),
                RetryPolicy(),
                BearerTokenCredentialPolicy(self.credential, f"{workspace.arm_url}/.default"),
            ],
            transport=RequestsTransport(connection_verify=workspace.ca_file or True),
        )
        self._facts: dict[str, Any] = {}
        self._location = ""

    def get(self, path: str, **query: str) -> dict[str, Any] | None:
        """One resource of the workspace, e.g. `computes/cpu-cluster`; None when it does not exist."""
        return self._get(f"{self._root}/{path}", _versioned(path, query))

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """Writes one resource that is written at once, such as a version of an asset."""
        request = HttpRequest("PUT", f"{self._root}/{path}", params=_versioned(path, {}), json=dict(body))
        with translated(f"writing {path}"):
            self._client.send_request(request).raise_for_status()

    def list(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """All resources of a collection, over all pages."""
        yield from self._pages(f"{self._root}/{path}", _versioned(path, query))

    def get_at(self, path: str, kind: str) -> dict[str, Any] | None:
        """Something beside the workspace by its ARM path, e.g. its storage account; `kind` decides the api-version."""
        return self._get(self.workspace.arm_url + path, {"api-version": VERSIONS[kind]})

    def list_at(self, path: str, kind: str) -> Iterator[dict[str, Any]]:
        """Likewise a collection, over all pages, e.g. the usages of a region."""
        yield from self._pages(self.workspace.arm_url + path, {"api-version": VERSIONS[kind]})

    def facts(self) -> dict[str, Any]:
        """The workspace's own properties, asked once. Raises ServiceError when there is no such workspace."""
        if not self._facts:
            found = self.resource()
            self._facts = found["properties"]
            self._location = str(found.get("location") or "")
        return self._facts

    def location(self) -> str:
        """The region of the workspace."""
        self.facts()
        return self._location

    def resource(self) -> dict[str, Any]:
        """The workspace itself, asked each time. Raises ServiceError when there is no such workspace."""
        found = self._get(self._root, {"api-version": VERSIONS["workspaces"]})
        if not found:
            raise ServiceError(f"there is no workspace {self.workspace.name!r} here", status=_NOT_FOUND)
        return found

    def date(self) -> str:
        """What time the service has, as the `Date` of an answer says it (RFC 9110); empty when it does not."""
        reply = self._reply(self._root, {"api-version": VERSIONS["workspaces"]})
        return str(reply.headers.get("Date") or "") if reply else ""

    def secrets(self, datastore: str) -> dict[str, Any]:
        """What opens a datastore: an account key, or a signature that ends by itself where the service makes one."""
        path = f"datastores/{datastore}/listSecrets"
        return self._get(f"{self._root}/{path}", _versioned(path, {}), {"expirableSecret": True}) or {}

    def data_plane(self, service: str, path: str, *, post: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """Run history (`history/v1.0`) and MLflow (`mlflow/v2.0`) live on the host of the tracking URI."""
        host = urlsplit(str(self.facts()["mlFlowTrackingUri"])).netloc
        return self._get(f"https://{host}/{service}{self.workspace.path}/{path}", {}, post)

    def text(self, url: str, start: int) -> bytes:
        """The bytes of a signed URL from `start` on; empty when there is no more (yet)."""
        import requests

        headers = {"Range": f"bytes={start}-", "x-ms-version": "2021-12-02"}
        with translated("reading a log"):
            reply = requests.get(url, headers=headers, verify=self.workspace.ca_file or True, timeout=60)
            if reply.status_code in {_NOT_FOUND, 416}:
                return b""
            reply.raise_for_status()
        # A server may ignore the range and send everything.
        return reply.content if reply.status_code == 206 else reply.content[start:]

    def _pages(self, first: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        url: str | None = first
        while url:
            page = self._get(url, query) or {}
            yield from page.get("value", [])
            url, query = page.get("nextLink"), {}

    def _get(self, url: str, query: Mapping[str, str], post: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        reply = self._reply(url, query, post)
        with translated(_reading(url)):
            answer: dict[str, Any] | None = reply.json() if reply else None
        return answer

    def _reply(self, url: str, query: Mapping[str, str], post: Mapping[str, Any] | None = None) -> HttpResponse | None:
        request = HttpRequest("POST" if post is not None else "GET", url, params=dict(query), json=post)
        with translated(_reading(url)):
            reply = self._client.send_request(request)
            if reply.status_code == _NOT_FOUND:
                return None
            reply.raise_for_status()
        return reply


def _reading(url: str) -> str:
    return f"reading {urlsplit(url).path.rsplit('/workspaces/', 1)[-1]}"


def _versioned(path: str, query: Mapping[str, str]) -> dict[str, str]:
    return {"api-version": VERSIONS[path.split("/", maxsplit=1)[0]], **query}
