"""Sweeps end to end: trials are processes of their own, the best one is found, and failures have rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from azure.ai.ml import Input, command, load_component
from azure.ai.ml.exceptions import JobException
from azure.ai.ml.sweep import Choice

from tests.emulator.conftest import until
from tests.emulator.jobs.conftest import children, mlflow_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azure.ai.ml import MLClient
    from azure.ai.ml.entities import Job

    from tests.emulator.conftest import Api

pytestmark = pytest.mark.e2e
SWEEP = """
type: sweep
experiment_name: sweeps
trial:
  code: ./src
  command: python main.py ${{search_space.x}} ${{inputs.base}} ${{outputs.model}}
  environment: azureml:plain:1
  environment_variables: {MODE: fast}
inputs: {base: 10}
outputs:
  model: {type: uri_folder}
sampling_algorithm: grid
search_space:
  x: {type: choice, values: [3, 1, 2]}
objective: {goal: minimize, primary_metric: loss}
limits: {max_total_trials: 10, max_concurrent_trials: 2}
"""
MAIN = """
import os, pathlib, sys
from metric import log_metric
x, base = int(sys.argv[1]), int(sys.argv[2])
assert os.environ["MODE"] == "fast"
log_metric("loss", base + x + 5)
log_metric("loss", base + x, step=1)
pathlib.Path(sys.argv[3], "m.txt").write_text(f"model of {x}")
"""


def properties(api: Api, name: str) -> dict[str, str]:
    found: dict[str, str] = api.get(f"jobs/{name}")["properties"]["properties"]
    return found


def test_a_grid(ml_client: MLClient, api: Api, submit: Callable[..., Job], name: str, tmp_path: Path) -> None:
    assert submit(SWEEP, MAIN).name == name
    assert api.wait(name) == "Completed"
    assert properties(api, name)["best_child_run_id"] == f"{name}_1"
    assert float(properties(api, name)["score"]) == 11
    assert mlflow_run(api, name) | {"tags": {}} == {"status": "FINISHED", "tags": {}, "metrics": {"loss": 11}}
    found = [child.name for child in ml_client.jobs.list(parent_job_name=name)]
    assert found == [f"{name}_{number}" for number in range(3)]
    assert not set(found) & {job.name for job in ml_client.jobs.list()}  # trials are listed below their sweep alone
    trial = ml_client.jobs.get(f"{name}_0")
    assert (trial.status, json.loads(trial.tags["hyperparameters"])) == ("Completed", {"x": 3})
    assert trial.properties["azureml.embedded.process_starts"] == "1"
    run = mlflow_run(api, f"{name}_0")
    assert run["metrics"] == {"loss": 13}
    assert run["tags"]["mlflow.parentRunId"] == name
    ml_client.jobs.download(name, download_path=tmp_path / "got", all=True)
    assert (tmp_path / "got/named-outputs/model/m.txt").read_text() == "model of 1"
    assert (tmp_path / "got/hd-artifacts/azureml-logs/hyperdrive.txt").exists()


def test_submitting_again_is_no_second_sweep(api: Api, submit: Callable[..., Job], name: str) -> None:
    submit(SWEEP, MAIN)
    submit(SWEEP, MAIN)
    assert api.wait(name) == "Completed"
    submit(SWEEP, MAIN)
    assert len(children(api, name)) == 3
    with pytest.raises(Exception, match="its objective cannot change"):
        submit(SWEEP.replace("minimize", "maximize"), MAIN)
    body = api.get(f"jobs/{name}")["properties"]
    assert api.put(f"jobs/{name}", **body).status_code == 200


@pytest.mark.parametrize("algorithm", ["random", "bayesian", "{type: random, rule: sobol, seed: 3}"])
def test_drawn_trials(ml_client: MLClient, api: Api, submit: Callable[..., Job], name: str, algorithm: str) -> None:
    drawn = "type: quniform, min_value: 1, max_value: 9, q: 1"
    text = SWEEP.replace("grid", algorithm).replace("type: choice, values: [3, 1, 2]", drawn)
    submit(text.replace("max_total_trials: 10", "max_total_trials: 4"), MAIN)
    assert api.wait(name) == "Completed"
    values = [json.loads(child["tags"]["hyperparameters"])["x"] for child in children(api, name).values()]
    assert len(values) == 4
    assert float(properties(api, name)["score"]) == 10 + min(values)
    assert ml_client.jobs.get(name).search_space["x"].q == 1


def test_the_compute_bounds_concurrency(api: Api, submit: Callable[..., Job], name: str) -> None:
    scale = {"minNodeCount": 0, "maxNodeCount": 1}
    api.put("computes/narrow", computeType="AmlCompute", properties={"vmSize": "x", "scaleSettings": scale})
    submit(SWEEP + "compute: azureml:narrow\n", "import time; time.sleep(600)")
    until(lambda: sorted(child["status"] for child in children(api, name).values()) == ["Queued", "Running"])
    api.call("POST", f"jobs/{name}/cancel").raise_for_status()
    assert api.wait(name) == "Canceled"
    assert {child["status"] for child in children(api, name).values()} == {"Canceled"}
    assert len(children(api, name)) == 2
    assert mlflow_run(api, name)["status"] == "KILLED"
    api.call("DELETE", "computes/narrow").raise_for_status()


def test_some_trials_may_fail(api: Api, submit: Callable[..., Job], name: str) -> None:
    submit(SWEEP, "import sys; assert sys.argv[1] != '1', 'no ones'\n" + MAIN)
    assert api.wait(name) == "Completed"
    assert properties(api, name)["best_child_run_id"] == f"{name}_2"


def test_a_sweep_without_a_success_fails(api: Api, submit: Callable[..., Job], name: str) -> None:
    submit(SWEEP.replace("[3, 1, 2]", "[1, 2, 3, 4, 5, 6, 7, 8]"), "raise SystemExit('no luck')")
    assert api.wait(name) == "Failed"
    code, message = api.reason(name)
    assert code == "UserError"
    assert "the first 3 trials failed" in message
    assert "no luck" in message
    assert len(children(api, name)) < 8


def test_without_the_metric_there_is_no_best(api: Api, submit: Callable[..., Job], name: str) -> None:
    submit(SWEEP, "print('nothing logged')")
    assert api.wait(name) == "Completed"
    assert properties(api, name)["best_metric_status"] == "MetricNotFound"
    assert "best_child_run_id" not in properties(api, name)


def raw_sweep(api: Api, **change: Any) -> dict[str, Any]:
    """As the wire has it: the SDK rounds the timeouts of sweeps up to minutes."""
    return {
        "jobType": "Sweep",
        "trial": {"command": "sleep 60${{search_space.x}}", "environmentId": api.plain_environment()},
        "searchSpace": {"x": ["choice", [[1, 2, 3]]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Grid"},
        "objective": {"goal": "Minimize", "primaryMetric": "m"},
        "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 3},
        **change,
    }


def test_a_sweep_that_outlives_its_timeout(api: Api, name: str) -> None:
    api.put(f"jobs/{name}", **raw_sweep(api, limits={"timeout": "PT1S"})).raise_for_status()
    assert api.wait(name) == "Canceled"
    run = api.call("GET", f"runs/{name}", service="/history/v1.0").json()
    assert run["cancelationReason"] == "the sweep timed out after 1 s (limits.timeout)"
    assert {child["status"] for child in children(api, name).values()} == {"Canceled"}


def test_trials_that_outlive_theirs(api: Api, name: str) -> None:
    api.put(f"jobs/{name}", **raw_sweep(api, limits={"trialTimeout": "PT0.2S"})).raise_for_status()
    assert api.wait(name) == "Failed"
    assert api.reason(name)[0] == "JobTimedOut"


def test_bad_trials_are_stopped_early(api: Api, submit: Callable[..., Job], name: str) -> None:
    policy = "early_termination: {type: bandit, slack_amount: 1, evaluation_interval: 1, delay_evaluation: 2}\n"
    main = (
        "import sys, time\nfrom metric import log_metric\nx = int(sys.argv[1])\n"
        "for step in range(2): log_metric('loss', x * 10, step)\n"
        "time.sleep(600 if x == 3 else 0)\n"
    )
    submit(SWEEP.replace("[3, 1, 2]", "[3, 1]") + policy, main)
    assert api.wait(name) == "Completed"
    assert {key: child["status"] for key, child in children(api, name).items()} == {
        f"{name}_0": "Canceled",
        f"{name}_1": "Completed",
    }
    assert properties(api, name)["best_child_run_id"] == f"{name}_1"
    assert "is stopped early by the Bandit policy" in api.log(name, "azureml-logs/hyperdrive.txt")


def test_from_python_and_from_a_component(ml_client: MLClient, api: Api, name: str, tmp_path: Path) -> None:
    api.plain_environment()
    job = command(
        command="echo ${{inputs.k}} ${{inputs.d}}", environment="plain:1", inputs={"k": Choice([1, 2]), "d": 5}
    )
    swept = job.sweep(primary_metric="m", goal="maximize", sampling_algorithm="grid", max_total_trials=2)
    swept.name = name
    assert ml_client.jobs.create_or_update(swept).name == name
    (tmp_path / "c.yml").write_text(
        f"name: {name.replace('-', '_')}\nversion: '1'\ntype: command\n"
        "inputs: {d: {type: uri_file}, k: {type: integer}}\n"
        "environment: azureml:plain:1\ncommand: cat ${{inputs.d}}; echo ${{inputs.k}}\n"
    )
    (tmp_path / "d.txt").write_text("data\n")
    registered = ml_client.components.create_or_update(load_component(tmp_path / "c.yml"))
    step = registered(d=Input(type="uri_file", path=str(tmp_path / "d.txt")), k=Choice([7]))
    swept = step.sweep(primary_metric="m", goal="maximize", sampling_algorithm="grid")
    swept.set_limits(max_total_trials=1)
    swept.name = f"{name}-c"
    ml_client.jobs.create_or_update(swept)
    assert {api.wait(name), api.wait(f"{name}-c")} == {"Completed"}
    assert api.log(f"{name}_1") == "2 5\n"
    assert api.log(f"{name}-c_0") == "data\n7\n"


def test_the_sdk_streams(ml_client: MLClient, submit: Callable[..., Job], name: str, capfd: Any) -> None:
    submit(SWEEP, "import time; time.sleep(0.5); raise SystemExit('bad')")
    with pytest.raises(JobException, match="the first 3 trials failed"):
        ml_client.jobs.stream(name)
    assert f"trial {name}_0 starts with" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trial": None}, "has no trial"),
        ({"searchSpace": {"y": ["choice", [[1]]]}}, "search_space.x, which the search space does not have"),
        ({"searchSpace": {"x": ["uniform", [0, 1]]}}, "grid sampling can draw from choice"),
        ({"objective": {"goal": "minimize"}}, "no primaryMetric"),
        ({"objective": {"goal": "best", "primaryMetric": "m"}}, "'best' is none of"),
        ({"limits": {"maxTotalTrials": 0}}, "maxTotalTrials is 0"),
        ({"limits": {"maxTotalTrials": 1001}}, "from 1 to 1000"),
        ({"limits": {"maxTotalTrials": 2, "maxConcurrentTrials": 3}}, "(3) is more than"),
        ({"limits": {"timeout": "5"}}, "no duration"),
        ({"earlyTermination": {"policyType": "Lottery"}}, "'Lottery' is none of Bandit"),
        ({"computeId": "azureml:none"}, "does not exist"),
    ],
)
def test_refusals(api: Api, name: str, change: dict[str, Any], message: str) -> None:
    response = api.put(f"jobs/{name}", **raw_sweep(api, **change))
    status, _, said = api.error(response)
    assert status == 400
    assert message in said
