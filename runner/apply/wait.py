"""Waits for runs with our own state machine: a run is over when its state is terminal, and not before."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from runner.azureml import runs
from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.model.events import Listener, RunBuilding, RunLogged, RunMoved
from runner.model.plan import Result
from runner.model.runs import COMPLETED, TERMINAL

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0  # seconds between two looks; it grows with the time already waited


@dataclass(slots=True)
class Tail:
    """Reads a log that grows, line by line."""

    read: int = 0  # bytes already read
    rest: bytes = b""  # the start of a line whose end is not there yet

    def lines(self, rest: Rest, url: str | None, *, over: bool) -> list[str]:
        """The lines that are new; when the run is `over` also a last one without an end."""
        if not url:
            return []
        new = rest.text(url, self.read)
        self.read += len(new)
        *whole, self.rest = (self.rest + new).split(b"\n")
        if over and self.rest:
            whole, self.rest = [*whole, self.rest], b""
        return [runs.line(raw) for raw in whole]


@dataclass(slots=True)
class _Watched:
    result: Result
    status: str = ""
    build: Tail = field(default_factory=Tail)
    user: Tail = field(default_factory=Tail)
    phases: dict[str, float] = field(default_factory=dict)  # status -> seconds it lasted, as seen from here
    since: float = 0.0


def wait(
    rest: Rest,
    results: Iterable[Result],
    listener: Listener,
    stop: Event,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> list[Result]:
    """The results with `run` filled in, once every one of their runs is over, or `stop` is set."""
    began = clock()
    watched = [_Watched(result, since=began) for result in results]
    open_ = list(watched)
    while open_:
        for one in open_:
            _look(rest, one, listener, began, clock())
        open_ = [one for one in open_ if one.status not in TERMINAL]
        if open_ and stop.wait(min(LONGEST_PAUSE, max(FIRST_PAUSE, (clock() - began) / 50))):
            break
    return [_finished(rest, one) for one in watched]


def _look(rest: Rest, one: _Watched, listener: Listener, began: float, now: float) -> None:
    name = one.result.live_name
    found = runs.details(rest, name)
    if found is None:
        raise ServiceError(f"the run {name} is gone: somebody deleted it while we waited", status=404)
    if found.status in TERMINAL:  # the last lines come before the last word
        _tail(rest, one, found, listener)
    if found.status != one.status:
        if one.status:
            one.phases[one.status] = one.phases.get(one.status, 0.0) + now - one.since
        one.status, one.since = found.status, now
        listener(RunMoved(one.result.key, name, found.status, now - began))
    _tail(rest, one, found, listener)


def _tail(rest: Rest, one: _Watched, found: runs.Details, listener: Listener) -> None:
    over, key = found.status in TERMINAL, one.result.key
    for line in one.build.lines(rest, (found.logs or {}).get(found.build_log), over=over):
        listener(RunBuilding(key, line))
    for line in one.user.lines(rest, (found.logs or {}).get(found.user_log), over=over):
        listener(RunLogged(key, line))


def _finished(rest: Rest, one: _Watched) -> Result:
    seconds = {status: round(seconds, 1) for status, seconds in one.phases.items()}
    result = settled(rest, one.result)
    return replace(result, run={**result.run, "seconds": seconds})


def settled(rest: Rest, result: Result) -> Result:
    """The result with the outcome of its run, which is over."""
    run = outcome(rest, result.live_name)
    return replace(result, run=run, error="" if run["status"] == COMPLETED else str(run["error"]))


def outcome(rest: Rest, name: str) -> dict[str, Any]:
    """Where a run stands: status, error, times and metrics."""
    found = runs.details(rest, name)
    if found is None:
        return {"status": "NotFound", "error": f"there is no run {name}", "metrics": {}}
    return {
        "status": found.status,
        "error": found.error or ("canceled on request" if found.status == "Canceled" else ""),
        "created_at": found.created_at,
        "started_at": found.started_at,
        "ended_at": found.ended_at,
        "metrics": runs.metrics(rest, name) if found.status in TERMINAL else {},
    }
