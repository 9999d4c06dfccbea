"""What has to happen to one resource, case by case."""

import dataclasses
from typing import Any

import pytest

from runner.model.keys import Kind
from runner.model.live import LiveResource, LiveRun, LiveState
from runner.model.plan import Action, Change, Plan
from runner.model.resource import Resource
from runner.plan.planner import make_plan
from tests.builders import desired, key, present, resource, run_of

CPU = resource(
    "compute/cpu",
    {
        "name": "cpu",
        "type": "amlcompute",
        "size": "Standard_DS11_v2",
        "max_instances": 4,
        "tags": {"team": "a"},
        "idle_time_before_scale_down": 120,
    },
)
DATA = resource("data/iris", {"name": "iris", "type": "uri_file", "path": "https://example.com/a", "description": "A"})
FIXED = resource("data/iris", {"name": "iris", "path": "https://example.com/a", "version": "1"})
JOB = resource()
FOREIGN = "use another name, or list it under external: in specs/project.yml"


def planned(wanted: Resource, live: LiveState, **options: Any) -> tuple[Change, Plan]:
    made = make_plan(desired(wanted), live, **options)
    return made.changes[0], made


def with_compute(**changes: Any) -> LiveState:
    return LiveState(computes={"cpu": present(CPU, **changes)})


def with_asset(wanted: Resource, found: LiveResource) -> LiveState:
    return LiveState(assets={(wanted.key, wanted.version): found})


def retagged(found: LiveResource, **tags: str | None) -> LiveResource:
    merged = {**found.tags, **{f"aml.{name}": value for name, value in tags.items()}}
    kept = {name: value for name, value in merged.items() if value is not None}
    return dataclasses.replace(found, tags=kept, spec={**found.spec, "tags": kept})


def said(made: Plan) -> list[str]:
    return [str(item) for item in made.diagnostics]


@pytest.mark.parametrize(
    ("changes", "action", "reasons"),
    [
        ({}, Action.NO_OP, []),
        ({"size": "STANDARD_ds11_V2", "type": "AmlCompute"}, Action.NO_OP, []),  # the service minds no case
        ({"max_instances": 2}, Action.UPDATE, [("max_instances", 2, 4)]),
        ({"idle_time_before_scale_down": 60}, Action.UPDATE, [("idle_time_before_scale_down", 60, 120)]),
        ({"tags": {"team": "b", "x": "y"}}, Action.UPDATE, [("tags.team", "b", "a")]),
        ({"tags": None}, Action.UPDATE, [("tags.team", None, "a")]),
        ({"description": "by hand", "min_instances": 3}, Action.NO_OP, []),  # the spec does not state them
    ],
)
def test_compute(changes: dict[str, Any], action: Action, reasons: list[tuple[str, Any, Any]]) -> None:
    change, made = planned(CPU, with_compute(**changes))
    assert change.action is action
    assert [(reason.field, reason.before, reason.after) for reason in change.reasons] == reasons
    assert made.applyable


def test_a_new_compute() -> None:
    change, made = planned(CPU, LiveState())
    assert (change.action, change.live_name, change.state) == (Action.CREATE, "cpu", "")
    assert made.applyable


def test_a_field_the_service_does_not_return_shows_in_the_digest() -> None:
    live = LiveState(computes={"cpu": retagged(present(CPU), digest="other")})
    change, made = planned(CPU, live)
    assert change.action is Action.UPDATE
    assert change.reasons[0].field == "spec"
    assert made.applyable


def test_computes_are_found_whatever_the_case() -> None:
    upper = resource("compute/CPU", CPU.spec)
    assert planned(upper, LiveState(computes={"cpu": present(upper)}))[0].action is Action.NO_OP


def test_what_is_fixed_at_creation_stands_against_the_plan() -> None:
    _, made = planned(CPU, with_compute(size="Standard_NC6", tier="low_priority", max_instances=1))
    message = "size cannot change in place: delete the compute or use another name"
    assert said(made) == [f"specs/compute/cpu.yml:1:1: error: compute/cpu: {message}"]


@pytest.mark.parametrize(
    ("owner", "whose"), [(None, "was not made by this project"), ("theirs", "belongs to project 'theirs'")]
)
def test_what_is_foreign_is_refused(owner: str | None, whose: str) -> None:
    live = LiveState(computes={"cpu": retagged(present(CPU, max_instances=1), project=owner)})
    change, made = planned(CPU, live)
    assert (change.action, change.state) == (Action.NO_OP, "foreign")
    assert said(made) == [f"specs/compute/cpu.yml:1:1: error: compute/cpu: exists and {whose}: {FOREIGN}"]


def test_a_new_asset() -> None:
    change, _ = planned(DATA, LiveState())
    assert (change.action, change.live_name) == (Action.CREATE, f"iris:c{DATA.digest[:12]}")


@pytest.mark.parametrize("owner", ["demo", None, "theirs"])
def test_equal_content_is_shared_whoever_put_it_there(owner: str | None) -> None:
    change, made = planned(DATA, with_asset(DATA, retagged(present(DATA), project=owner)))
    assert (change.action, change.state) == (Action.NO_OP, "in sync")
    assert made.applyable


