"""What the contents of two commits came to, job by job: the runs side by side, and what made the difference.

Plain data: `comparing` gathers it, `report` renders it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from runner.model.commits import Commit
from runner.model.keys import Key
from runner.model.outcome import Outcome
from runner.model.plan import Reason

Parameter = tuple[str, str | None, str | None]  # its name, before, after; None is absent
Metric = tuple[str, float | None, float | None]  # likewise; None is also what is no number


class Way(StrEnum):
    """What became of a job from one commit to the other."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Ran:
    """The run of a content, and who told of it: the ledger or the workspace. An empty status: nobody knows more."""

    live_name: str
    known_from: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Side:
    """A job at one of the commits: its content, and the run of it, if one is known."""

    digest: str
    parts: Mapping[str, str]
    ran: Ran | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A job at both commits; None where there is no such job. `spec` is what made the difference."""

    key: Key
    base: Side | None
    head: Side | None
    spec: tuple[Reason, ...] = ()

    @property
    def way(self) -> Way:
        """What became of it."""
        if not self.base or not self.head:
            return Way.ADDED if self.head else Way.REMOVED
        return Way.SAME if self.base.digest == self.head.digest else Way.CHANGED

    def parameters(self) -> tuple[Parameter, ...]:
        """Those that differ between two runs that are known."""
        if not (self.base and self.base.ran and self.head and self.head.ran):
            return ()
        before, after = (_outcome(side).parameters for side in (self.base, self.head))
        names = sorted(before.keys() | after.keys())
        return tuple((name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))

    def metrics(self) -> tuple[Metric, ...]:
        """All of both runs."""
        before, after = (_outcome(side).metrics for side in (self.base, self.head))
        return tuple((name, before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys()))


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two commits side by side on one target.

    `asked` names what the workspace was asked for, `unknown` says what could not be found out, and why.
    """

    target: str
    base: Commit
    head: Commit
    pairs: tuple[Pair, ...]
    asked: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def _outcome(side: Side | None) -> Outcome:
    return side.ran.outcome if side and side.ran else Outcome("")
