"""How a job's record ends, whoever carried it out."""

from runner.emulator.execution.request import Outcome
from runner.emulator.jobs.registration import register_outputs
from runner.emulator.jobs.states import State
from runner.emulator.store.assets import Assets
from runner.emulator.store.jobs import Jobs

STOPPED = Outcome("Failed", "WorkspaceStopped", "the embedded workspace stopped while it ran; submit it again")


def conclude(jobs: Jobs, assets: Assets, name: str, outcome: Outcome) -> None:
    """Move the record to its terminal state, by way of those that the table asks for."""
    state = State(outcome.status)
    job = jobs.require(name)
    if state is State.CANCELED and job.status is not State.CANCEL_REQUESTED:
        job = jobs.move(name, State.CANCEL_REQUESTED)
    if state is State.COMPLETED:
        register_outputs(assets, job)
        if job.status is State.RUNNING:
            jobs.move(name, State.FINALIZING)
    jobs.move(name, state, error=(outcome.error_code, outcome.error))
