"""A run, and how far its content can be had again: plain data, which `reproducing` gathers and `report` renders."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.model.commits import Commit
from runner.model.keys import Key
from runner.model.outcome import Outcome
from runner.model.plan import Reason


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of a run. `known_from` is ledger or workspace; its `commit` is bare."""

    key: Key
    live_name: str
    target: str
    commit: str
    dirty: bool
    digest: str
    scheme: str
    known_from: str
    outcome: Outcome
    pull_request: int | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # of those that were sent; the workspace alone has them
    resolved: Mapping[str, str] = field(default_factory=dict)  # what others' labels stood for


@dataclass(frozen=True, slots=True)
class Floating:
    """A reference that may stand for something else tomorrow. Empty: nobody wrote it down, or nobody was asked."""

    field: str
    reference: str
    before: str = ""
    now: str = ""

    @property
    def moved(self) -> bool:
        """Whether it is known to stand for something else by now."""
        return bool(self.before and self.now) and self.before != self.now


@dataclass(frozen=True, slots=True)
class Unpinned:
    """A package whose version the environment leaves open, and the one that the run had, if its model says so."""

    name: str
    stated: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """Data under a path that may hold something else tomorrow, and when that changed last, if a server tells."""

    field: str
    path: str
    changed_at: str = ""
    moved: bool = False  # it has changed since the run began


@dataclass(frozen=True, slots=True)
class Now:
    """What the commit that is checked out makes of the job. `same` is None when nobody can say, and `why` says it."""

    commit: Commit
    same: bool | None
    moved: tuple[Reason, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Whether the commit of a run still gives the content that was trained, and what else it depended on."""

    record: Record
    commit: Commit
    reproduced: bool
    now: Now
    why: tuple[str, ...] = ()  # not reproduced: what is the likely reason
    differing: tuple[Reason, ...] = ()  # not reproduced: the parts and files that differ
    floating: tuple[Floating, ...] = ()
    packages: tuple[Unpinned, ...] = ()
    data: tuple[Unaddressed, ...] = ()
    had: Mapping[str, str] = field(default_factory=dict)  # the packages of the run, as far as its model says
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """The run that was trained again, beside the one that it reproduces. `first` is how that one ended, if it is known.

    `packages` are those that differ: name, before, now; None is absent.
    """

    live_name: str
    target: str
    first: str
    outcome: Outcome
    metrics: tuple[tuple[str, float | None, float | None], ...]
    tolerance: float
    packages: tuple[tuple[str, str | None, str | None], ...] = ()

    @property
    def within(self) -> bool:
        """Whether every metric is known to be as it was."""
        return bool(self.first) and all(is_close(before, now, self.tolerance) for _, before, now in self.metrics)


def is_close(before: float | None, now: float | None, tolerance: float) -> bool:
    """Whether two values of a metric differ by no more than that share of the larger one; what is no number is one."""
    if before is None or now is None:
        return before is now
    return abs(before - now) <= tolerance * max(abs(before), abs(now))
