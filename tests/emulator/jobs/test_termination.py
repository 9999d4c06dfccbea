"""Early termination policies on made-up histories."""

from typing import Any

import pytest

from runner.emulator.jobs.termination import to_stop

HISTORIES = {"a": [1, 5, 9], "b": [1, 4, 8.5], "c": [1, 2, 3], "d": [2, 2], "e": []}


def policy(kind: str, every: int = 1, delay: int = 0, **rest: Any) -> dict[str, Any]:
    return {"policyType": kind, "evaluationInterval": every, "delayEvaluation": delay, **rest}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (policy("Bandit", slackFactor=0.1), ["c", "d"]),
        (policy("Bandit", slackFactor=0.1, slackAmount=0), ["c", "d"]),
        (policy("Bandit", slackAmount=3.5), ["c"]),  # d at interval 2: 2 against the best 5
        (policy("Bandit", slackFactor=0.05), ["b", "c", "d"]),
        (policy("Bandit", slackFactor=0.1, delay=3), ["c"]),
        (policy("Bandit", slackFactor=0.1, delay=4), []),
        (policy("Bandit", slackFactor=0.1, every=2), ["b", "c", "d"]),
        (policy("Bandit", slackFactor=0.1, every=4), []),
        (policy("MedianStopping"), ["c", "d"]),
        (policy("TruncationSelection", truncationPercentage=34), ["c", "d"]),
        (policy("TruncationSelection", truncationPercentage=20), []),
        (policy("TruncationSelection", truncationPercentage=0), []),
    ],
)
def test_who_is_stopped(found: dict[str, Any], expected: list[str]) -> None:
    assert to_stop(found, "maximize", HISTORIES, tuple(HISTORIES)) == expected
    mirrored = {name: [-value for value in values] for name, values in HISTORIES.items()}
    if "slackFactor" not in found:  # a factor is no mirror: it is a share of the best value
        assert to_stop(found, "minimize", mirrored, tuple(HISTORIES)) == expected


def test_a_loss_may_be_that_much_larger() -> None:
    histories = {"best": [0.50], "near": [0.54], "far": [0.56]}
    assert to_stop(policy("Bandit", slackFactor=0.1), "minimize", histories, tuple(histories)) == ["far"]


def test_only_running_trials_are_stopped_and_ended_ones_count() -> None:
    found = to_stop(policy("Bandit", slackFactor=0.1), "maximize", HISTORIES, ("d",))
    assert found == ["d"]
    assert to_stop(policy("MedianStopping"), "maximize", {"a": [3], "b": [3]}, ("a", "b")) == []
