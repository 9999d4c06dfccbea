"""What happens while we work, as data: the faces choose how to show it."""

from collections.abc import Callable
from dataclasses import dataclass

from runner.model.keys import Key
from runner.model.plan import Change, Result


@dataclass(frozen=True, slots=True)
class Working:
    """Something that takes a moment, e.g. "reading the workspace"."""

    text: str


@dataclass(frozen=True, slots=True)
class Started:
    """Apply began with a change."""

    change: Change


@dataclass(frozen=True, slots=True)
class Finished:
    """Apply is through with a change."""

    change: Change
    result: Result


@dataclass(frozen=True, slots=True)
class RunMoved:
    """An awaited run has a new status. `seconds` counts from when we began to wait."""

    key: Key
    live_name: str
    status: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RunLogged:
    """An awaited run wrote a line to its log."""

    key: Key
    line: str


@dataclass(frozen=True, slots=True)
class RunBuilding:
    """The environment of an awaited run is being built; a line of what the builder says."""

    key: Key
    line: str


Event = Working | Started | Finished | RunMoved | RunLogged | RunBuilding
Listener = Callable[[Event], None]
