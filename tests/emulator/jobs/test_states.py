"""The table of a job's states."""

from itertools import pairwise

import pytest

from runner.emulator.jobs.states import ACTIVE, CANCELABLE, TERMINAL, TRANSITIONS, IllegalTransitionError, State
from runner.emulator.jobs.states import check_transition as check


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {State.COMPLETED, State.FAILED, State.CANCELED} == TERMINAL
    assert set(State) == ACTIVE | TERMINAL
    assert CANCELABLE <= ACTIVE


@pytest.mark.parametrize("state", sorted(ACTIVE))
def test_every_active_state_can_fail_and_reaches_an_end(state: State) -> None:
    check(state, State.FAILED)
    seen, frontier = {state}, {state}
    while frontier:
        frontier = {following for found in frontier for following in TRANSITIONS[found]} - seen
        seen |= frontier
    assert seen >= TERMINAL


@pytest.mark.parametrize(
    "way",
    [
        "Queued Preparing Running Finalizing Completed",
        "Queued Preparing Failed",
        "Queued Canceled",
        "Queued Preparing CancelRequested Canceled",
        "Queued Preparing Running CancelRequested Canceled",
        "Queued Preparing Running Finalizing CancelRequested Completed",
    ],
)
def test_legal_ways(way: str) -> None:
    states = [State(name) for name in way.split()]
    for before, after in pairwise(states):
        check(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *((terminal, after) for terminal in sorted(TERMINAL) for after in State),
        (State.QUEUED, State.RUNNING),
        (State.QUEUED, State.COMPLETED),
        (State.RUNNING, State.QUEUED),
        (State.RUNNING, State.COMPLETED),
        (State.CANCEL_REQUESTED, State.RUNNING),
    ],
)
def test_illegal_steps(before: State, after: State) -> None:
    with pytest.raises(IllegalTransitionError, match=f"from {before} to {after}"):
        check(before, after)
