"""A real daemon on a temporary state directory, the SDK on it, and a plain client for what the SDK does not send."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from runner.emulator import daemon
from runner.emulator.client import tracking_token
from runner.emulator.endpoint import Endpoint, client_variables
from runner.emulator.settings import WORKSPACE_PATH, StateDir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from azure.ai.ml import MLClient

TERMINAL = {"Completed", "Failed", "Canceled"}
CONDA = "name: plain\ndependencies:\n  - python\n"


def pytest_configure(config: pytest.Config) -> None:
    """The SDK's own warnings are not ours to mend, and importing it late raises them in the middle of a test."""
    config.addinivalue_line("filterwarnings", "ignore:The use of a 'BlobProperties':DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore:content_as_bytes is deprecated:DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore::marshmallow.warnings.Marshmallow4Warning")


@dataclass(frozen=True)
class Running:
    """A workspace that runs."""

    state: StateDir
    endpoint: Endpoint

    @property
    def variables(self) -> Mapping[str, str]:
        return client_variables(self.endpoint, tracking_token(self.endpoint))


def run_command(state_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m runner.emulator ...` as a person would run it. A daemon must not hold the pipes."""
    environment = {**os.environ, "AML_STATE_DIR": str(state_dir)}
    command = [sys.executable, "-m", "runner.emulator", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def started(state_dir: Path) -> Running:
    state = StateDir(state_dir)
    return Running(state, daemon.start(state, idle_seconds=600))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One workspace for all tests that do not need one of their own."""
    found = started(tmp_path_factory.mktemp("workspace") / "state")
    yield found
    daemon.stop(found.state)


class Api:
    """ARM below the workspace, with a token."""

    def __init__(self, running: Running) -> None:
        context = ssl.create_default_context(cafile=running.endpoint.ca_file)
        token = tracking_token(running.endpoint)
        self.anonymous = httpx.Client(base_url=running.endpoint.base_url, verify=context, timeout=60)
        self.http = httpx.Client(
            base_url=running.endpoint.base_url, verify=context, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def close(self) -> None:
        self.http.close()
        self.anonymous.close()

    def call(self, method: str, path: str, body: Any = None, /, service: str = "", **query: str) -> httpx.Response:
        return self.http.request(method, f"{service}{WORKSPACE_PATH}/{path}", json=body, params=query)

    def get(self, path: str, /, **query: str) -> Any:
        return self.call("GET", path, **query).raise_for_status().json()

    def put(self, path: str, /, **properties: Any) -> httpx.Response:
        return self.call("PUT", path, {"properties": properties})

    def error(self, response: httpx.Response) -> tuple[int, str, str]:
        found = response.json()["error"]
        return response.status_code, found["code"], found["message"]

    def plain_environment(self) -> str:
        """An environment with nothing but Python: builds in a moment."""
        path = "environments/plain/versions/1"
        self.put(path, image="mcr.microsoft.com/plain", condaFile=CONDA).raise_for_status()
        return f"{WORKSPACE_PATH}/{path}"

    def submit(self, name: str, command: str, **properties: Any) -> httpx.Response:
        job = {"jobType": "Command", "command": command, "environmentId": self.plain_environment(), **properties}
        return self.put(f"jobs/{name}", **job)

    def status(self, name: str) -> str:
        return str(self.get(f"jobs/{name}")["properties"]["status"])

    def wait(self, name: str, *statuses: str, seconds: float = 60) -> str:
        """Until the job is in one of these states (or any terminal one)."""
        wanted = set(statuses) or TERMINAL
        reached = [""]

        def arrived() -> bool:
            reached[0] = self.status(name)
            return reached[0] in wanted or reached[0] in TERMINAL

        until(arrived, seconds)
        return reached[0]

    def reason(self, name: str) -> tuple[str, str]:
        """(code, message) of a failed run."""
        details = self.call("GET", f"runs/{name}/details", service="/history/v1.0").raise_for_status().json()
        error = details["error"]["error"]
        return error["code"], error["message"]

    def log(self, name: str, path: str = "user_logs/std_log.txt") -> str:
        """A log as the SDK reads it: by a signed address and nothing else."""
        details = self.call("GET", f"runs/{name}/details", service="/history/v1.0").raise_for_status().json()
        return self.anonymous.get(details["logFiles"][path]).raise_for_status().text


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Poll until it holds; the test fails when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def api(running: Running) -> Iterator[Api]:
    client = Api(running)
    yield client
    client.close()


@pytest.fixture
def ml_client(running: Running, monkeypatch: pytest.MonkeyPatch) -> MLClient:
    """The SDK with nothing but the variables of `env`; whatever leaves the machine meets a dead proxy."""
    for name, value in running.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    from azure.ai.ml import MLClient
    from azure.identity import DefaultAzureCredential

    endpoint = running.endpoint
    return MLClient(
        DefaultAzureCredential(), endpoint.subscription_id, endpoint.resource_group, endpoint.workspace_name
    )
