"""The queue: jobs wait for nodes of their compute, oldest first; each that is taken up is supervised by a task."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from runner.emulator.execution.request import Outcome
from runner.emulator.execution.run import kill_group
from runner.emulator.jobs.crew import Crew
from runner.emulator.jobs.ending import STOPPED
from runner.emulator.jobs.parent import Parent
from runner.emulator.jobs.pipelines import PipelineSupervisor
from runner.emulator.jobs.pools import Pools, pool_of
from runner.emulator.jobs.states import CANCELABLE, WAITING, State
from runner.emulator.jobs.supervise import Supervisor
from runner.emulator.jobs.trials import SweepSupervisor
from runner.emulator.store.jobs import Job
from runner.emulator.tracking.child import TrackingError

CLOSE_SECONDS = 20.0
PARENTS: dict[str, type[Parent]] = {"Sweep": SweepSupervisor, "Pipeline": PipelineSupervisor}
_logger = logging.getLogger(__name__)


class Dispatcher:
    """Decides which queued job runs where. Lives on the event loop; nothing here waits on a clock but idle nodes."""

    def __init__(self, pools: Pools, crew: Crew) -> None:
        self._pools = pools
        self._crew = crew
        self._supervisors: dict[str, Supervisor | Parent] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    @property
    def busy(self) -> bool:
        return bool(self._crew.jobs.active())

    def wake(self) -> None:
        """Look again at who can run: after every submission, every end, and every change to a compute."""
        self._pools.fit()
        if not self._closing:
            full: set[str] = set()  # where an older job waits already
            for job in self._crew.jobs.queued():
                if job.kind in PARENTS:
                    self._start(job, PARENTS[job.kind](self._crew, job.name, self))
                elif pool_of(job) not in full and self._pools.acquire(job):
                    self._start(job, Supervisor(self._crew, job.name))
                else:
                    full.add(pool_of(job))
        self._set_timer()

    def cancel(self, job: Job, why: str = "canceled before it began") -> None:
        """Ask for a job's end; one that has ended already stays as it is."""
        job = self._crew.jobs.require(job.name)  # the end of one may have been the end of this one too
        if job.status not in CANCELABLE:
            return
        if job.status in WAITING:
            self._end_waiting(job, Outcome("Canceled", "Canceled", why))
            return
        self._crew.jobs.move(job.name, State.CANCEL_REQUESTED)
        self._supervisors[job.name].stop()

    def evict(self, compute: str, why: str) -> None:
        """The compute goes away: what runs on it fails."""
        for job in self._crew.jobs.active():
            if job.kind not in PARENTS and pool_of(job) == compute.lower() and job.name in self._supervisors:
                self._supervisors[job.name].stop(Outcome("Failed", "ComputeUnavailable", why))

    def forget(self, compute: str, why: str) -> None:
        """The compute is gone for good: what waited for it fails too, and sweeps that would go on asking for it."""
        self.evict(compute, why)
        gone = Outcome("Failed", "ComputeUnavailable", why)
        for known in self._crew.jobs.active():
            job = self._crew.jobs.require(known.name)
            if pool_of(job) != compute.lower():
                continue
            if job.status in WAITING:
                self._end_waiting(job, gone)
            elif job.kind == "Sweep" and job.name in self._supervisors:
                self._supervisors[job.name].stop(gone)
        self._pools.forget(compute)

    def counts(self, compute: str) -> tuple[int, int]:
        """(idle, running) nodes of a compute."""
        return self._pools.counts(compute)

    def recover(self) -> None:
        """After a daemon that ended without a word: its processes are ended, its jobs fail, queued ones stay queued.

        What a failed sweep or pipeline had not begun is canceled: nobody would ever begin it.
        """
        for job in self._crew.jobs.active():
            if job.status in WAITING:
                continue
            if job.process_group and job.process_started:
                kill_group(job.process_group, job.process_started)
            self._crew.jobs.move(job.name, State.FAILED, error=(STOPPED.error_code, STOPPED.error))
            self._tasks[job.name] = self._spawn(job.name, self._end_orphaned_run(job.name))
        self._cancel_orphans()

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

    def _start(self, job: Job, supervisor: Supervisor | Parent) -> None:
        self._crew.jobs.move(job.name, State.PREPARING)  # now, not in the task: it must not be found queued again
        self._supervisors[job.name] = supervisor
        self._tasks[job.name] = self._spawn(job.name, supervisor.run())

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._on_end)
        return task

    def _on_end(self, task: asyncio.Task[None]) -> None:
        name = task.get_name()
        self._tasks.pop(name, None)
        self._supervisors.pop(name, None)
        self._pools.release(name)
        error = None if task.cancelled() else task.exception()
        if error is not None:  # a bug of ours: say so in the log and in the job, and let the others run
            _logger.error("job %s broke its supervisor", name, exc_info=error)
            self._crew.jobs.move(name, State.FAILED, error=("SystemError", f"the workspace failed: {error!r}"))
            for child in self._crew.jobs.children(name):
                self.cancel(child)
        job = self._crew.jobs.get(name)
        if job is not None:  # it may have been deleted while the end of its MLflow run was waited for
            self._tell_parent(job)
        self.wake()

    def _end_waiting(self, job: Job, outcome: Outcome) -> None:
        """The end of a job that nobody has begun, and of the steps below it."""
        self._crew.jobs.move(job.name, State(outcome.status), error=(outcome.error_code, outcome.error))
        for child in self._crew.jobs.children(job.name):
            self.cancel(child, outcome.error)
        self._tell_parent(job)

    def _tell_parent(self, job: Job) -> None:
        parent = self._supervisors.get(job.parent or "")
        if isinstance(parent, Parent):
            parent.child_ended()

    def _cancel_orphans(self) -> None:
        for job in self._crew.jobs.active():
            parent = self._crew.jobs.get(job.parent) if job.parent else None
            if parent is not None and parent.status is State.FAILED:
                self.cancel(job, "canceled because the embedded workspace stopped while its parent ran")

    async def _end_orphaned_run(self, name: str) -> None:
        try:
            await self._crew.tracking.end_run(name, "FAILED")
        except TrackingError as error:
            _logger.warning("the MLflow run of the orphaned job %s was not ended: %s", name, error)

    def _set_timer(self) -> None:
        """One timer, for the next node that goes down."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        delay = self._pools.next_change()
        if delay is not None and not self._closing:
            self._timer = asyncio.get_running_loop().call_later(delay + 0.001, self.wake)
