"""The queue: jobs wait for a node of their compute, oldest first, and each that gets one is supervised by a task."""

import asyncio
import logging
import math
import os
from collections.abc import Coroutine
from typing import Any

from runner.emulator.execution.request import Outcome
from runner.emulator.execution.run import kill_group
from runner.emulator.jobs.nodes import NodePool
from runner.emulator.jobs.order import seconds
from runner.emulator.jobs.states import CANCELABLE, State
from runner.emulator.jobs.supervise import Crew, Supervisor
from runner.emulator.store.computes import Compute, Computes
from runner.emulator.store.jobs import Job
from runner.emulator.tracking.child import TrackingError

SERVERLESS_NODES = max(2, os.cpu_count() or 2)
CLOSE_SECONDS = 20.0
IDLE_SECONDS = 120.0  # the service's default
STOPPED = Outcome("Failed", "WorkspaceStopped", "the embedded workspace stopped while it ran; submit it again")
_logger = logging.getLogger(__name__)


class Dispatcher:
    """Decides which queued job runs where. Lives on the event loop; nothing here waits on a clock but idle nodes."""

    def __init__(self, computes: Computes, crew: Crew) -> None:
        self._computes = computes
        self._crew = crew
        self._pools: dict[str, NodePool] = {}
        self._supervisors: dict[str, Supervisor] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    @property
    def busy(self) -> bool:
        return bool(self._crew.jobs.active())

    def wake(self) -> None:
        """Look again at who can run: after every submission, every end, and every change to a compute."""
        for compute in self._computes.all():
            self._fit(compute)
        if not self._closing:
            for job in self._crew.jobs.queued():
                self._try_to_start(job)
        self._set_timer()

    def cancel(self, job: Job) -> None:
        """Ask for a job's end; one that has ended already stays as it is."""
        if job.status not in CANCELABLE:
            return
        if job.status is State.QUEUED:
            self._crew.jobs.move(job.name, State.CANCELED, error=("Canceled", "canceled while it was queued"))
            return
        self._crew.jobs.move(job.name, State.CANCEL_REQUESTED)
        self._supervisors[job.name].stop()

    def evict(self, compute: str, why: str) -> None:
        """The compute goes away: what runs on it fails."""
        for job in self._crew.jobs.active():
            if pool_of(job) == compute.lower() and job.name in self._supervisors:
                self._supervisors[job.name].stop(Outcome("Failed", "ComputeUnavailable", why))

    def forget(self, compute: str, why: str) -> None:
        """The compute is gone for good: what waited for it fails too."""
        self.evict(compute, why)
        for job in self._crew.jobs.queued():
            if pool_of(job) == compute.lower():
                self._crew.jobs.move(job.name, State.FAILED, error=("ComputeUnavailable", why))
        self._pools.pop(compute.lower(), None)

    def counts(self, compute: str) -> tuple[int, int]:
        """(idle, running) nodes of a compute."""
        pool = self._pools.get(compute.lower())
        return pool.counts() if pool else (0, 0)

    def recover(self) -> None:
        """After a daemon that ended without a word: its processes are ended, its jobs fail, queued ones stay queued."""
        for job in self._crew.jobs.active():
            if job.status is State.QUEUED:
                continue
            if job.process_group and job.process_started:
                kill_group(job.process_group, job.process_started)
            self._crew.jobs.move(job.name, State.FAILED, error=(STOPPED.error_code, STOPPED.error))
            self._tasks[job.name] = self._spawn(job.name, self._end_orphaned_run(job.name))

    async def close(self) -> None:
        """Fail what runs, with a reason, and wait until its processes are gone. Queued jobs stay queued."""
        self._closing = True
        if self._timer:
            self._timer.cancel()
        for supervisor in self._supervisors.values():
            supervisor.stop(STOPPED)
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks.values()), timeout=CLOSE_SECONDS)
        for task in late:  # MLflow may hang; whatever is left undone here, the next start's `recover` does
            task.cancel()

    def _try_to_start(self, job: Job) -> None:
        pool = self._pools.get(pool_of(job)) if job.body["computeId"] else self._serverless()
        if pool is None or not pool.acquire(job.name):
            return
        self._crew.jobs.move(job.name, State.PREPARING)  # now, not in the task: it must not be found queued again
        supervisor = self._supervisors[job.name] = Supervisor(self._crew, job.name)
        self._tasks[job.name] = self._spawn(job.name, supervisor.run())

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._on_end)
        return task

    def _on_end(self, task: asyncio.Task[None]) -> None:
        name = task.get_name()
        self._tasks.pop(name, None)
        self._supervisors.pop(name, None)
        for pool in self._pools.values():
            pool.release(name, self._now())
        error = None if task.cancelled() else task.exception()
        if error is not None:  # a bug of ours: say so in the log and in the job, and let the others run
            _logger.error("job %s broke its supervisor", name, exc_info=error)
            self._crew.jobs.move(name, State.FAILED, error=("SystemError", f"the workspace failed: {error!r}"))
        self.wake()

    async def _end_orphaned_run(self, name: str) -> None:
        try:
            await self._crew.tracking.end_run(name, "FAILED")
        except TrackingError as error:
            _logger.warning("the MLflow run of the orphaned job %s was not ended: %s", name, error)

    def _fit(self, compute: Compute) -> None:
        minimum, maximum, idle = bounds(compute)
        pool = self._pools.setdefault(compute.name.lower(), NodePool(minimum, maximum, idle))
        pool.resize(minimum, maximum, idle, self._now())

    def _serverless(self) -> NodePool:
        pool = self._pools.setdefault("", NodePool(0, SERVERLESS_NODES, 0.0))
        pool.settle(self._now())
        return pool

    def _set_timer(self) -> None:
        """One timer, for the next node that goes down."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        moments = [moment for pool in self._pools.values() if (moment := pool.next_change()) is not None]
        if moments and not self._closing:
            delay = max(0.0, min(moments) - self._now())
            self._timer = asyncio.get_running_loop().call_later(delay + 0.001, self.wake)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def pool_of(job: Job) -> str:
    """The key of the compute a job runs on; empty for serverless."""
    return str(job.body["computeId"] or "").rpartition("/")[2].lower()


def bounds(compute: Compute) -> tuple[int, int, float]:
    """(minimum, maximum, idle seconds) of a compute as it stands now."""
    if compute.kind == "ComputeInstance":
        return (1, 1, math.inf) if compute.state == "Running" else (0, 0, 0.0)
    scale = compute.settings.get("scaleSettings") or {}
    idle = seconds(scale.get("nodeIdleTimeBeforeScaleDown"))
    minimum, maximum = int(scale.get("minNodeCount") or 0), int(scale.get("maxNodeCount") or 1)
    return minimum, maximum, IDLE_SECONDS if idle is None else idle
