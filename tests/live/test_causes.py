"""Why runs failed: asked of run history for those alone where it decides something."""

import dataclasses

import pytest

from runner.azureml.rest import Rest
from runner.live.runs import with_causes
from runner.model.live import LiveRun
from runner.model.resource import Resource
from runner.model.rules import Settings
from runner.model.runs import SUPERSEDED, Cause
from tests.builders import JOB, desired, resource, run_of
from tests.loopback import Answer, Service

TRAIN = resource()
CHANGED = resource(spec=JOB | {"compute": "gpu"})
AGAIN = resource(settings=Settings(rerun=2))


def asked_for(service: Service, rest: Rest, wanted: Resource, *runs: LiveRun) -> list[str]:
    """The runs whose details were asked for."""
    before = len(service.paths())
    with_causes(rest, runs, desired(wanted))
    return [path.split("/")[-2] for path in service.paths()[before:] if path.endswith("/details")]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"code": "JobTimedOut", "message": "timed out after 60 s"}, Cause.TIMEOUT),
        ({"code": "SystemError", "message": "PreemptionError"}, Cause.PREEMPTED),
        ({"code": "WorkspaceStopped", "message": "stopped"}, Cause.INFRASTRUCTURE),
        ({"code": "UserError", "message": "exit code 1"}, Cause.OTHER),
        (None, Cause.OTHER),
    ],
)
def test_the_cause(service: Service, rest: Rest, error: dict[str, str] | None, expected: Cause) -> None:
    run = run_of(TRAIN, "Failed")
    service.on(f"history/v1.0/runs/{run.name}/details", Answer({"status": "Failed", "error": {"error": error}}))
    assert with_causes(rest, (run,), desired(TRAIN)) == (dataclasses.replace(run, cause=expected),)


def test_of_a_run_that_the_service_canceled_only_the_reason_says_why(service: Service, rest: Rest) -> None:
    run = run_of(TRAIN, "Canceled")
    details = {"status": "Canceled", "cancelationReason": "Job exceeded its max run duration"}
    service.on(f"history/v1.0/runs/{run.name}/details", Answer(details))
    assert with_causes(rest, (run,), desired(TRAIN))[0].cause is Cause.TIMEOUT


def test_a_run_that_history_does_not_know(rest: Rest) -> None:
    assert with_causes(rest, (run_of(TRAIN, "Failed"),), desired(TRAIN))[0].cause is Cause.OTHER


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
def test_every_failed_attempt_of_what_is_desired(service: Service, rest: Rest, status: str) -> None:
    first, second = run_of(TRAIN, status), run_of(TRAIN, status, attempt=2)
    assert asked_for(service, rest, TRAIN, first, second) == [first.name, second.name]


@pytest.mark.parametrize(
    "run",
    [
        run_of(TRAIN, "Running"),
        run_of(TRAIN, "Completed"),
        run_of(TRAIN, "NotResponding"),
        run_of(TRAIN, "Canceled", tags={SUPERSEDED: "train-1"}),
        run_of(CHANGED, "Failed"),
        run_of(TRAIN, "Failed", key="job/other"),
        run_of(AGAIN, "Failed"),
    ],
    ids=lambda run: f"{run.status} {run.name}",
)
def test_of_all_else_it_does_not_matter(service: Service, rest: Rest, run: LiveRun) -> None:
    assert asked_for(service, rest, TRAIN, run) == []


def test_what_completed_in_the_end(service: Service, rest: Rest) -> None:
    assert asked_for(service, rest, TRAIN, run_of(TRAIN, "Failed"), run_of(TRAIN, attempt=2)) == []


def test_a_rerun_of_what_completed_before(service: Service, rest: Rest) -> None:
    failed = run_of(AGAIN, "Failed", day=2)
    assert asked_for(service, rest, AGAIN, run_of(TRAIN), failed) == [failed.name]


def test_order_and_everything_else_stay(service: Service, rest: Rest) -> None:
    runs = (run_of(CHANGED, "Failed"), run_of(TRAIN, "Failed", day=2), run_of(CHANGED, attempt=2, day=3))
    service.on(f"history/v1.0/runs/{runs[1].name}/details", Answer({"status": "Failed"}))
    found = with_causes(rest, runs, desired(TRAIN))
    assert [dataclasses.replace(run, cause=None) for run in found] == list(runs)
