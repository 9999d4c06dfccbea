"""The states of a run, and what each means for us. The service's states are in docs/azure-ml.md."""

from enum import StrEnum

COMPLETED = "Completed"
FAILED = frozenset({"Failed", "Canceled"})
TERMINAL = frozenset({COMPLETED}) | FAILED


class Phase(StrEnum):
    """What a run's status comes down to."""

    ACTIVE = "active"  # also NotResponding and Paused, which can recover, and states we have never heard of
    COMPLETED = "completed"
    FAILED = "failed"


def phase(status: str) -> Phase:
    """A state the service adds tomorrow counts as active: never a reason to run again."""
    if status == COMPLETED:
        return Phase.COMPLETED
    return Phase.FAILED if status in FAILED else Phase.ACTIVE
