"""Inputs become files of the job's own."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from runner.emulator.execution.inputs import materialise
from runner.emulator.execution.problems import InputNotFoundError, JobCanceledError
from runner.emulator.execution.request import Input


def lay_out(item: Input, folder: Path, *, canceled: bool = False) -> str:
    async def run() -> str:
        stop = asyncio.Event()
        if canceled:
            stop.set()
        return await materialise(item, folder, stop, lambda _detail: None)

    return asyncio.run(run())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """What the workspace holds."""
    (tmp_path / "store" / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "store" / "iris.csv").write_text("1,2\n")
    (tmp_path / "store" / "folder" / "deep" / "x").write_text("x")
    return tmp_path / "store"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, says nothing."""

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def https(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An https server with a private CA that only this test trusts."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("NO_PROXY", "localhost")
    with ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(store))) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"https://localhost:{server.server_address[1]}"
        server.shutdown()
        serving.join()


def test_values_and_uris_are_handed_over_as_they_are(tmp_path: Path) -> None:
    assert lay_out(Input("rate", "literal", "0.9"), tmp_path) == "0.9"
    direct = Input("d", "uri_file", tmp_path / "x", mode="direct", uri="azureml://datastores/d/paths/x")
    assert lay_out(direct, tmp_path) == "azureml://datastores/d/paths/x"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("mode", "writable"), [("ro_mount", False), ("eval_mount", False), ("download", True)])
def test_a_file_is_a_copy(store: Path, tmp_path: Path, mode: str, *, writable: bool) -> None:
    path = Path(lay_out(Input("csv", "uri_file", store / "iris.csv", mode), tmp_path / "in"))
    assert path == tmp_path / "in" / "csv" / "iris.csv"
    assert bool(path.stat().st_mode & 0o200) == writable
    path.chmod(0o600)
    path.write_text("changed")
    assert (store / "iris.csv").read_text() == "1,2\n"


@pytest.mark.parametrize("kind", ["uri_folder", "mltable", "mlflow_model"])
def test_a_folder_is_a_copy(store: Path, tmp_path: Path, kind: str) -> None:
    path = Path(lay_out(Input("data", kind, store / "folder"), tmp_path / "in"))
    assert (path / "deep" / "x").read_text() == "x"


def test_a_file_over_https(https: str, tmp_path: Path) -> None:
    path = lay_out(Input("csv", "uri_file", f"{https}/iris.csv?sig=secret"), tmp_path / "in")
    assert path == str(tmp_path / "in" / "csv" / "iris.csv")
    assert Path(path).read_text() == "1,2\n"


@pytest.mark.parametrize(
    ("kind", "source", "message"),
    [
        ("uri_file", "{store}/absent.csv", "azureml:absent:1 does not exist"),
        ("uri_file", "{store}/folder", "is a uri_file, but azureml:absent:1 is a folder"),
        ("uri_folder", "{store}/iris.csv", "is a uri_folder, but azureml:absent:1 is a file"),
        ("uri_file", "{https}/absent.csv?sig=secret", "answered HTTP 404"),
        ("uri_folder", "{https}/folder", "only one file"),
        ("uri_file", "http://localhost/x", "http:// cannot be read here"),
        ("uri_file", "https://localhost:1/x", "could not be downloaded"),
    ],
)
def test_a_missing_input_is_named(
    store: Path, https: str, tmp_path: Path, kind: str, source: str, message: str
) -> None:
    item = Input("csv", kind, source.format(store=store, https=https), uri="azureml:absent:1")
    with pytest.raises(InputNotFoundError) as caught:
        lay_out(item, tmp_path / "in")
    assert message in str(caught.value)
    assert "'csv'" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("source", ["{store}/folder", "{https}/iris.csv"])
def test_cancel(store: Path, https: str, tmp_path: Path, source: str) -> None:
    item = Input("csv", "custom_model", source.format(store=store, https=https))
    with pytest.raises(JobCanceledError):
        lay_out(item, tmp_path / "in", canceled=True)
