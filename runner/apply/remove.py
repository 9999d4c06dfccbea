"""Takes away what a plan deletes, and makes anew what it replaces: gone first, then created, then read back."""

import time
from collections.abc import Callable

from runner.apply.confirm import gone
from runner.azureml.rest import Rest
from runner.azureml.writer import Writer
from runner.errors import ServiceError
from runner.model.keys import Kind
from runner.model.plan import Change

_PAUSES = (0.2, 1.0, 5.0, *(10.0,) * 60)  # seconds between two looks: ten minutes, and then it is a failure


def remove(writer: Writer, change: Change) -> None:
    """Deletes what changes in place, archives versions, or cancels runs. Raises ServiceError."""
    kind = change.key.kind
    if kind is Kind.JOB:
        for name in change.removes:
            writer.stop(name)
    elif kind.versioned:
        for live_name in change.removes:
            name, _, version = live_name.rpartition(":")
            writer.archive(kind, name, version)
    else:
        writer.delete(kind, change.live_name)


def await_gone(rest: Rest, change: Change, sleep: Callable[[float], None] = time.sleep) -> None:
    """Returns when the service has forgotten it: what is created under its name before has given the old one back."""
    for pause in _PAUSES:
        if gone(rest, change):
            return
        sleep(pause)
    raise ServiceError(f"{change.key} is still there, minutes after its deletion; apply again when it is gone")
