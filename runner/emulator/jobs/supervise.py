"""One job from its node to its end: the record follows the execution, and the MLflow run follows the record."""

import asyncio
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from runner.emulator.errors import ServiceError
from runner.emulator.execution.request import ExecutionRequest, Outcome
from runner.emulator.execution.run import Execution
from runner.emulator.jobs.order import Orders
from runner.emulator.jobs.states import TRANSITIONS, State
from runner.emulator.jobs.submission import NOTE_PREFIX
from runner.emulator.store.assets import Assets
from runner.emulator.store.jobs import Job, Jobs
from runner.emulator.tracking.child import TrackingError
from runner.emulator.tracking.service import Tracking

RUN_STATUS = {State.COMPLETED: "FINISHED", State.FAILED: "FAILED", State.CANCELED: "KILLED"}
PHASES = {"preparing": State.PREPARING, "running": State.RUNNING, "finalizing": State.FINALIZING}
MAX_PROPERTY = 1000
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crew:
    """What every supervisor works with."""

    jobs: Jobs
    assets: Assets
    orders: Orders
    tracking: Tracking
    environments: Path


class Supervisor:
    """Carries one job out. `run` never raises for what the job does wrong."""

    def __init__(self, crew: Crew, name: str) -> None:
        self._crew = crew
        self._name = name
        self._execution: Execution | None = None
        self._stopped = False
        self._verdict: Outcome | None = None  # decided from outside, stronger than what the process says

    def stop(self, verdict: Outcome | None = None) -> None:
        """End the job early: as Canceled, or with a verdict that tells why the workspace ended it."""
        self._stopped = True
        self._verdict = self._verdict or verdict
        if self._execution is not None:
            self._execution.cancel()

    async def run(self) -> None:
        """From a job that was just given its node to a terminal state."""
        job = self._crew.jobs.require(self._name)
        try:
            order = self._crew.orders.write(job)
        except ServiceError as error:
            self._end(Outcome("Failed", error.code, error.message))
            return
        # MLflow needs seconds to start: its run is made beside the job's preparation, and its proxy waits for it.
        tracked = asyncio.create_task(self._create_run(job))
        outcome = await self._execute(order)
        if await tracked:
            await self._end_run(RUN_STATUS[State(outcome.status)])
        self._end(outcome)

    async def _execute(self, order: ExecutionRequest) -> Outcome:
        self._execution = Execution(order, self._crew.environments, self._on_phase)
        if self._stopped:  # asked for before there was anything to stop
            self._execution.cancel()
        outcome = await self._execution.run()
        self._crew.jobs.set_seconds(self._name, outcome.seconds)
        self._note(outcome)
        return self._verdict or outcome

    def _on_phase(self, phase: str, detail: str) -> None:
        jobs, reached = self._crew.jobs, PHASES[phase]
        execution = self._execution
        if phase == "running" and execution and execution.process_group and execution.process_started:
            jobs.set_process(self._name, execution.process_group, execution.process_started)
        # A request to cancel stays visible, and a job that fails early has nothing to finalize.
        if reached in TRANSITIONS[jobs.require(self._name).status]:
            jobs.move(self._name, reached, detail)
        else:
            jobs.describe(self._name, detail)

    def _note(self, outcome: Outcome) -> None:
        """What was substituted, and how long things took, for whoever reads the run."""
        job = self._crew.jobs.require(self._name)
        notes = {f"{NOTE_PREFIX}seconds": json.dumps(dict(outcome.seconds))}
        if outcome.substitutions:
            notes[f"{NOTE_PREFIX}substitutions"] = "; ".join(outcome.substitutions)[:MAX_PROPERTY]
        body = {**job.body, "properties": {**job.body["properties"], **notes}}
        self._crew.jobs.set_metadata(job.name, body, archived=job.archived)

    def _end(self, outcome: Outcome) -> None:
        state = State(outcome.status)
        job = self._crew.jobs.require(self._name)
        if state is State.CANCELED and job.status is not State.CANCEL_REQUESTED:
            job = self._crew.jobs.move(self._name, State.CANCEL_REQUESTED)
        if state is State.COMPLETED:
            self._register_outputs(job)
            if job.status is State.RUNNING:
                self._crew.jobs.move(self._name, State.FINALIZING)
        self._crew.jobs.move(self._name, state, error=(outcome.error_code, outcome.error))

    def _register_outputs(self, job: Job) -> None:
        """An output that was given a name becomes a data asset."""
        for output in job.body["outputs"].values():
            if name := output.get("assetName"):
                number = str(self._crew.assets.next_number("data", name))
                body = {
                    "dataUri": output["uri"],
                    "dataType": output["jobOutputType"],
                    "description": output.get("description"),
                    "tags": {},
                    "properties": {"azureml.job": job.name},
                    "isAnonymous": False,
                }
                version = str(output.get("assetVersion") or number)
                self._crew.assets.put_version("data", name, version, body, archived=False)

    async def _create_run(self, job: Job) -> bool:
        """Whether there is a run. Tracking that fails never fails a job: what it trained is worth more."""
        try:
            await self._crew.tracking.create_run(
                run_id=job.name,
                experiment=job.experiment,
                display_name=job.body["displayName"],
                tags=job.body["tags"],
            )
        except TrackingError as error:
            _logger.warning("no MLflow run for job %s: %s", job.name, error)
            return False
        return True

    async def _end_run(self, status: str) -> None:
        try:
            await self._crew.tracking.end_run(self._name, status)
        except TrackingError as error:
            _logger.warning("the MLflow run of job %s could not be ended: %s", self._name, error)
