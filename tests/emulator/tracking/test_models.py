"""What a job does with MLflow in its own process: autolog, models, the registry, traces."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

    from .conftest import Mounted

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TRAIN = """
import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

mlflow.autolog()
with mlflow.start_run():
    features, labels = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=20).fit(features, labels)
    mlflow.log_metric("own_metric", 0.5)
    mlflow.sklearn.log_model(model, name="model", input_example=None)
"""

USE = """
import sys
import mlflow
import numpy
job = sys.argv[1]
version = mlflow.register_model(f"runs:/{job}/model", "iris")
print(version.version, version.run_id, version.source)
for uri in (f"runs:/{job}/model", "models:/iris/1"):
    print(mlflow.pyfunc.load_model(uri).predict(numpy.array([[5.1, 3.5, 1.4, 0.2]])))
mlflow.set_experiment("traced")
with mlflow.start_span("step") as span:
    span.set_inputs({"x": 1})
    span.set_outputs({"y": 2})
mlflow.flush_trace_async_logging()
print(mlflow.get_trace(span.trace_id).data.spans[0].outputs)
"""


def run_script(mounted: Mounted, script: str, *arguments: str, run_id: str | None = None) -> str:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=mounted.job_environment(run_id), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def trained(mounted: Mounted) -> str:
    mounted.create("trained")
    said = run_script(mounted, TRAIN, run_id="trained")
    assert f"{mounted.uri}/#/experiments/" in said, "MLflow's own link to its UI, which test_ui.py opens"
    return "trained"


def test_autolog_writes_to_the_jobs_run(trained: str, client: MlflowClient) -> None:
    run = client.get_run(trained)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["own_metric"] == 0.5
    assert run.data.metrics["training_accuracy_score"] > 0.8
    assert run.data.params["max_iter"] == "20"


def test_the_models_files_are_the_jobs_files(trained: str, mounted: Mounted, client: MlflowClient) -> None:
    """As on Azure ML, where `azureml://jobs/<job>/outputs/artifacts/paths/model/` is how a model is registered."""
    folder = mounted.folder(trained)
    assert (folder / "model" / "MLmodel").is_file()
    models = client.search_logged_models([client.get_run(trained).info.experiment_id])
    first, second = sorted(models, key=lambda model: model.creation_timestamp)
    assert first.artifact_location == f"mlflow-artifacts:/dcid.{trained}/model"
    assert second.artifact_location == f"mlflow-artifacts:/dcid.{trained}/model-{second.model_id}"
    assert (folder / f"model-{second.model_id}" / "MLmodel").is_file()
    listed = {entry.path for entry in client.list_artifacts(trained)}
    assert {"model", "training_confusion_matrix.png"} <= listed


def test_models_are_registered_and_loaded_and_traces_kept(trained: str, mounted: Mounted, client: MlflowClient) -> None:
    said = run_script(mounted, USE, trained).splitlines()
    assert said[0].startswith(f"1 {trained} ")
    assert said[1:] == ["[0]", "[0]", "{'y': 2}"]
    assert client.get_model_version("iris", "1").run_id == trained


def test_outside_a_job_a_run_draws_its_own_id(mounted: Mounted, client: MlflowClient) -> None:
    script = "import mlflow; mlflow.start_run(); mlflow.log_text('hi', 'a.txt'); print(mlflow.active_run().info.run_id)"
    run_id = run_script(mounted, script).split()[0]
    assert len(run_id) == 32
    assert (mounted.folder(run_id) / "a.txt").read_text() == "hi"
    assert client.get_run(run_id).info.status == "FINISHED"
