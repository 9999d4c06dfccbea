"""The main job of this repository, for real: its own files, the curated environment, MLflow into a folder."""

import asyncio
from pathlib import Path

import pytest
import yaml

from runner.emulator.execution.request import Environment, ExecutionRequest, Input, Outcome
from runner.emulator.execution.run import Execution

SPECS = Path(__file__).parents[2] / "specs"


def run_iris_train(root: Path) -> Outcome:
    job = yaml.safe_load((SPECS / "jobs" / "iris-train.yml").read_text())
    curated = job["environment"].removeprefix("azureml:").partition("@")[0]
    literals = tuple(Input(name, "literal", str(job["inputs"][name])) for name in ("learning_rate", "boosting"))
    request = ExecutionRequest(
        name="iris-train",
        command=job["command"],
        environment=Environment(name=job["environment"], curated=curated),
        work_dir=root / "work",
        log_dir=root / "log",
        code=SPECS / "jobs" / job["code"],
        inputs=(Input("iris_csv", "uri_file", SPECS / "data" / "iris.csv"), *literals),
        # The client's file store: a job's environment has no database driver, and needs none.
        environment_variables={"MLFLOW_TRACKING_URI": f"file://{root}/mlruns", "MLFLOW_ALLOW_FILE_STORE": "true"},
        timeout=240,
    )
    return asyncio.run(Execution(request, root / "envs", lambda _phase, _detail: None).run())


def last_value(root: Path, metric: str) -> float:
    """The end of a metric's curve in MLflow's file store, whose lines are `time value step`."""
    (file,) = (root / "mlruns" / "0").glob(f"[!m]*/metrics/{metric}")
    return float(file.read_text().splitlines()[-1].split()[1])


@pytest.mark.e2e
@pytest.mark.slow
def test_iris_train(tmp_path: Path) -> None:
    outcome = run_iris_train(tmp_path)
    log = (tmp_path / "log" / "user_logs" / "std_log.txt").read_text()
    assert outcome.status == "Completed", f"{outcome.error}\n{log}"
    assert "120 rows to train, 30 to test, classes: setosa, versicolor, virginica" in log
    assert 0.85 <= last_value(tmp_path, "test-accuracy") <= 1
    assert 0 < last_value(tmp_path, "test-multi_logloss") < 1.1  # chance is ln 3
    assert 0 < last_value(tmp_path, "train-multi_logloss") < last_value(tmp_path, "test-multi_logloss")
    assert list((tmp_path / "mlruns").rglob("MLmodel")), "the model is logged"
    assert any(text.startswith("python 3.7 -> 3.") for text in outcome.substitutions)
    assert any(text.startswith("lightgbm 3.2 -> 4.") for text in outcome.substitutions)
