"""A plan is carried out in dependency order, so many changes at a time, and a failure stops only what needs it."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.apply.execute import INTERRUPTED, execute, standing
from runner.model.events import Event, Finished, Started
from runner.model.keys import Key
from runner.model.live import LiveState
from runner.model.plan import Action, Change, Plan, Result
from runner.plan.planner import make_plan
from tests.builders import change, desired, key, plan, resource, run_of

Send = Callable[[Change], Result]


def outcome(of: Change, status: str = "done", error: str = "") -> Result:
    return Result(of.key, of.action, of.live_name, status, error=error)


def create(name: str, *needs: str) -> Change:
    return change(name, Action.CREATE, depends_on=tuple(map(key, needs)))


def carried_out(
    made: Plan, send: Send = outcome, *, parallelism: int = 4, stop: threading.Event | None = None
) -> tuple[list[Result], list[Event]]:
    heard: list[Event] = []
    found = execute(made, send, heard.append, parallelism=parallelism, stop=stop or threading.Event())
    return found, heard


def told(results: list[Result]) -> dict[str, tuple[str, str]]:
    return {str(each.key): (each.status, each.because) for each in results}


CHAIN = plan(
    create("compute/cpu"),
    create("data/iris"),
    create("data/other"),
    create("job/train", "compute/cpu", "data/iris"),
    create("job/next", "job/train"),
)


def test_one_result_for_each_change_in_the_plans_order() -> None:
    results, _ = carried_out(CHAIN)
    assert [each.key for each in results] == [each.key for each in CHAIN.changes]
    assert {each.status for each in results} == {"done"}


def test_nothing_pending_nothing_sent() -> None:
    assert carried_out(plan(change("compute/cpu", Action.NO_OP), change("data/iris", Action.NO_OP))) == ([], [])


def test_what_is_needed_and_is_there_already_is_not_waited_for() -> None:
    made = plan(change("compute/cpu", Action.NO_OP), create("job/train", "compute/cpu"))
    assert told(carried_out(made)[0]) == {"job/train": ("done", "")}


def test_one_at_a_time_is_the_order_of_the_keys() -> None:
    sent: list[str] = []

    def send(one: Change) -> Result:
        sent.append(str(one.key))
        return outcome(one)

    carried_out(CHAIN, send, parallelism=1)
    assert sent == ["compute/cpu", "data/iris", "data/other", "job/train", "job/next"]


@pytest.mark.parametrize("status", ["failed", "unknown"])
def test_a_failure_stops_only_what_needs_it(status: str) -> None:
    def send(one: Change) -> Result:
        return outcome(one, status if one.key == key("data/iris") else "done")

    assert told(carried_out(CHAIN, send)[0]) == {
        "compute/cpu": ("done", ""),
        "data/iris": (status, ""),
        "data/other": ("done", ""),
        "job/train": ("skipped", "data/iris did not succeed"),
        "job/next": ("skipped", "job/train did not succeed"),
    }


def test_so_many_at_a_time() -> None:
    meeting = threading.Barrier(3, timeout=30)  # broken, unless three are under way together

    def send(one: Change) -> Result:
        meeting.wait()
        return outcome(one)

    made = plan(*(create(f"data/n{number}") for number in range(6)))
    assert {each.status for each in carried_out(made, send, parallelism=3)[0]} == {"done"}


def test_listeners_hear_of_each_change_twice_and_of_what_never_began_once() -> None:
    _, heard = carried_out(CHAIN, lambda one: outcome(one, "failed" if one.key.kind == "compute" else "done"))
    started = [str(event.change.key) for event in heard if isinstance(event, Started)]
    finished = {str(event.change.key): event.result.status for event in heard if isinstance(event, Finished)}
    assert sorted(started) == ["compute/cpu", "data/iris", "data/other"]
    assert finished["job/train"] == finished["job/next"] == "skipped"
    assert len(finished) == len(CHAIN.changes)


def test_once_stopped_nothing_new_begins_and_what_is_under_way_is_finished() -> None:
    stop, under_way = threading.Event(), threading.Barrier(2, timeout=30)

    def send(one: Change) -> Result:
        under_way.wait()
        stop.set()
        return outcome(one)

    results, heard = carried_out(CHAIN, send, parallelism=2, stop=stop)
    assert told(results) == {
        "compute/cpu": ("done", ""),
        "data/iris": ("done", ""),
        "data/other": ("skipped", INTERRUPTED),
        "job/train": ("skipped", INTERRUPTED),
        "job/next": ("skipped", "job/train did not succeed"),
    }
    assert sum(isinstance(event, Started) for event in heard) == 2


def test_stopped_before_it_began() -> None:
    stop = threading.Event()
    stop.set()
    results, heard = carried_out(CHAIN, stop=stop)
    assert {each.status for each in results} == {"skipped"}
    assert not any(isinstance(event, Started) for event in heard)


def test_a_bug_is_not_hidden() -> None:
    def broken(_: Change) -> Result:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carried_out(CHAIN, broken)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    names = [f"data/n{number}" for number in range(draw(st.integers(0, 9)))]
    needs = [draw(st.sets(st.sampled_from(names[:at]))) if at else set() for at in range(len(names))]
    made = zip(names, needs, strict=True)
    return plan(*(create(name, *sorted(needed)) for name, needed in made))


@given(plans(), st.integers(1, 4), st.sets(st.integers(0, 8)))
def test_the_laws(made: Plan, parallelism: int, failing: set[int]) -> None:
    lock, going, most, done, sent = threading.Lock(), set[Key](), [0], set[Key](), list[Key]()
    broken = {key(f"data/n{number}") for number in failing}

    def send(one: Change) -> Result:
        with lock:
            assert set(one.depends_on) <= done  # what it needs was there before it began
            sent.append(one.key)
            going.add(one.key)
            most[0] = max(most[0], len(going))
        with lock:
            going.remove(one.key)
            if one.key not in broken:
                done.add(one.key)
        return outcome(one, "failed" if one.key in broken else "done")

    results, _ = carried_out(made, send, parallelism=parallelism)
    found = {each.key: each.status for each in results}
    assert list(found) == [each.key for each in made.changes]
    assert most[0] <= parallelism
    assert len(sent) == len(set(sent))
    for each in made.changes:
        blocked = any(found[needed] != "done" for needed in each.depends_on)
        assert found[each.key] == ("skipped" if blocked else "failed" if each.key in broken else "done")


@pytest.mark.parametrize("status", ["Completed", "Running", "Failed"])
def test_runs_that_already_stand(status: str) -> None:
    cpu, job = resource("compute/cpu", {"type": "amlcompute"}), resource()
    made = make_plan(desired(cpu, job), LiveState(runs=(run_of(job, status),)))
    assert [(str(each.key), each.live_name, each.status) for each in standing(made)] == [
        ("job/train", run_of(job).name, "done")
    ]
