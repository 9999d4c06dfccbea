"""The tracking service behind a real TLS server on loopback, as the daemon mounts it, and real MLflow clients."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from runner.emulator.tracking.service import Tracking

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from mlflow.tracking import MlflowClient

WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local"
    "/providers/Microsoft.MachineLearningServices/workspaces/embedded"
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass
class Mounted:
    """A Tracking on a server of its own. `call` runs its coroutines on the server's loop."""

    tracking: Tracking
    state: Path
    artifacts: Path
    ca: Path
    uri: str
    loop: asyncio.AbstractEventLoop

    def call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def create(self, run_id: str, experiment: str = "iris", **tags: str) -> None:
        self.call(self.tracking.create_run(run_id=run_id, experiment=experiment, display_name=run_id[:20], tags=tags))

    def folder(self, run_id: str) -> Path:
        return self.artifacts / f"dcid.{run_id}"

    def child_pid(self) -> int:
        assert self.tracking._child, "it has not been started"
        return self.tracking._child.pid

    def http(self) -> httpx.Client:
        return httpx.Client(verify=ssl.create_default_context(cafile=self.ca), timeout=60)

    def job_environment(self, run_id: str | None = None) -> dict[str, str]:
        """What a job's process gets of us; the warnings of other people's libraries are theirs."""
        environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "PYTHONDONTWRITEBYTECODE") if name in os.environ
        }
        environment |= {
            "MLFLOW_TRACKING_URI": self.uri,
            "MLFLOW_TRACKING_TOKEN": "secret",
            "REQUESTS_CA_BUNDLE": str(self.ca),
            "MLFLOW_EXPERIMENT_NAME": "iris",
        }
        return environment | ({"MLFLOW_RUN_ID": run_id} if run_id else {})


def serve(folder: Path) -> Iterator[Mounted]:
    """Mount a Tracking under the workspace's prefix, with TLS; leave it to itself whether it is started."""
    state, artifacts = folder / "state", folder / "blobs" / "azureml" / "ExperimentRun"
    state.mkdir()
    artifacts.mkdir(parents=True)
    tracking = Tracking(state, artifacts)
    route = Route(f"/mlflow/v2.0{WORKSPACE}/{{path:path}}", _endpoint(tracking), methods=METHODS)
    server = _tls_server(Starlette(routes=[route]), folder)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),))
    thread.start()
    try:
        yield Mounted(tracking, state, artifacts, folder / "ca.pem", _address(server), loop)
    finally:
        asyncio.run_coroutine_threadsafe(tracking.stop(), loop).result(30)
        loop.call_soon_threadsafe(_hang_up, server)
        thread.join(30)
        loop.close()


def _hang_up(server: uvicorn.Server) -> None:
    """End the server. MLflow's clients keep TLS connections open, and waiting for their goodbye takes 30 s."""
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    server.should_exit = True


def _endpoint(tracking: Tracking) -> Any:
    async def endpoint(request: Any) -> Any:
        return await tracking.proxy(request, request.path_params["path"])

    return endpoint


def _tls_server(app: Starlette, folder: Path) -> uvicorn.Server:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    pair = str(folder / "server.pem")
    return uvicorn.Server(uvicorn.Config(app, port=0, ssl_certfile=pair, ssl_keyfile=pair, log_level="warning"))


def _address(server: uvicorn.Server) -> str:
    while not server.started:
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"https://127.0.0.1:{port}/mlflow/v2.0{WORKSPACE}"


@pytest.fixture(scope="package")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mounted]:
    """One for all tests that do not hurt it."""
    yield from serve(tmp_path_factory.mktemp("tracking"))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Mounted]:
    """One for this test alone."""
    yield from serve(tmp_path)


@pytest.fixture
def client(mounted: Mounted, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    from mlflow.tracking import MlflowClient  # takes a second: not at collection

    for name, value in mounted.job_environment().items():
        monkeypatch.setenv(name, value)
    return MlflowClient(tracking_uri=mounted.uri, registry_uri=mounted.uri)
