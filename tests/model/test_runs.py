"""What a status comes down to."""

import pytest

from runner.model.runs import TERMINAL, Phase, phase

ACTIVE = [
    *("NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Running", "Finalizing", "CancelRequested"),
    *("NotResponding", "Paused", "Unknown", "", "SomethingNew"),
]


@pytest.mark.parametrize("status", ACTIVE)
def test_active_also_what_can_recover_and_what_we_never_heard_of(status: str) -> None:
    assert phase(status) is Phase.ACTIVE
    assert status not in TERMINAL


@pytest.mark.parametrize(
    ("status", "expected"), [("Completed", Phase.COMPLETED), ("Failed", Phase.FAILED), ("Canceled", Phase.FAILED)]
)
def test_over(status: str, expected: Phase) -> None:
    assert phase(status) is expected
    assert status in TERMINAL
