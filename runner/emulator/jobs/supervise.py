"""One job from its node to its end: the record follows the execution, and the MLflow run follows the record."""

import json

from runner.emulator.errors import ServiceError
from runner.emulator.execution.request import ExecutionRequest, Outcome
from runner.emulator.execution.run import Execution
from runner.emulator.jobs.crew import Crew
from runner.emulator.jobs.ending import conclude
from runner.emulator.jobs.states import TRANSITIONS, State
from runner.emulator.jobs.submission import NOTE_PREFIX
from runner.emulator.jobs.tracked import TrackedRun

PHASES = {"preparing": State.PREPARING, "running": State.RUNNING, "finalizing": State.FINALIZING}
MAX_PROPERTY = 1000


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
            failed = Outcome("Failed", error.code, error.message)
            conclude(self._crew.jobs, self._crew.assets, self._name, failed)
            return
        run = TrackedRun(self._crew.tracking, job)
        outcome = await self._execute(order)
        await run.end(State(outcome.status))
        conclude(self._crew.jobs, self._crew.assets, self._name, outcome)

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
        if phase == "running" and execution and execution.process_group:
            # A quick process may be gone already, and with it the time of its start: it counts all the same.
            started = execution.process_started or None
            jobs.set_process(self._name, execution.process_group, started, execution.process_count)
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
