"""What left the repository, and what did not."""

from runner.model.live import LiveState
from runner.plan.departures import left
from runner.plan.strays import strays
from tests.builders import desired, key, present, resource

OLD = resource("compute/cpu", {"name": "cpu", "type": "amlcompute"})
RESPELLED = resource("compute/CPU", {"name": "CPU", "type": "amlcompute"})
FOUND = LiveState(computes={"cpu": present(OLD)})


def test_what_no_spec_asks_for_has_left() -> None:
    assert left(desired(), FOUND) == {key("compute/cpu")}


def test_a_compute_whose_name_is_spelled_otherwise_has_not_left() -> None:
    assert left(desired(RESPELLED), FOUND) == set()
    assert strays(desired(RESPELLED), FOUND, (), ()) == ()
