"""The states of a run, and what each means for us. The service's states are in docs/azure-ml.md."""

import re
from enum import StrEnum

COMPLETED = "Completed"
FAILED = frozenset({"Failed", "Canceled"})
TERMINAL = frozenset({COMPLETED}) | FAILED
# A run that we canceled because a newer one took its place carries this tag: the name of the newer one.
SUPERSEDED = "aml.superseded_by"


class Phase(StrEnum):
    """What a run's status comes down to."""

    ACTIVE = "active"  # also NotResponding and Paused, which can recover, and states we have never heard of
    COMPLETED = "completed"
    FAILED = "failed"


class Cause(StrEnum):
    """Why a run failed, as far as the service's words tell."""

    TIMEOUT = "timeout"
    PREEMPTED = "preempted"
    INFRASTRUCTURE = "infrastructure"
    OTHER = "other"  # the user's own code, or nothing we know: never a reason to run again


# Azure ML names the codes; its messages vary. The embedded workspace's own codes are among them.
_TIMEOUT = re.compile(
    r"JobTimedOut|MaxRunDuration|timed? ?out after|exceeded (its |the )?max\w* (run )?(duration|time)", re.IGNORECASE
)
_PREEMPTED = re.compile(r"Preempt", re.IGNORECASE)
_INFRASTRUCTURE = re.compile(
    r"\b(ServiceError|SystemError|InternalServerError|WorkspaceStopped|NodeLost|NodeFailure)\b"
)


def phase(status: str) -> Phase:
    """A state the service adds tomorrow counts as active: never a reason to run again."""
    if status == COMPLETED:
        return Phase.COMPLETED
    return Phase.FAILED if status in FAILED else Phase.ACTIVE


def cause(code: str, message: str) -> Cause:
    """Why a run failed, from the error code and the message that run history keeps of it.

    The message may quote the user's own output, so only what no program prints by accident is looked for in it.
    """
    if _TIMEOUT.search(code) or _TIMEOUT.search(message):
        return Cause.TIMEOUT
    if _PREEMPTED.search(code) or "PreemptionError" in message:
        return Cause.PREEMPTED
    return Cause.INFRASTRUCTURE if _INFRASTRUCTURE.search(code) else Cause.OTHER
