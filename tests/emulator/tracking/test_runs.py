"""A job's run is found by the job's name, over MLflow's own REST API and client."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

    from .conftest import Mounted

LONG = "iris-train-" + "x" * 109


@pytest.mark.parametrize("job", ["iris-train-0123456789ab", LONG, "A_b-9"])
def test_the_run_id_is_the_job_name(mounted: Mounted, client: MlflowClient, job: str) -> None:
    mounted.create(job, **{"aml.key": "job/iris-train"})
    run = client.get_run(job)
    assert run.info.run_id == job
    assert run.info.run_name == job[:20]
    assert run.info.status == "RUNNING"
    assert run.info.artifact_uri == f"mlflow-artifacts:/dcid.{job}"
    assert run.data.tags["aml.key"] == "job/iris-train"
    experiment = client.get_experiment_by_name("iris")
    found = client.search_runs([experiment.experiment_id], filter_string=f"attributes.run_id = '{job}'")
    assert [run.info.run_id for run in found] == [job]


def test_metrics_params_and_tags_are_kept_with_their_history(mounted: Mounted, client: MlflowClient) -> None:
    from mlflow.entities import Metric, Param, RunTag

    mounted.create("metrics")
    for step, value in enumerate([0.9, 0.5, 0.25]):
        client.log_metric("metrics", "loss", value, step=step)
    now = int(time.time() * 1000)
    client.log_batch("metrics", [Metric("accuracy", 0.97, now, 0)], [Param("depth", "3")], [RunTag("who", "me")])
    data = client.get_run("metrics").data
    assert data.metrics == {"loss": 0.25, "accuracy": 0.97}
    assert data.params == {"depth": "3"}
    assert data.tags["who"] == "me"
    assert [(m.step, m.value) for m in client.get_metric_history("metrics", "loss")] == [(0, 0.9), (1, 0.5), (2, 0.25)]


def test_creating_a_run_twice_or_at_once_gives_one_run(mounted: Mounted, client: MlflowClient) -> None:
    async def many() -> None:
        creations = (
            mounted.tracking.create_run(run_id="twin", experiment="new one", display_name=f"n{i}", tags={})
            for i in range(8)
        )
        await asyncio.gather(*creations)

    mounted.call(many())
    client.log_param("twin", "kept", "yes")
    mounted.create("twin", "new one")
    experiment = client.get_experiment_by_name("new one")
    assert [run.data.params for run in client.search_runs([experiment.experiment_id])] == [{"kept": "yes"}]


def test_a_deleted_experiment_is_restored_for_a_new_job(mounted: Mounted, client: MlflowClient) -> None:
    mounted.create("before", "comeback")
    experiment = client.get_experiment_by_name("comeback")
    client.delete_experiment(experiment.experiment_id)
    mounted.create("after", "comeback")
    assert client.get_run("after").info.experiment_id == experiment.experiment_id


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_end_run_closes_it_once(mounted: Mounted, client: MlflowClient, status: str) -> None:
    job = f"ends-{status.lower()}"
    mounted.create(job)
    mounted.call(mounted.tracking.end_run(job, status))
    ended = client.get_run(job).info
    assert ended.status == status
    assert ended.end_time >= ended.start_time
    mounted.call(mounted.tracking.end_run(job, status))
    assert client.get_run(job).info.end_time == ended.end_time


def test_a_client_draws_its_own_id_even_if_it_asks_for_one(mounted: Mounted, client: MlflowClient) -> None:
    experiment = client.create_experiment("my own")
    run = client.create_run(experiment)
    assert len(run.info.run_id) == 32
    assert run.info.artifact_uri == f"mlflow-artifacts:/dcid.{run.info.run_id}"
    with mounted.http() as http:
        for name in ("x-aml-run-id", "X_Aml_Run-Id"):
            reply = http.post(
                f"{mounted.uri}/api/2.0/mlflow/runs/create", json={"experiment_id": experiment}, headers={name: "mine"}
            )
            assert reply.json()["run"]["info"]["run_id"] != "mine"


def test_an_unknown_run_is_mlflows_own_error(client: MlflowClient) -> None:
    from mlflow.exceptions import MlflowException

    with pytest.raises(MlflowException, match="nowhere not found"):
        client.get_run("nowhere")


def test_a_request_waits_for_the_run_that_is_being_created(own: Mounted) -> None:
    """MLflow has not even been started, and the job's first call comes at once: it meets its run all the same."""
    creating = asyncio.run_coroutine_threadsafe(
        own.tracking.create_run(run_id="early", experiment="iris", display_name="early", tags={}), own.loop
    )
    with own.http() as http:
        reply = http.get(f"{own.uri}/api/2.0/mlflow/runs/get", params={"run_id": "early"})
    assert reply.status_code == 200, reply.text
    creating.result(1)
