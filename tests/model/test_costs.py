"""What a job can cost at most, and what is not known."""

from typing import Any

import pytest

from runner.model.costs import Price, cost

SIZES = {
    "cpu": Price(0.5, "Standard_DS3_v2"),
    "gpu": Price(None, "there is no price for Standard_ND96"),
    "": Price(None, "?"),
}
TIMED = {"compute": "azureml:cpu", "limits": {"timeout": 7200}}
SWEEP = {"type": "sweep", "compute": "cpu", "trial": {"resources": {"instance_count": 2}}}


def priced(compute: str, size: str) -> Price:
    return Price(1.0, size) if size else SIZES[compute]


@pytest.mark.parametrize(
    ("job", "usd", "how"),
    [
        (TIMED, 1.0, "1 node of Standard_DS3_v2 x 2 h x 0.5 USD"),
        ({**TIMED, "resources": {"instance_count": 4}}, 4.0, "4 nodes of Standard_DS3_v2 x 2 h x 0.5 USD"),
        ({"compute": "cpu"}, None, "no time limit is stated (limits.timeout)"),
        ({**TIMED, "compute": "azureml:gpu"}, None, "there is no price for Standard_ND96"),
        ({**TIMED, "compute": "serverless", "resources": {"instance_type": "X"}}, 2.0, "1 node of X x 2 h x 1 USD"),
        (
            {**TIMED, "resources": {"instance_count": "${{parent.inputs.n}}"}},
            None,
            "how many nodes it takes is an input",
        ),
        ({**TIMED, "limits": {"timeout": "${{parent.inputs.t}}"}}, None, "no time limit is stated (limits.timeout)"),
        (
            {**SWEEP, "limits": {"max_total_trials": 10, "trial_timeout": 360}},
            1.0,
            "10 trials x 2 nodes of Standard_DS3_v2 x 0.1 h x 0.5 USD",
        ),
        (
            {
                **SWEEP,
                "limits": {"max_total_trials": 10, "trial_timeout": 3600, "max_concurrent_trials": 2, "timeout": 3600},
            },
            2.0,
            "2 trials x 2 nodes of Standard_DS3_v2 x 1 h x 0.5 USD",
        ),
        (
            {**SWEEP, "limits": {"max_total_trials": 10}},
            None,
            "no time limit is stated (limits.trial_timeout and max_total_trials)",
        ),
        ({"type": "pipeline", "jobs": {"a": TIMED, "b": TIMED}}, 2.0, "2 steps"),
        (
            {
                "type": "pipeline",
                "settings": {"default_compute": "azureml:cpu"},
                "jobs": {"a": {"component": {"type": "command"}, "limits": {"timeout": 3600}}},
            },
            0.5,
            "1 step",
        ),
        (
            {"type": "pipeline", "jobs": {"a": TIMED, "b": {"component": "azureml:other:1", "compute": "cpu"}}},
            None,
            "b: no time limit is stated (limits.timeout)",
        ),
        ({"type": "pipeline"}, None, "it has no steps"),
        (
            {"type": "automl", "compute": "cpu", "limits": {"timeout_minutes": 60}},
            0.5,
            "1 node of Standard_DS3_v2 x 1 h x 0.5 USD",
        ),
        ({"type": "finetuning"}, None, "a finetuning job states no limits"),
    ],
)
def test_the_most_that_a_job_can_cost(job: dict[str, Any], usd: float | None, how: str) -> None:
    found = cost(job, priced)
    assert (found.usd, found.how) == (usd, how)
