"""What a status comes down to."""

import pytest

from runner.model.runs import TERMINAL, Cause, Phase, cause, phase

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


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("JobTimedOut", "the run timed out after 60 s (limits.timeout)", Cause.TIMEOUT),
        ("JobTimedOut", "", Cause.TIMEOUT),
        ("", "Job exceeded its maximum run duration", Cause.TIMEOUT),
        ("", "exceeded MaxRunDuration of 00:10:00", Cause.TIMEOUT),
        ("UserError", "Job timed out after 600 seconds", Cause.TIMEOUT),
        ("VmPreempted", "", Cause.PREEMPTED),
        ("SystemError", "PreemptionError: the node was taken", Cause.PREEMPTED),
        ("ServiceError", "", Cause.INFRASTRUCTURE),
        ("SystemError", "disk", Cause.INFRASTRUCTURE),
        ("WorkspaceStopped", "the workspace stopped while it ran", Cause.INFRASTRUCTURE),
        ("NodeLost", "", Cause.INFRASTRUCTURE),
        ("UserError", "the command ended with exit code 1", Cause.OTHER),
        # What a program prints must not make us run it again.
        ("UserError", "SystemError: something in the user's own code", Cause.OTHER),
        ("UserError", "this thread was preempted", Cause.OTHER),
        ("UserError", "ServiceError", Cause.OTHER),
        ("UserServiceErrors", "", Cause.OTHER),
        ("", "", Cause.OTHER),
    ],
)
def test_causes(code: str, message: str, expected: Cause) -> None:
    assert cause(code, message) is expected
