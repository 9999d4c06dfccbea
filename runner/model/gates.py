"""Gates: what the metrics of a run must say for a change to be good enough, and which way of a metric is better."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Goal(StrEnum):
    """Which way a metric is better; in the words of sweep jobs."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"


# How words end of which the usual names of metrics are made: those of scikit-learn, LightGBM, Keras and Azure's AutoML.
_LOWER = ("loss", "error", "mae", "mse", "rmse", "rmsle", "mape", "perplexity", "deviance", "regret")
_HIGHER = (
    *("accuracy", "acc", "auc", "auroc", "f1", "precision", "recall", "r2"),
    *("ndcg", "map", "iou", "dice", "bleu", "rouge"),
)
_BETWEEN_WORDS = re.compile(r"[-_./\s]+")


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition on one metric's last value. A bound that is None is none; `tolerance` is in the metric's unit."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    no_worse_than_base: bool = False
    tolerance: float = 0.0
    goal: Goal | None = None

    @property
    def direction(self) -> Goal | None:
        """Which way is better, as far as the gate or the metric's name tells."""
        if self.goal:
            return self.goal
        if (self.at_least is None) != (self.at_most is None):
            return Goal.MINIMIZE if self.at_least is None else Goal.MAXIMIZE
        return direction(self.metric)

    def __str__(self) -> str:
        bounds = [
            f"at least {self.at_least:g}" if self.at_least is not None else "",
            f"at most {self.at_most:g}" if self.at_most is not None else "",
            "no worse than base" if self.no_worse_than_base else "",
        ]
        allowed = f" (tolerance {self.tolerance:g})" if self.tolerance else ""
        return f"{self.metric} {', '.join(filter(None, bounds))}{allowed}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a gate. `why` says it in words."""

    gate: Gate
    passed: bool
    why: str
    value: float | None = None
    base: float | None = None


def direction(metric: str) -> Goal | None:
    """Which way of a metric is better by its name; None where the name does not tell."""
    words = _BETWEEN_WORDS.split(metric.lower())
    lower, higher = (any(word.endswith(ends) for word in words) for ends in (_LOWER, _HIGHER))
    return None if lower == higher else Goal.MINIMIZE if lower else Goal.MAXIMIZE


def is_better(goal: Goal, value: float, base: float) -> bool:
    """Whether a value is strictly better than the base's."""
    return value < base if goal is Goal.MINIMIZE else value > base


def judge(gate: Gate, metrics: Mapping[str, float], base: Mapping[str, float] | None) -> Verdict:
    """Whether a completed run's metrics pass. `base` is None when no run of the base's content is there.

    A metric that was not logged, or is no number, fails. Without a base nothing can be worse than it.
    """
    value = metrics.get(gate.metric)
    before = (base or {}).get(gate.metric)
    if value is None:
        return Verdict(gate, passed=False, why=f"the run logged no {gate.metric}", base=before)
    problems = [*_bounds(gate, value), *_worse(gate, value, before)]
    known = "" if not gate.no_worse_than_base or before is not None else "; there is no base to compare with"
    why = "; ".join(problems) if problems else f"{value:.4g}{known}"
    return Verdict(gate, passed=not problems, why=why, value=value, base=before)


def _bounds(gate: Gate, value: float) -> list[str]:
    if math.isnan(value):
        return ["is no number"]
    found = []
    if gate.at_least is not None and value < gate.at_least - gate.tolerance:
        found.append(f"{value:.4g} is below {gate.at_least:g}")
    if gate.at_most is not None and value > gate.at_most + gate.tolerance:
        found.append(f"{value:.4g} is above {gate.at_most:g}")
    return found


def _worse(gate: Gate, value: float, base: float | None) -> list[str]:
    if not gate.no_worse_than_base or base is None or gate.direction is None:
        return []
    by = value - base if gate.direction is Goal.MINIMIZE else base - value
    return [f"{value:.4g} is worse than the base's {base:.4g}"] if by > gate.tolerance else []
