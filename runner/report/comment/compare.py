"""Metrics of a run against those of the base: which count, and whether it got better."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from runner.model.gates import Gate, Goal, direction, is_better
from runner.model.review import Trial


class Way(StrEnum):
    """What became of a metric, or of several."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "better and worse"
    SAME = "as good as before"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a run, and the base's."""

    name: str
    value: float | None
    base: float | None
    goal: Goal | None
    gated: bool

    @property
    def training(self) -> bool:
        """Whether it was taken on what the model learned from: learning that by heart is no better."""
        return self.name.lower().startswith(("train-", "train_", "train/", "training"))

    @property
    def way(self) -> Way | None:
        """Better or worse; None where there is nothing to compare, or no telling which way is better."""
        if self.value is None or self.base is None or not math.isfinite(self.value) or not math.isfinite(self.base):
            return None
        if math.isclose(self.value, self.base, rel_tol=1e-9):
            return Way.SAME
        if self.goal is None:
            return None
        return Way.BETTER if is_better(self.goal, self.value, self.base) else Way.WORSE


def metrics(trial: Trial) -> list[Metric]:
    """All metrics of a trial: gated ones first as the gates stand, then those that can be judged, then the rest."""
    gates: dict[str, Gate] = {}
    for verdict in trial.gates:
        gates.setdefault(verdict.gate.metric, verdict.gate)
    base = trial.base.metrics if trial.base else {}
    names = {*trial.head.metrics, *base, *gates} if trial.head.metrics else {*gates}
    found = [_metric(trial, name, gates.get(name)) for name in names]
    rank = {name: place for place, name in enumerate(gates)}
    return sorted(found, key=lambda each: (rank.get(each.name, len(rank)), each.goal is None, each.training, each.name))


def _metric(trial: Trial, name: str, gate: Gate | None) -> Metric:
    base = trial.base.metrics.get(name) if trial.base else None
    return Metric(name, trial.head.metrics.get(name), base, gate.direction if gate else direction(name), bool(gate))


def deciding(trial: Trial) -> list[Metric]:
    """The metrics that say whether a trial is better: the gated ones, else all that were not taken in training."""
    found = metrics(trial)
    for chosen in ([m for m in found if m.gated], [m for m in found if not m.training], found):
        if any(metric.way for metric in chosen):
            return [metric for metric in chosen if metric.way]
    return []


def together(ways: Iterable[Way | None]) -> Way | None:
    """What several come to; None when nothing could be compared."""
    known = {way for way in ways if way}
    if Way.MIXED in known or known >= {Way.BETTER, Way.WORSE}:
        return Way.MIXED
    return next((way for way in (Way.BETTER, Way.WORSE, Way.SAME) if way in known), None)


def way(trial: Trial) -> Way | None:
    """What a trial comes to."""
    return together(metric.way for metric in deciding(trial))
