"""Tracking as the daemon sees it: MLflow is started beside everything else, and waited for only by who asks for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

import httpx
from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.tracking import proxy, runs
from runner.emulator.tracking.child import Child, TrackingError

ATTEMPTS = 3
Answer = TypeVar("Answer")

_logger = logging.getLogger(__name__)


class Tracking:
    """Real MLflow behind the workspace's tracking URI. Belongs to one event loop."""

    def __init__(self, state_dir: Path, artifact_root: Path) -> None:
        """The database is `state_dir`/mlflow.sqlite; a run's files are in `artifact_root`/dcid.<run id>/."""
        self._backend = f"sqlite:///{state_dir / 'mlflow.sqlite'}"
        self._log = state_dir / "mlflow.log"
        self._artifact_root = artifact_root
        self._child: Child | None = None
        self._starting: asyncio.Task[Child] | None = None
        self._creating: set[asyncio.Future[None]] = set()

    def start(self) -> None:
        """Begin to start MLflow and return at once. A second call does nothing."""
        if self._child is None:
            self._child = self._new_child()

    async def ready(self) -> None:
        """Wait until MLflow answers, starting it first if it is not there.

        Raises TrackingError with the end of its log when it does not come up.
        """
        await self._running()

    async def create_run(self, *, run_id: str, experiment: str, display_name: str, tags: Mapping[str, str]) -> None:
        """Create a job's run; its id is the job's name. Does nothing when the run is there already.

        From this coroutine's first step to its end the proxy holds all requests, so that the job meets its run.
        """
        done = asyncio.get_running_loop().create_future()
        self._creating.add(done)
        run = runs.NewRun(run_id, experiment, display_name, tags)
        try:
            await self._insist(lambda client: runs.create(client, run))
        finally:
            self._creating.discard(done)
            done.set_result(None)

    async def end_run(self, run_id: str, status: str) -> None:
        """Close a run as FINISHED, FAILED or KILLED. Does nothing when it has that status already."""
        await self._insist(lambda client: runs.end(client, run_id, status))

    async def metric_history(self, run_id: str, metric: str) -> list[float]:
        """All values of a run's metric in the order of its steps; none if it was never logged."""
        return await self._insist(lambda client: runs.metric_history(client, run_id, metric))

    async def log(self, run_id: str, metrics: Mapping[str, float], tags: Mapping[str, str]) -> None:
        """Add metrics and tags to a run."""
        await self._insist(lambda client: runs.log(client, run_id, metrics, tags))

    async def proxy(self, request: Request, path: str) -> Response:
        """Pass a request on to MLflow as `path`, after its start and after the creation of runs that is under way.

        `path` is the end of the request's own path, with or without its first slash.
        """
        try:
            child = await self._running()
            if self._creating:
                await asyncio.wait(set(self._creating))
        except TrackingError as error:
            return proxy.refusal(503, "TEMPORARILY_UNAVAILABLE", str(error))
        try:
            return await proxy.forward(child.client, request, path)
        except httpx.TransportError as error:
            child.ready = False
            return proxy.refusal(502, "TEMPORARILY_UNAVAILABLE", f"MLflow's server broke off ({error!r}); try again.")

    async def stop(self) -> None:
        """End the process. The next use starts another."""
        starting, self._starting = self._starting, None
        if starting:
            starting.cancel()
            await asyncio.wait([starting])
        child, self._child = self._child, None
        if child:
            await child.stop()

    async def _insist(self, operation: Callable[[httpx.AsyncClient], Awaitable[Answer]]) -> Answer:
        """Carry out an idempotent operation, again if MLflow's server dies under it."""
        broken = ""
        for _ in range(ATTEMPTS):
            child = await self._running()
            try:
                return await operation(child.client)
            except httpx.TransportError as error:
                child.ready = False
                broken = repr(error)
        raise TrackingError(f"MLflow's server broke off {ATTEMPTS} times, last with {broken}; see {self._log}")

    async def _running(self) -> Child:
        """The child once it answers; a dead one is replaced. All who wait share one start, and its error."""
        if self._child and self._child.ready and self._child.exit_code is None:
            return self._child
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._bring_up())
        starting = self._starting
        await asyncio.wait([starting])  # unlike awaiting it, leaves it alone when this waiter is cancelled
        if starting.cancelled():
            raise TrackingError("MLflow's server was stopped while it started.")
        return starting.result()

    async def _bring_up(self) -> Child:
        if self._child and self._child.served and not await self._recovers(self._child):
            _logger.warning("MLflow's server ended with exit code %s; starting it again", self._child.exit_code)
            dead, self._child = self._child, None
            await dead.stop()
        if self._child is None:
            self._child = self._new_child()
        await self._child.until_ready()
        return self._child

    async def _recovers(self, child: Child) -> bool:
        """Whether one that broke off answers again. Its death may show only a moment after its connections ended."""
        try:
            await child.until_ready()
        except TrackingError:
            return False
        return True

    def _new_child(self) -> Child:
        return Child(self._backend, self._artifact_root, self._log)
