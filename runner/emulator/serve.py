"""The daemon's process: take the lock, open the workspace, serve it, close it."""

import asyncio
import contextlib
import fcntl
import logging
import os
import socket
import time
from collections.abc import AsyncIterator, Callable

import uvicorn

from runner import __version__
from runner.emulator.app import Application
from runner.emulator.endpoint import Endpoint
from runner.emulator.errors import CommandError
from runner.emulator.opening import open_workspace
from runner.emulator.requestlog import RequestLog
from runner.emulator.secrets import write_private
from runner.emulator.settings import StateDir
from runner.emulator.tls import ensure_certificates
from runner.emulator.workspace import Workspace

HOST = "127.0.0.1"  # never anything else
LOCK_SECONDS = 2.0
WATCH_SECONDS = 5.0
_logger = logging.getLogger(__name__)


def serve(state: StateDir, idle_seconds: float) -> None:
    """Serve until told to stop, or until nobody has asked for anything for `idle_seconds`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every call to MLflow otherwise
    state.create()
    lock = _take_lock(state)
    try:
        asyncio.run(_serve(state, lock, idle_seconds))
    finally:
        _withdraw(state)
        os.close(lock)


def _withdraw(state: StateDir) -> None:
    """Take back our own endpoint: another's may be there, if the directory was deleted and made again meanwhile."""
    found = Endpoint.read(state.endpoint)
    if found is not None and found.pid == os.getpid():
        state.endpoint.unlink(missing_ok=True)


async def _serve(state: StateDir, lock: int, idle_seconds: float) -> None:
    certificates = ensure_certificates(state.tls)
    listening = _bind(state)
    workspace = open_workspace(state, listening.getsockname()[1], certificates, __version__)
    log = RequestLog(state.requests)
    application = Application(workspace, log, lambda _: _lifespan(workspace))
    config = uvicorn.Config(
        application,
        ssl_keyfile=certificates.key,
        ssl_certfile=certificates.chain,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config, state, workspace)
    watching = asyncio.create_task(_watch(server, application, lambda: _is_ours(state, lock), idle_seconds))
    try:
        await server.serve(sockets=[listening])
    finally:
        watching.cancel()
        log.close()
        workspace.database.close()


class _Server(uvicorn.Server):
    """Tells the world where it is once it answers, and ends the jobs before it stops answering them."""

    def __init__(self, config: uvicorn.Config, state: StateDir, workspace: Workspace) -> None:
        super().__init__(config)
        self._state = state
        self._workspace = workspace

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._workspace.endpoint.write(self._state.endpoint)
        _logger.info("serving at %s", self._workspace.base_url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        _withdraw(self._state)
        await self._workspace.dispatcher.close()
        await super().shutdown(sockets)


@contextlib.asynccontextmanager
async def _lifespan(workspace: Workspace) -> AsyncIterator[None]:
    for operation in workspace.operations.unfinished():
        workspace.operations.finish(operation, "Canceled")
    workspace.settle_computes()
    workspace.dispatcher.recover()
    workspace.dispatcher.wake()
    yield
    await workspace.tracking.stop()


async def _watch(server: uvicorn.Server, application: Application, is_ours: Callable[[], bool], idle: float) -> None:
    """Stop when nobody has asked for anything for long, or when the state was deleted under us."""
    while True:
        await asyncio.sleep(min(WATCH_SECONDS, idle / 4))
        if application.idle_seconds() > idle or not is_ours():
            _logger.info("idle for %.0f s, or the state is gone: stopping", idle)
            server.should_exit = True
            return


def _is_ours(state: StateDir, lock: int) -> bool:
    """Whether the lock file is still the one we hold: else another daemon may serve a new state in its place."""
    try:
        return os.path.samestat(os.fstat(lock), state.lock.stat())
    except FileNotFoundError:
        return False


def _take_lock(state: StateDir) -> int:
    """Hold daemon.lock for as long as this process lives, with our pid in it."""
    descriptor = os.open(state.lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:  # patiently: `status` holds the lock for an instant to see whether it is free
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise CommandError(f"An embedded workspace already runs on {state.root}.") from None
            time.sleep(0.02)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _bind(state: StateDir) -> socket.socket:
    """The port of last time if it is free, so that addresses which clients keep stay good; else any."""
    known = state.port.read_text() if state.port.exists() else ""
    # With the protocol named: asyncio sets TCP_NODELAY only then, and without it every answer takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, int(known) if known.isdecimal() else 0))
    except OSError:
        listening.bind((HOST, 0))
    write_private(state.port, str(listening.getsockname()[1]))
    return listening
