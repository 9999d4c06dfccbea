"""The application: every request is logged, guarded, and sent to the service that its path means."""

import re
import time
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runner.emulator import http, routes
from runner.emulator.arm import discovery
from runner.emulator.blob import routes as blob
from runner.emulator.blob.address import PREFIX as BLOB_PREFIX
from runner.emulator.blob.address import BlobAddress
from runner.emulator.errors import ServiceError, not_embedded, not_found
from runner.emulator.requestlog import RequestLog
from runner.emulator.settings import PROVIDER, RESOURCE_GROUP, SUBSCRIPTION_ID, WORKSPACE_NAME
from runner.emulator.status import status
from runner.emulator.workspace import Workspace

WORKSPACE_PATH = re.compile(
    r"(?P<service>.*?)/subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    rf"/providers/{re.escape(PROVIDER)}/workspaces/(?P<workspace>[^/]+)(?P<rest>/.*)?",
    re.IGNORECASE,
)
SUBSCRIPTION_PATH = re.compile(r"/subscriptions/(?P<subscription>[^/]+)(?P<rest>/.*)?", re.IGNORECASE)
SECRET_PATHS = ("/metadata/", "/discovery/", "/login/")


class Application:
    """ASGI. One exception handler for all services: a ServiceError becomes an answer in the service's own shape."""

    def __init__(self, workspace: Workspace, log: RequestLog, lifespan: Callable[[Any], Any]) -> None:
        self._workspace = workspace
        self._log = log
        self._last_authenticated = time.monotonic()
        self._services = {
            "": self._router(routes.WORKSPACE),
            "/history/v1.0": self._router(routes.HISTORY),
            "/data/v1.0": self._router(routes.DATA),
        }
        self._subscription = self._router(routes.SUBSCRIPTION)
        self._open = self._router(
            [
                Route("/metadata/{key}/endpoints", discovery.metadata),
                Route("/discovery/{key}", discovery.discovery),
                Route("/msi/token", discovery.identity_token),
                Route("/login/{code}", self._login),
                Route("/status", status),
            ],
            lifespan,
        )

    def idle_seconds(self) -> float:
        """Since the last request that proved who asks; a workspace with active jobs is never idle."""
        if self._workspace.dispatcher.busy:
            self._last_authenticated = time.monotonic()
        return time.monotonic() - self._last_authenticated

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._open(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, begun = Request(scope, receive), time.monotonic()

        async def logged(message: Message) -> None:
            # Before the answer leaves: who has got it finds its request in the log.
            if message["type"] == "http.response.start":
                self._write_log(request, message["status"], time.monotonic() - begun)
            await send(message)

        is_blob = scope["path"].startswith(f"{BLOB_PREFIX}/")
        try:
            answer: ASGIApp = await self._route(request, is_blob)
            await answer(scope, receive, logged)
        except ServiceError as error:
            await (blob.failure if is_blob else http.failure)(error)(scope, receive, logged)
        except ClientDisconnect:
            self._write_log(request, 0, time.monotonic() - begun)

    async def _route(self, request: Request, is_blob: bool) -> ASGIApp:
        """What answers the request, once it was let in."""
        guard, path = self._workspace.guard, request.scope["path"]
        guard.check_source(request)
        if is_blob:
            address = BlobAddress.parse(path)
            guard.check_blob(request, address)
            self._last_authenticated = time.monotonic()
            return await blob.serve(request, self._workspace.blobs, address)
        if path.startswith(("/metadata/", "/discovery/", "/login/", "/msi/")):
            return self._open  # each of these checks its own proof
        if path.startswith("/mlflow/"):
            guard.check_tracking(request)
        else:
            guard.check_bearer(request)
        self._last_authenticated = time.monotonic()
        return await self._behind_token(request, path)

    async def _behind_token(self, request: Request, path: str) -> ASGIApp:
        if path == "/status":
            return self._open
        if matched := WORKSPACE_PATH.fullmatch(path):
            _check_scope(matched)
            service, rest = matched["service"], matched["rest"] or "/"
            if service in ("/mlflow/v1.0", "/mlflow/v2.0"):
                return await self._workspace.tracking.proxy(request, rest.removeprefix("/"))
            if service in self._services:
                return _below(self._services[service], rest)
        elif matched := SUBSCRIPTION_PATH.fullmatch(path):
            if matched["subscription"].lower() != SUBSCRIPTION_ID:
                raise not_found(f"subscription {matched['subscription']}")
            # No names of ours hide in here but those that are matched without regard to case anyway.
            return _below(self._subscription, (matched["rest"] or "/").lower())
        raise not_embedded(f"service at {request.method} {path}")

    def _router(self, table: list[Route], lifespan: Callable[[Any], Any] | None = None) -> Starlette:
        app = Starlette(
            routes=table,
            lifespan=lifespan,
            exception_handlers={ServiceError: _refuse, 404: _unknown, 405: _unknown, 500: _broken},
        )
        app.router.redirect_slashes = False
        app.state.workspace = self._workspace
        return app

    async def _login(self, request: Request) -> Response:
        return self._workspace.guard.browser.enter(request.path_params["code"])

    def _write_log(self, request: Request, status_code: int, seconds: float) -> None:
        path: str = request.scope["path"]
        if path.startswith(SECRET_PATHS):
            path = f"/{path.split('/')[1]}/***"
        identifier = request.headers.get("x-ms-client-request-id", "")
        self._log.write(request.method, path, status_code, identifier, seconds)


def _below(router: ASGIApp, rest: str) -> ASGIApp:
    """The router, shown only the path below the workspace's."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path = rest.rstrip("/") or "/"
        await router({**scope, "path": path, "original_path": scope["path"]}, receive, send)

    return answer


def _check_scope(matched: re.Match[str]) -> None:
    expected = (("subscription", SUBSCRIPTION_ID), ("group", RESOURCE_GROUP), ("workspace", WORKSPACE_NAME))
    for part, ours in expected:
        if matched[part].lower() != ours:
            raise not_found(f"{part} {matched[part]}")


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101 it is registered for nothing else
    return http.failure(error)


async def _broken(request: Request, error: Exception) -> Response:
    """A bug of ours. The traceback goes to the daemon's log: Starlette raises the error again after this answer."""
    place = f"{request.method} {request.scope['path']}"
    return http.failure(ServiceError(500, "InternalServerError", f"{place} failed: {error!r}; see the daemon's log."))


async def _unknown(request: Request, _: Exception) -> Response:
    return http.failure(not_embedded(f"operation {request.method} {request.scope['path']}"))
