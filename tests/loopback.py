"""A workspace's endpoints on loopback: real TLS and HTTP, with the answers that a test writes down."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

from runner.azureml.workspace import Identity, Workspace


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None


@dataclass
class Answer:
    """One reply; a body that is no bytes is sent as JSON."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Route = Answer | Callable[[Asked], Answer]


class Service:
    """Answers by path; 404 for what nobody wrote down.

    A path without a leading `/` is below the workspace: `computes/cpu`, `history/v1.0/runs/NAME/details`.
    """

    def __init__(self, ca_file: Path) -> None:
        self.asked: list[Asked] = []
        self.routes: dict[str, Route] = {}
        self.url = ""
        self.ca_file = ca_file
        self.on("/token", lambda _: Answer({"access_token": "t0ken", "expires_on": "32503680000"}))

    @property
    def workspace(self) -> Workspace:
        """How to reach it."""
        identity = Identity(f"{self.url}/token", "proof")
        return Workspace("s", "r", "w", arm_url=self.url, ca_file=str(self.ca_file), identity=identity)

    def on(self, path: str, answer: Route) -> None:
        """What is answered at a path."""
        self.routes[path] = answer

    def ready(self) -> "Service":
        """There is a workspace, and its tracking URI leads here."""
        uri = f"azureml://{urlsplit(self.url).netloc}/mlflow/v2.0"
        self.on("", Answer({"properties": {"mlFlowTrackingUri": uri}}))
        return self

    def paths(self) -> list[str]:
        """What was asked for so far, tokens aside."""
        return [self._below(each.path) for each in self.asked if each.path != "/token"]

    def answer(self, asked: Asked) -> Answer:
        """The reply to one request."""
        self.asked.append(asked)
        route = self.routes.get(self._below(asked.path))
        if route is None:
            return Answer({"error": {"code": "NotFound", "message": f"no {asked.path}"}}, 404)
        return route(asked) if callable(route) else route

    def _below(self, path: str) -> str:
        plane, workspace, below = path.partition(self.workspace.path)
        return f"{plane}{below}".strip("/") if workspace else path


def _read(text: bytes, headers: dict[str, str]) -> Any:
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {name: values[0] for name, values in parse_qs(text.decode()).items()}
    return json.loads(text) if text else None


@contextmanager
def serving(service: Service, certificate: trustme.LeafCert) -> Iterator[Service]:
    """Serves on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, url.path, query, headers, _read(text, headers))
            reply = service.answer(asked)
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response_only(reply.status)
            usual = {"Content-Length": str(len(body)), "Date": self.date_time_string()}
            for name, value in {**usual, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    service.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()
