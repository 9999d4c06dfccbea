"""The workspace that the facts are held against, and plain REST to it."""

import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from runner.azureml.rest import VERSIONS

AZURE = "https://management.azure.com"
COORDINATES = ("SUBSCRIPTION", "RESOURCE_GROUP", "WS_NAME")
WRITTEN = {"jobs": "2025-01-01-preview"}  # where the SDK writes with another version than it reads
_VERSIONS = {**VERSIONS, "codes": "2023-04-01"}
_NO_ANSWER = {401, 403, 429, 500, 502, 503, 504}  # about the identity or the moment


@dataclass(frozen=True)
class Place:
    """A workspace. `variables` are those with which the unmodified SDK finds it."""

    subscription: str
    group: str
    name: str
    variables: Mapping[str, str]
    paid: bool  # whether jobs may run
    compute: str = ""  # on which; empty: serverless

    @property
    def arm(self) -> str:
        """The URL of Azure Resource Manager."""
        metadata = self.variables.get("ARM_CLOUD_METADATA_URL")
        return f"https://{urlsplit(metadata).netloc}" if metadata else AZURE

    @property
    def path(self) -> str:
        """The workspace's ARM path."""
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        return f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"

    @contextmanager
    def entered(self) -> Iterator[None]:
        """The process as a script for this workspace finds it."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            yield


def given(environment: Mapping[str, str]) -> Place | None:
    """The workspace that the environment names; None when it names none. Half a name is an error."""
    named = [environment.get(name, "") for name in COORDINATES]
    if not any(named):
        return None
    if not all(named):
        raise ValueError(f"a workspace needs all of {', '.join(COORDINATES)}")
    own = {name: environment[name] for name in ("ARM_CLOUD_METADATA_URL", "REQUESTS_CA_BUNDLE") if name in environment}
    paid = bool(environment.get("PAID")) or "ARM_CLOUD_METADATA_URL" in own  # the embedded workspace costs nothing
    return Place(*named, variables=own, paid=paid, compute=environment.get("COMPUTE", ""))


class Arm:
    """Requests below the workspace. One that is denied, or meets a bad moment, skips its test: that is no fact."""

    def __init__(self, place: Place) -> None:
        from azure.identity import DefaultAzureCredential

        self.place = place
        self._credential = DefaultAzureCredential()
        ca_file = place.variables.get("REQUESTS_CA_BUNDLE")
        verify = ssl.create_default_context(cafile=ca_file) if ca_file else True
        self._client = httpx.Client(base_url=place.arm, verify=verify, timeout=120)

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def call(
        self, method: str, path: str, body: Any = None, /, headers: Mapping[str, str] | None = None, **query: str
    ) -> httpx.Response:
        """One request, e.g. `call("GET", "computes/cpu")`; of run history and MLflow with the whole URL."""
        kind = path.partition("/")[0]
        version = WRITTEN.get(kind, _VERSIONS.get(kind)) if method == "PUT" else _VERSIONS.get(kind or "workspaces")
        url = path if path.startswith("https://") else f"{self.place.path}/{path}".rstrip("/")
        params = query if path.startswith("https://") else {"api-version": version, **query}
        token = self._credential.get_token(f"{self.place.arm}/.default").token
        proof = {"Authorization": f"Bearer {token}", **(headers or {})}
        reply = self._client.request(method, url, json=body, params=params or None, headers=proof)
        if reply.status_code in _NO_ANSWER:
            pytest.skip(f"{method} {path}: {reply.status_code} {reply.text[:200]}")
        return reply

    def get(self, path: str, /, **query: str) -> Any:
        """What is there; an error is one."""
        return self.call("GET", path, **query).raise_for_status().json()

    def put(self, path: str, /, headers: Mapping[str, str] | None = None, **properties: Any) -> httpx.Response:
        """Creates or updates by `properties`; `tags` and `location` of a compute stand beside them."""
        beside = {
            name: properties.pop(name)
            for name in ("tags", "location")
            if path.startswith("computes/") and name in properties
        }
        return self.call("PUT", path, {**beside, "properties": properties}, headers=headers)

    def all(self, path: str, /, **query: str) -> Iterator[dict[str, Any]]:
        """Every member of a collection, over all pages."""
        page = self.get(path, **query)
        while True:
            yield from page["value"]
            if not page.get("nextLink"):
                return
            page = self.call("GET", page["nextLink"]).raise_for_status().json()

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The workspace itself."""
        found: dict[str, Any] = self.get("")
        return found

    def beside(self, service: str, path: str) -> str:
        """A URL of run history (`history/v1.0`) or MLflow (`mlflow/v2.0`), which live on the tracking URI's host."""
        host = urlsplit(self.facts["properties"]["mlFlowTrackingUri"]).netloc
        return f"https://{host}/{service}{self.place.path}/{path}"

    def until(self, condition: Callable[[], bool], seconds: float = 900) -> None:
        """Asks again until it holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not happen within {seconds:.0f} s"
            time.sleep(5 if self.place.arm == AZURE else 0.05)


def error(reply: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal; the code is empty when it is not where ARM has it."""
    try:
        return reply.status_code, str(reply.json()["error"]["code"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return reply.status_code, ""


def is_refused(reply: httpx.Response) -> bool:
    """Whether it was refused for what it asks, with an error in ARM's shape."""
    status, code = error(reply)
    return 400 <= status < 500 and bool(code)
