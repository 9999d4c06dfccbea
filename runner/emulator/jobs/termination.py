"""Early termination: which of a sweep's running trials do so badly that they are stopped. Pure functions.

The n-th value that a trial logs of the primary metric is its interval n. A policy looks at a trial at each interval
that is a multiple of `evaluationInterval`, from `delayEvaluation` on.
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

Histories = Mapping[str, Sequence[float]]  # trial -> its values of the primary metric so far; larger is better
Verdict = Callable[[Mapping[str, Any], Histories, str, int], bool]


def to_stop(policy: Mapping[str, Any], goal: str, histories: Histories, running: Sequence[str]) -> list[str]:
    """The running trials that the policy would stop. `policy` is as the wire writes it."""
    sign = 1.0 if goal == "maximize" else -1.0
    better = {name: [sign * value for value in values] for name, values in histories.items() if values}
    verdict = POLICIES[policy["policyType"]]
    return [
        name
        for name in running
        if name in better
        for interval in [_last_looked_at(policy, len(better[name]))]
        if interval and verdict(policy, better, name, interval)
    ]


def _last_looked_at(policy: Mapping[str, Any], reached: int) -> int:
    """The last interval of a trial at which the policy looks; 0 if there was none yet."""
    every = int(policy.get("evaluationInterval") or 1)
    last = reached // every * every
    return last if last >= int(policy.get("delayEvaluation") or 0) else 0


def _bandit(policy: Mapping[str, Any], histories: Histories, trial: str, interval: int) -> bool:
    """Further from the best of all trials than the slack allows."""
    best = max(max(values[:interval]) for values in histories.values())
    factor, amount = float(policy.get("slackFactor") or 0), float(policy.get("slackAmount") or 0)
    # A share of the best value's size, whatever its sign: down to best / (1 + factor) where larger is better.
    share = abs(best) * factor if best < 0 else best - best / (1 + factor)
    return max(histories[trial][:interval]) < best - (share if factor else amount)


def _median_stopping(_: Mapping[str, Any], histories: Histories, trial: str, interval: int) -> bool:
    """Its best is worse than the median of all trials' running averages."""
    averages = [fmean(values[:interval]) for values in histories.values()]
    return max(histories[trial][:interval]) < median(averages)


def _truncation_selection(policy: Mapping[str, Any], histories: Histories, trial: str, interval: int) -> bool:
    """Among the worst share of the trials that came as far."""
    bests = sorted(max(values[:interval]) for values in histories.values() if len(values) >= interval)
    share = int(policy.get("truncationPercentage") or 0)
    cut = len(bests) * share // 100
    return cut > 0 and max(histories[trial][:interval]) <= bests[cut - 1] and bests[cut - 1] < bests[-1]


POLICIES: Mapping[str, Verdict] = {
    "Bandit": _bandit,
    "MedianStopping": _median_stopping,
    "TruncationSelection": _truncation_selection,
}
