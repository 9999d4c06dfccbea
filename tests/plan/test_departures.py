"""What left the repository, and what did not."""

from runner.model.live import LiveState
from runner.model.rules import DEFAULT
from runner.plan.departures import left
from runner.plan.planner import make_plan
from runner.plan.strays import strays
from tests.builders import desired, key, present, resource

OLD = resource("compute/cpu", {"name": "cpu", "type": "amlcompute"})
RESPELLED = resource("compute/CPU", {"name": "CPU", "type": "amlcompute"})
FOUND = LiveState(computes={"cpu": present(OLD)})


def test_what_no_spec_asks_for_has_left() -> None:
    assert left(desired(), FOUND) == {key("compute/cpu")}


def test_what_is_not_chosen_is_left() -> None:
    new = resource("compute/new", {"name": "new", "type": "amlcompute"})
    found = LiveState(computes={"cpu": present(OLD), "new": present(new)})
    gone = {OLD.key: DEFAULT}
    assert make_plan(desired(new), FOUND, left=gone, selected=frozenset()).empties
    assert not make_plan(desired(new), found, left=gone, selected=frozenset()).empties


def test_a_compute_whose_name_is_spelled_otherwise_has_not_left() -> None:
    assert left(desired(RESPELLED), FOUND) == set()
    assert strays(desired(RESPELLED), FOUND, (), ()) == ()
