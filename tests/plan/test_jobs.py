"""What has to happen to a job: the run of its content decides, case by case."""

import dataclasses
from typing import Any

import pytest

from runner.model.keys import Key
from runner.model.live import LiveRun, LiveState
from runner.model.plan import Action, Change, Plan, Reason
from runner.model.resource import External, Resource
from runner.model.rules import Settings
from runner.model.runs import SUPERSEDED
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.builders import ORIGIN, desired, key, resource, run_of

JOB = resource()
BY_US = {SUPERSEDED: "train-1"}


def other(rate: float, **options: Any) -> Resource:
    return resource(spec={**JOB.spec, "inputs": {"rate": rate}}, **options)


def planned(wanted: Resource, *runs: LiveRun, **options: Any) -> tuple[Change, Plan]:
    made = make_plan(desired(wanted), LiveState(runs=runs), **options)
    return made.changes[0], made


def said(made: Plan) -> list[str]:
    return [str(item) for item in made.diagnostics]


def test_a_job_that_never_ran() -> None:
    change, _ = planned(JOB)
    assert (change.action, change.state, change.reasons, change.since) == (Action.RUN, "never ran", (), "")
    assert change.live_name == run_of(JOB).name


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Completed", "satisfied by {}"),
        *((status, f"in progress as {{}} ({status})") for status in ("NotStarted", "Queued", "Running", "Finalizing")),
        ("NotResponding", "in progress as {} (NotResponding)"),
        ("Paused", "in progress as {} (Paused)"),
        ("CancelRequested", "in progress as {} (CancelRequested)"),
        ("Unknown", "in progress as {} (Unknown)"),
        ("SomethingNew", "in progress as {} (SomethingNew)"),
        ("Failed", "failed as {}; --retry-failed job/train runs it again"),
        ("Canceled", "canceled as {}; --retry-failed job/train runs it again"),
    ],
)
def test_the_run_of_this_content_stands(status: str, state: str) -> None:
    run = run_of(JOB, status)
    change, made = planned(JOB, run)
    assert (change.action, change.state, change.run_status) == (Action.NO_OP, state.format(run.name), status)
    assert change.live_name == run.name
    assert made.applyable
    warned = [f"specs/jobs/train.yml:1:1: warning: job/train: {change.state}"]
    assert said(made) == (warned if status in {"Failed", "Canceled"} else [])


def test_a_run_that_gave_way_counts_as_absent() -> None:
    change, made = planned(JOB, run_of(JOB, "Canceled", tags=BY_US))
    assert (change.action, change.live_name) == (Action.RUN, run_of(JOB, attempt=2).name)
    assert [reason.before for reason in change.reasons] == ["superseded"]
    assert said(made) == []


@pytest.mark.parametrize("status", ["Completed", "Failed", "Running", "CancelRequested"])
def test_a_run_that_was_to_give_way_and_came_to_another_end_stands(status: str) -> None:
    assert planned(JOB, run_of(JOB, status, tags=BY_US))[0].action is Action.NO_OP


@pytest.mark.parametrize("foreign", [{"key": "job/other"}, {"digest": "other"}, {"key": None}])
def test_only_a_run_of_this_job_and_content_stands(foreign: dict[str, Any]) -> None:
    assert planned(JOB, run_of(JOB, **foreign))[0].action is Action.RUN


def test_a_digest_that_looks_like_an_attempt() -> None:
    odd = next(each for rate in range(20_000) if (each := other(rate)) and _looks_odd(desired(each).live_name(each)))
    assert planned(odd, run_of(odd))[0].action is Action.NO_OP
    retried, _ = planned(odd, run_of(odd, "Failed"), asked=Asked(retry=frozenset({odd.key})))
    assert retried.live_name == run_of(odd, attempt=2).name


def _looks_odd(name: str) -> bool:
    return name.rpartition("-a")[2].isdecimal()


def test_the_last_run_is_named_and_its_commit_too() -> None:
    older, newer = run_of(other(0.5)), run_of(other(0.7), day=2)
    for runs in ((older, newer), (newer, older)):
        change, _ = planned(JOB, *runs)
        assert (change.state, change.since) == (f"the last run was {newer.name}", ORIGIN.commit)
        assert next(reason.before for reason in change.reasons if reason.field == "inputs.rate") == 0.7


def test_a_reverted_commit_finds_the_run_it_had() -> None:
    change, _ = planned(JOB, run_of(JOB), run_of(other(0.5), day=2))
    assert (change.action, change.state) == (Action.NO_OP, f"satisfied by {run_of(JOB).name}")


