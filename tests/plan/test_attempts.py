"""When a content that failed is tried again: never by itself, except as a rule, a person or a raised timeout allows."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.live import LiveRun, LiveState
from runner.model.plan import Action, Change
from runner.model.resource import Resource
from runner.model.rules import Settings
from runner.model.runs import SUPERSEDED, Cause
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.builders import JOB as SPEC
from tests.builders import desired, resource, run_of

JOB = resource()
ONCE = Settings(retry_limit=1)
TWICE = Settings(retry_limit=2)


def limited(timeout: int | None) -> Resource:
    return resource(spec=SPEC | ({"limits": {"timeout": timeout}} if timeout else {}))


def planned(wanted: Resource, *runs: LiveRun, **options: Any) -> Change:
    return make_plan(desired(wanted), LiveState(runs=runs), **options).changes[0]


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
def test_on_request(status: str) -> None:
    change = planned(JOB, run_of(JOB, status), asked=Asked(retry=frozenset({JOB.key})))
    assert (change.action, change.state, change.live_name) == (
        Action.RUN,
        "next attempt",
        run_of(JOB, attempt=2).name,
    )
    assert [(reason.field, reason.before) for reason in change.reasons] == [("attempt", status)]
    assert "--retry-failed" in change.reasons[0].after


@pytest.mark.parametrize("status", ["Completed", "Running", "Paused", "NotResponding", "New"])
def test_nothing_else_is_tried_again_on_request(status: str) -> None:
    assert planned(JOB, run_of(JOB, status), asked=Asked(retry=frozenset({JOB.key}))).action is Action.NO_OP


AGAIN = Asked(again=frozenset({JOB.key}))


@pytest.mark.parametrize("status", ["Completed", "Failed", "Canceled"])
def test_once_more_to_reproduce_it(status: str) -> None:
    change = planned(JOB, run_of(JOB, status), run_of(JOB, status, attempt=2, day=2), asked=AGAIN)
    assert (change.action, change.state) == (Action.RUN, "next attempt")
    assert change.live_name == run_of(JOB, attempt=3).name
    assert [(reason.field, reason.before) for reason in change.reasons] == [("attempt", run_of(JOB, attempt=2).name)]


def test_what_is_not_there_any_more_is_the_first_attempt_again() -> None:
    change = planned(JOB, asked=AGAIN)
    assert (change.action, change.live_name, change.reasons) == (Action.RUN, run_of(JOB).name, ())


def test_not_beside_an_attempt_that_is_not_over() -> None:
    change = planned(JOB, run_of(JOB), run_of(JOB, "Running", attempt=2, day=2), asked=AGAIN)
    assert (change.action, change.run_status) == (Action.NO_OP, "Running")


@pytest.mark.parametrize("status", ["Completed", "Failed", "Canceled", "Running", "Paused"])
@pytest.mark.parametrize("first", ["Completed", "Failed"])
def test_a_reproduction_changes_no_plan(first: str, status: str) -> None:
    """Whatever becomes of it: what had completed is satisfied, and what had failed is not tried by itself."""
    change = planned(JOB, run_of(JOB, first), run_of(JOB, status, attempt=2, day=2))
    assert change.action is Action.NO_OP
    if first == "Completed":
        assert change.state == f"satisfied by {run_of(JOB).name}"


@pytest.mark.parametrize(
    ("settings", "attempts", "cause", "again"),
    [
        (Settings(), 1, Cause.PREEMPTED, False),  # no rule
        (ONCE, 1, Cause.PREEMPTED, True),
        (ONCE, 1, Cause.INFRASTRUCTURE, True),
        (ONCE, 1, Cause.OTHER, False),
        (ONCE, 1, Cause.TIMEOUT, False),
        (ONCE, 1, None, False),  # not known
        (ONCE, 2, Cause.PREEMPTED, False),
        (TWICE, 2, Cause.PREEMPTED, True),
        (TWICE, 3, Cause.PREEMPTED, False),
        (Settings(retry_limit=1, retry_on=frozenset({"preempted"})), 1, Cause.PREEMPTED, True),
        (Settings(retry_limit=1, retry_on=frozenset({"preempted"})), 1, Cause.INFRASTRUCTURE, False),
        (Settings(retry_limit=0, retry_on=frozenset({"preempted"})), 1, Cause.PREEMPTED, False),
    ],
)
@pytest.mark.parametrize("status", ["Failed", "Canceled"])
def test_by_rule(status: str, settings: Settings, attempts: int, cause: Cause | None, *, again: bool) -> None:
    wanted = resource(settings=settings)
    numbers = range(1, attempts + 1)
    change = planned(wanted, *(run_of(wanted, status, attempt=number, day=number, cause=cause) for number in numbers))
    assert change.action is (Action.RUN if again else Action.NO_OP)
    if again:
        assert change.live_name == run_of(wanted, attempt=attempts + 1).name
        assert [(reason.field, reason.before) for reason in change.reasons] == [("attempt", cause)]


def test_the_last_attempts_cause_decides() -> None:
    wanted = resource(settings=TWICE)
    preempted, broken = run_of(wanted, "Failed", cause=Cause.PREEMPTED), run_of(wanted, "Failed", attempt=2, day=2)
    assert planned(wanted, preempted, broken).action is Action.NO_OP


def test_attempts_of_other_content_do_not_count() -> None:
    wanted, before = resource(settings=ONCE), resource(spec=SPEC | {"compute": "gpu"})
    runs = [run_of(before, "Failed", attempt=number, cause=Cause.PREEMPTED) for number in (1, 2)]
    assert planned(wanted, *runs, run_of(wanted, "Failed", day=2, cause=Cause.PREEMPTED)).action is Action.RUN


@pytest.mark.parametrize(
    ("was", "wanted", "cause", "again"),
    [
        (60, 120, Cause.TIMEOUT, True),
        (60, None, Cause.TIMEOUT, True),  # no limit any more
        (60, 60, Cause.TIMEOUT, False),
        (60, 30, Cause.TIMEOUT, False),
        (None, 120, Cause.TIMEOUT, False),  # not ours: there was none
        (60, 120, Cause.OTHER, False),
        (60, 120, None, False),
    ],
)
def test_a_raised_timeout(was: int | None, wanted: int | None, cause: Cause | None, *, again: bool) -> None:
    run = run_of(limited(was), "Canceled", cause=cause, timeout=was)
    change = planned(limited(wanted), run)
    assert change.action is (Action.RUN if again else Action.NO_OP)
    if again:
        assert [(reason.field, reason.before, reason.after) for reason in change.reasons] == [
            ("limits.timeout", was, wanted)
        ]


def test_a_raised_timeout_counts_from_the_last_attempt() -> None:
    first = run_of(JOB, "Canceled", cause=Cause.TIMEOUT, timeout=60)
    second = run_of(JOB, "Canceled", attempt=2, day=2, cause=Cause.TIMEOUT, timeout=120)
    assert planned(limited(120), first, second).action is Action.NO_OP
    assert planned(limited(121), first, second).live_name == run_of(JOB, attempt=3).name


def test_a_timeout_raised_after_it_completed_trains_nothing() -> None:
    assert planned(limited(120), run_of(limited(60), timeout=60)).action is Action.NO_OP


def test_a_completed_attempt_decides_whatever_came_after_it() -> None:
    failed, completed = run_of(JOB, "Failed"), run_of(JOB, attempt=2, day=2)
    assert planned(JOB, failed, completed).state == f"satisfied by {completed.name}"
    late = run_of(JOB, "Failed", attempt=3, day=3)
    retried = planned(JOB, failed, completed, late, asked=Asked(retry=frozenset({JOB.key})))
    assert retried.state == f"satisfied by {completed.name}"


def test_the_last_attempt_is_the_one_with_the_highest_number() -> None:
    # Of two that were created in one second, `-a10` sorts before `-a9`.
    runs = [run_of(JOB, "Failed", attempt=9), run_of(JOB, "Running", attempt=10)]
    assert planned(JOB, *runs).state == f"in progress as {runs[1].name} (Running)"


statuses = st.sampled_from(["Completed", "Failed", "Canceled", "Running", "NotResponding", "New"])
attempts = st.builds(
    lambda number, status, cause, superseded: run_of(
        JOB, status, attempt=number, day=number, cause=cause, tags={SUPERSEDED: "x"} if superseded else {}
    ),
    st.integers(1, 12),
    statuses,
    st.sampled_from([*Cause, None]),
    st.booleans(),
)
histories = st.lists(attempts, max_size=6, unique_by=lambda run: run.name)


@given(histories, st.booleans(), st.integers(0, 3))
def test_no_name_is_taken_twice(runs: list[LiveRun], asked: bool, limit: int) -> None:
    wanted = resource(settings=Settings(retry_limit=limit))
    change = planned(wanted, *runs, asked=Asked(retry=frozenset({wanted.key} if asked else ())))
    if change.action is Action.RUN:
        assert change.live_name not in {run.name for run in runs}
    else:
        assert change.live_name in {run.name for run in runs}


@given(histories)
def test_the_order_of_runs_does_not_matter(runs: list[LiveRun]) -> None:
    wanted = resource(settings=ONCE)
    first, *others = (planned(wanted, *order) for order in itertools.islice(itertools.permutations(runs), 24))
    assert all(other == first for other in others)


@given(histories)
def test_what_completed_is_never_run_again(runs: list[LiveRun]) -> None:
    if any(run.status == "Completed" for run in runs):
        assert planned(JOB, *runs, asked=Asked(retry=frozenset({JOB.key}))).action is Action.NO_OP
