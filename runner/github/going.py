"""An apply under way, and what is told of it while it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from runner.engine import Session
from runner.github import opening
from runner.github.publish import Publisher
from runner.model.diagnostics import Diagnostic
from runner.model.events import RunMoved
from runner.model.gates import Gate
from runner.model.keys import Key
from runner.model.plan import Action, Plan
from runner.model.review import Review, Trained, Trial
from runner.model.runs import COMPLETED, TERMINAL
from runner.recording import Occasion

EVERY = timedelta(seconds=15)  # between two updates of a comment while nothing but time passes


@dataclass
class Going:
    """What is told so far, and where."""

    publisher: Publisher
    session: Session
    told: Review
    gates: Mapping[Key, tuple[Gate, ...]]
    occasion: Occasion
    warnings: list[Diagnostic] = field(default_factory=list)  # of the ledger: they stop nothing
    last: datetime = field(default_factory=opening.now)

    def publish(self, found: Review) -> None:
        """Tells how it stands."""
        self.told, self.last = found, opening.now()
        self.publisher.review(found, self.gates)

    def moved(self, event: RunMoved) -> None:
        """A run has another status. That it is over is told with its metrics, by whoever waits for it."""
        self.told = replace(self.told, trials=tuple(_moved(trial, event) for trial in self.told.trials))
        if event.status not in TERMINAL and opening.now() - self.last >= EVERY:
            self.publish(self.told)


def _moved(trial: Trial, event: RunMoved) -> Trial:
    if trial.head.live_name != event.live_name:
        return trial
    return replace(trial, head=replace(trial.head, status=event.status, seconds=event.seconds))


def waiting(made: Plan, heads: Mapping[Key, str], bases: Mapping[Key, str]) -> tuple[Trial, ...]:
    """What a plan's runs are before they begin; `heads` and `bases` are live names."""
    changes = {change.key: change for change in made.changes}
    return tuple(
        Trial(
            key,
            head=Trained(name, changes[key].run_status or "NotStarted"),
            base=Trained(bases[key], COMPLETED) if key in bases else None,
            reused=changes[key].action is not Action.RUN,
        )
        for key, name in heads.items()
    )
