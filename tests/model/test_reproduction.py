"""Metrics of a run beside those of the first one: what counts as the same."""

import pytest

from runner.model.outcome import Outcome
from runner.model.reproduction import Again, is_close


@pytest.mark.parametrize(
    ("before", "now", "tolerance", "same"),
    [
        (0.5, 0.5, 0.0, True),
        (0.5, 0.5000001, 1e-6, True),
        (0.5, 0.50001, 1e-6, False),
        (0.5, 0.50001, 1e-3, True),
        (0.0, 0.0, 0.0, True),
        (0.0, 1e-12, 1e-6, False),
        (-1.0, 1.0, 1.0, False),
        (None, None, 0.0, True),
        (None, 0.5, 1.0, False),
        (0.5, None, 1.0, False),
    ],
)
def test_two_values(before: float | None, now: float | None, tolerance: float, same: bool) -> None:
    assert is_close(before, now, tolerance) is same


def test_nothing_to_compare_with_is_not_the_same() -> None:
    def again(first: str) -> Again:
        return Again("x", "local", first, Outcome("Completed"), (("loss", 1.0, 1.0),), 0.0)

    assert again("Completed").within
    assert not again("").within
