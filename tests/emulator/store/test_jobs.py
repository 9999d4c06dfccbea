"""Job records: states move along the table and nowhere else."""

from pathlib import Path

import pytest

from runner.emulator.jobs.states import IllegalTransitionError, State
from runner.emulator.store.database import Database
from runner.emulator.store.jobs import Jobs, NewJob


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(Database(tmp_path / "db"))


BODY = {"experimentName": "e", "jobType": "Command"}


def test_a_job_s_times_follow_its_states(jobs: Jobs) -> None:
    job = jobs.add(NewJob("j", {"command": "c"}, BODY))
    assert (job.status, job.started_at, job.ended_at, job.request) == (State.QUEUED, None, None, {"command": "c"})
    jobs.move("j", State.PREPARING)
    running = jobs.move("j", State.RUNNING, "process 1")
    assert running.started_at is not None
    jobs.move("j", State.FINALIZING)
    ended = jobs.move("j", State.FAILED, error=("UserError", "exit code 3"))
    assert (ended.started_at, ended.error_code, ended.error) == (running.started_at, "UserError", "exit code 3")
    assert ended.ended_at is not None


def test_an_illegal_step_changes_nothing(jobs: Jobs) -> None:
    jobs.add(NewJob("j", {}, BODY))
    with pytest.raises(IllegalTransitionError):
        jobs.move("j", State.COMPLETED)
    assert jobs.require("j").status is State.QUEUED


def test_reading_moves_nothing(jobs: Jobs) -> None:
    jobs.add(NewJob("j", {}, BODY))
    for _ in range(3):
        assert [job.status for job in (jobs.require("j"), *jobs.queued(), *jobs.active())] == [State.QUEUED] * 3


def test_the_queue_is_in_order_of_arrival(jobs: Jobs) -> None:
    for name in ("b", "a", "c"):
        jobs.add(NewJob(name, {}, BODY))
    jobs.move("a", State.CANCELED)
    assert [job.name for job in jobs.queued()] == ["b", "c"]
    assert jobs.counts() == {"Queued": 2, "Canceled": 1}
