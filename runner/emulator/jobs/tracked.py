"""The MLflow run of a job: made when the job begins, ended when it ends.

Tracking that fails never fails a job: what it trained is worth more.
"""

import asyncio
import logging

from runner.emulator.jobs.states import State
from runner.emulator.store.jobs import Job
from runner.emulator.tracking.child import TrackingError
from runner.emulator.tracking.service import Tracking

RUN_STATUS = {State.COMPLETED: "FINISHED", State.FAILED: "FAILED", State.CANCELED: "KILLED"}
PARENT_TAG = "mlflow.parentRunId"
_logger = logging.getLogger(__name__)


class TrackedRun:
    """MLflow needs seconds to start: its run is made beside everything else, and its proxy waits for it."""

    def __init__(self, tracking: Tracking, job: Job) -> None:
        self._tracking = tracking
        self._job = job
        self._made = asyncio.create_task(self._create())

    async def end(self, status: State) -> None:
        """Close the run with the job's own end."""
        if not await self._made:
            return
        try:
            await self._tracking.end_run(self._job.name, RUN_STATUS[status])
        except TrackingError as error:
            _logger.warning("the MLflow run of job %s could not be ended: %s", self._job.name, error)

    async def _create(self) -> bool:
        """Whether there is a run."""
        parent = {PARENT_TAG: self._job.parent} if self._job.parent else {}
        try:
            await self._tracking.create_run(
                run_id=self._job.name,
                experiment=self._job.experiment,
                display_name=self._job.body["displayName"],
                tags={**self._job.body["tags"], **parent},
            )
        except TrackingError as error:
            _logger.warning("no MLflow run for job %s: %s", self._job.name, error)
            return False
        return True
