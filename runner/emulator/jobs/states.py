"""The states of a job and the legal transitions: one table, which knows neither records nor execution."""

from enum import StrEnum


class State(StrEnum):
    """The service's words. It has more of them; these are the ones that jobs pass here."""

    NOT_STARTED = "NotStarted"  # a pipeline's step that waits for others
    QUEUED = "Queued"
    PREPARING = "Preparing"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.NOT_STARTED: frozenset({State.QUEUED, State.CANCELED, State.FAILED}),
    State.QUEUED: frozenset({State.PREPARING, State.CANCELED, State.FAILED}),
    State.PREPARING: frozenset({State.RUNNING, State.CANCEL_REQUESTED, State.FAILED}),
    State.RUNNING: frozenset({State.FINALIZING, State.CANCEL_REQUESTED, State.FAILED}),
    State.FINALIZING: frozenset({State.COMPLETED, State.FAILED, State.CANCEL_REQUESTED}),
    # A request to cancel may come too late: a process that had already ended keeps its own result.
    State.CANCEL_REQUESTED: frozenset({State.CANCELED, State.COMPLETED, State.FAILED}),
    State.COMPLETED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELED: frozenset(),
}
TERMINAL = frozenset(state for state, following in TRANSITIONS.items() if not following)
ACTIVE = frozenset(State) - TERMINAL
WAITING = frozenset({State.NOT_STARTED, State.QUEUED})  # nobody has begun to carry it out
CANCELABLE = ACTIVE - {State.CANCEL_REQUESTED}


class IllegalTransitionError(Exception):
    """A bug of ours: the code asked for a step that the table does not have."""


def check_transition(before: State, after: State) -> None:
    if after not in TRANSITIONS[before]:
        raise IllegalTransitionError(f"a job cannot go from {before} to {after}")