def test_a_renamed_job_says_what_it_was_called() -> None:
    old = resource("job/old", JOB.spec)
    change, _ = planned(JOB, run_of(old))
    assert (change.action, change.reasons) == (Action.RUN, (Reason("name", "old", "train"),))
    assert change.live_name != run_of(old).name


def test_a_rerun_and_back() -> None:
    again = resource(settings=Settings(rerun=2))
    change, _ = planned(again, run_of(JOB))
    assert (change.action, change.live_name) == (Action.RUN, f"{run_of(JOB).name}-r2")
    assert change.reasons == (Reason("rerun", 1, 2),)
    assert planned(again, run_of(JOB), run_of(again, day=2))[0].action is Action.NO_OP
    third = resource(settings=Settings(rerun=3))
    assert planned(third, run_of(JOB), run_of(again, day=2))[0].reasons == (Reason("rerun", 2, 3),)
    # Back to 1: the run it had is found.
    assert planned(JOB, run_of(JOB), run_of(again, day=2))[0].state == f"satisfied by {run_of(JOB).name}"


@pytest.mark.parametrize(
    ("status", "action"), [("Completed", Action.NO_OP), ("Running", Action.NO_OP), ("Failed", Action.RUN)]
)
def test_a_rerun_that_is_taken_back_stands_for_its_content(status: str, action: Action) -> None:
    again = run_of(resource(settings=Settings(rerun=2)), status)
    change, _ = planned(JOB, again)
    assert (change.action, change.live_name == again.name) == (action, action is Action.NO_OP)


def test_new_content_of_a_rerun_says_what_differs() -> None:
    new = other(0.1, settings=Settings(rerun=2))
    change, _ = planned(new, run_of(JOB), run_of(resource(settings=Settings(rerun=2)), day=2))
    assert Reason("inputs.rate", 0.9, 0.1) in change.reasons
    assert change.live_name.endswith("-r2")


CANCELING = Settings(cancel_superseded=True)


@pytest.mark.parametrize(
    ("settings", "run", "superseded"),
    [
        (CANCELING, run_of(other(0.5), "Running"), True),
        (CANCELING, run_of(other(0.5), "NotResponding"), True),
        (CANCELING, run_of(other(0.5), "CancelRequested"), False),
        (CANCELING, run_of(other(0.5), "Completed"), False),
        (CANCELING, run_of(other(0.5), "Failed"), False),
        (CANCELING, run_of(other(0.5), "Running", ref="refs/heads/other"), False),
        (CANCELING, run_of(other(0.5), "Running", ref=None), False),
        (CANCELING, run_of(other(0.5), "Running", key="job/other"), False),
        (Settings(), run_of(other(0.5), "Running"), False),
    ],
)
def test_which_runs_give_way(settings: Settings, run: LiveRun, *, superseded: bool) -> None:
    change, _ = planned(resource(settings=settings), run)
    assert change.action is Action.RUN
    assert change.supersedes == ((run.name,) if superseded else ())


def test_without_a_branch_nothing_gives_way() -> None:
    detached = dataclasses.replace(ORIGIN, ref="")
    wanted = resource(settings=CANCELING)
    live = LiveState(runs=(run_of(other(0.5), "Running", ref=None),))
    assert make_plan(desired(wanted, origin=detached), live).changes[0].supersedes == ()


def test_nothing_gives_way_to_a_run_that_exists() -> None:
    wanted = resource(settings=CANCELING)
    change, _ = planned(wanted, run_of(wanted, "Running"), run_of(other(0.5), "Running", day=2))
    assert (change.action, change.supersedes) == (Action.NO_OP, ())


CURATED = key("environment/AzureML-sklearn")


def with_label(owner: Key, version: str, *runs: LiveRun) -> Plan:
    from runner.model.references import Reference

    external = External(Reference(CURATED, label="latest"), JOB.position, owner, ("environment",))
    live = LiveState(runs=runs, resolved={external.reference: version})
    return make_plan(desired(JOB, externals=[external]), live)


def test_a_label_that_moved_is_told_and_starts_nothing() -> None:
    made = with_label(JOB.key, "3", run_of(JOB, resolved={"environment": "2"}))
    assert made.pending == ()
    assert made.changes[0].moved == (Reason("environment", "2", "3"),)


def test_a_label_that_stood_still_or_was_not_recorded_is_not_told() -> None:
    for run in (run_of(JOB, resolved={"environment": "3"}), run_of(JOB)):
        assert with_label(JOB.key, "3", run).changes[0].moved == ()


def test_a_new_run_records_what_labels_stand_for() -> None:
    assert with_label(JOB.key, "3").changes[0].resolved == {"environment": "3"}
    assert with_label(key("job/other"), "3").changes[0].resolved == {}
