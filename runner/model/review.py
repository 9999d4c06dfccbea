"""What a reviewer is told of a change: what would run, what it can cost, how it went, and whether it got better.

Plain data: the faces gather it, `report` renders it, and a part of it is kept with a comment to finish it later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from runner.model.diagnostics import Diagnostic
from runner.model.gates import Verdict
from runner.model.keys import Key
from runner.model.plan import Plan, Result


class Stage(StrEnum):
    """How far the story of a change is."""

    INVALID = "invalid"  # the specs are wrong
    PLANNED = "planned"
    RUNNING = "running"  # applied, and runs are not over
    FINISHED = "finished"
    ABORTED = "aborted"  # the workflow was canceled; runs may go on


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run can cost at most, in USD; None is unknown, and `how` says why, or how it was reckoned."""

    usd: float | None
    how: str


@dataclass(frozen=True, slots=True)
class Need:
    """What a compute of the specs asks of the region beside what is left there, in words; `short` when too little."""

    key: Key
    text: str
    short: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """The history of one metric: its values in the order of their steps."""

    metric: str
    steps: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """A run and what came of it. `seconds` counts from its start; `tail` holds the last lines of a failed run's log."""

    live_name: str
    status: str
    url: str = ""
    seconds: float | None = None
    error: str = ""
    tail: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    curves: tuple[Curve, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One job of the change: its run, the run of the base's content, and what the gates say of both."""

    key: Key
    head: Trained
    base: Trained | None = None
    gates: tuple[Verdict, ...] = ()
    registered: str = ""  # the model version that the run's output became, as name:version
    unregistered: str = ""  # why it became none, though a rule asks for it and its gates have passed
    reused: bool = False  # nothing had to run: a run of this content was there

    @property
    def passed(self) -> bool:
        """Whether no gate stands against it."""
        return all(verdict.passed for verdict in self.gates)

    @property
    def well(self) -> bool:
        """Whether nothing stands against it, as far as it is known."""
        lost = self.head.status in {"Failed", "Canceled", "NotFound"}
        return not lost and self.passed and not self.unregistered


@dataclass(frozen=True, slots=True)
class Review:
    """All that is told of a change to one target. Without a plan, `diagnostics` say why there is none."""

    target: str
    stage: Stage
    commit: str
    plan: Plan | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    costs: Mapping[Key, Cost] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    trials: tuple[Trial, ...] = ()
    results: tuple[Result, ...] = ()  # of an apply, for what is no run
    url: str = ""  # of the workflow's run
    note: str = ""  # a sentence that has to be said, e.g. why nothing was asked of the workspace

    @property
    def well(self) -> bool:
        """Whether nothing stands against the change, as far as it is known."""
        failed = any(result.status in {"failed", "unknown", "skipped"} for result in self.results)
        bad = any(not trial.well for trial in self.trials)
        return self.stage is not Stage.INVALID and not failed and not bad and (self.plan is None or self.plan.applyable)