def test_what_describes_an_asset_changes_in_place() -> None:
    change, _ = planned(DATA, with_asset(DATA, present(DATA, description="B")))
    assert change.action is Action.UPDATE
    assert [(reason.field, reason.before, reason.after) for reason in change.reasons] == [("description", "B", "A")]


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"digest": "other"}, "version 1 exists with other content, and versions never change: bump it"),
        ({"digest": "other", "project": "theirs"}, f"exists and belongs to project 'theirs': {FOREIGN}"),
        ({"digest": None, "project": None}, f"exists and was not made by this project: {FOREIGN}"),
    ],
)
def test_other_content_under_the_same_version(tags: dict[str, str | None], message: str) -> None:
    change, made = planned(FIXED, with_asset(FIXED, retagged(present(FIXED), **tags)))
    assert (change.action, change.state) == (Action.NO_OP, "differs")
    assert said(made) == [f"specs/data/iris.yml:1:1: error: data/iris: {message}"]


def test_an_archived_version_stands_against_the_plan() -> None:
    _, made = planned(FIXED, with_asset(FIXED, present(FIXED, archived=True)))
    assert said(made) == [
        "specs/data/iris.yml:1:1: error: data/iris: version 1 is archived; restore it or change the content"
    ]


def test_another_version_is_no_counterpart() -> None:
    live = LiveState(assets={(FIXED.key, "2"): present(FIXED)})
    assert planned(FIXED, live)[0].action is Action.CREATE


def test_a_job_that_never_ran() -> None:
    change, _ = planned(JOB, LiveState())
    assert (change.action, change.state, change.reasons) == (Action.RUN, "never ran", ())
    assert change.live_name == run_of(JOB).name


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Completed", "satisfied by {}"),
        ("Running", "in progress as {} (Running)"),
        ("NotResponding", "in progress as {} (NotResponding)"),
        ("Paused", "in progress as {} (Paused)"),
        ("SomethingNew", "in progress as {} (SomethingNew)"),
        ("Failed", "failed as {}; --retry-failed job/train runs it again"),
        ("Canceled", "canceled as {}; --retry-failed job/train runs it again"),
    ],
)
def test_the_run_of_this_content_stands(status: str, state: str) -> None:
    run = run_of(JOB, status)
    change, made = planned(JOB, LiveState(runs=(run,)))
    assert (change.action, change.state, change.run_status) == (Action.NO_OP, state.format(run.name), status)
    assert change.live_name == run.name
    assert made.applyable
    warned = [f"specs/jobs/job.yml:1:1: warning: job/train: {change.state}".replace("job.yml", "train.yml")]
    assert said(made) == (warned if status in {"Failed", "Canceled"} else [])


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
def test_a_failed_run_is_tried_again_on_request(status: str) -> None:
    live = LiveState(runs=(run_of(JOB, status),))
    change, made = planned(JOB, live, retry=frozenset({JOB.key}))
    assert (change.action, change.state) == (Action.RUN, "retry")
    assert change.live_name == run_of(JOB, attempt=2).name
    assert [(reason.field, reason.before, reason.after) for reason in change.reasons] == [("attempt", status, "retry")]
    assert said(made) == []


@pytest.mark.parametrize("status", ["Completed", "Running", "Paused"])
def test_nothing_else_is_tried_again(status: str) -> None:
    live = LiveState(runs=(run_of(JOB, status),))
    assert planned(JOB, live, retry=frozenset({JOB.key}))[0].action is Action.NO_OP


def test_the_latest_attempt_decides() -> None:
    failed, second = run_of(JOB, "Failed", day=1), run_of(JOB, "Completed", attempt=2, day=2)
    assert planned(JOB, LiveState(runs=(failed, second)))[0].state == f"satisfied by {second.name}"


def test_an_attempt_never_takes_a_name_that_is_taken() -> None:
    second = run_of(JOB, "Failed", attempt=2)  # the first was deleted
    change, _ = planned(JOB, LiveState(runs=(second,)), retry=frozenset({JOB.key}))
    assert change.live_name == run_of(JOB, attempt=3).name


@pytest.mark.parametrize("foreign", [{"key": "job/other"}, {"digest": "other"}, {"key": None}])
def test_only_a_run_of_this_job_and_content_stands(foreign: dict[str, Any]) -> None:
    run = run_of(JOB, **foreign)
    assert planned(JOB, LiveState(runs=(run,)))[0].action is Action.RUN


def test_the_last_run_is_named() -> None:
    older = run_of(resource(spec={**JOB.spec, "inputs": {"rate": 0.5}}))
    newer = run_of(resource(spec={**JOB.spec, "inputs": {"rate": 0.7}}), day=2)
    change, _ = planned(JOB, LiveState(runs=(older, newer)))
    assert change.state == f"the last run was {newer.name}"
    assert next(reason.before for reason in change.reasons if reason.field == "inputs.rate") == 0.7


@pytest.mark.parametrize("kind", list(Kind))
def test_unread_is_said_for_every_kind(kind: Kind) -> None:
    wanted = resource(f"{kind}/abc", {"command": "x"})
    _, made = planned(wanted, LiveState(unknown={key(f"{kind}/abc"): "403"}))
    assert said(made)[0].endswith(f"{kind}/abc: could not be read, and unknown is not absent: 403")


def test_live_runs_know_whose_they_are() -> None:
    assert LiveRun("x", "Running").key == LiveRun("x", "Running").digest == ""
    assert run_of(JOB).key == "job/train"
