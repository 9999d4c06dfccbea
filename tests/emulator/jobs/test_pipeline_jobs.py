"""Pipelines end to end: steps of every form, in order, with what they hand to each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from azure.ai.ml import Input, Output, dsl, load_component
from azure.ai.ml.exceptions import JobException, PipelineChildJobError
from azure.ai.ml.sweep import Choice
from azure.core.exceptions import HttpResponseError

from tests.emulator.conftest import until
from tests.emulator.jobs.conftest import HISTORY, children, mlflow_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azure.ai.ml import MLClient
    from azure.ai.ml.entities import Job

    from tests.emulator.conftest import Api

pytestmark = pytest.mark.e2e
TRAIN = """
name: {name}
version: "1"
type: command
inputs:
  data: {{type: uri_folder}}
  rate: {{type: number, default: 0.1}}
  note: {{type: string, optional: true}}
outputs:
  model: {{type: uri_folder}}
environment: azureml:plain:1
command: >-
  cat ${{{{inputs.data}}}}/in.txt; echo rate=${{{{inputs.rate}}}} $[[note=${{{{inputs.note}}}}]] $MODE
  | tee ${{{{outputs.model}}}}/m.txt
"""
PIPELINE = """
type: pipeline
experiment_name: pipelines
inputs:
  data: {type: uri_folder, path: ./data}
  rate: 0.5
outputs:
  final: {type: uri_file}
  model: {type: uri_folder, path: "azureml://datastores/workspaceblobstore/paths/mine/${{name}}/"}
settings:
  default_compute: serverless
  default_datastore: azureml:workspaceblobstore
jobs:
  prepare:
    type: command
    command: cp ${{inputs.d}}/in.txt ${{outputs.o}}/in.txt && echo ${{inputs.n}} >> ${{outputs.o}}/in.txt
    environment: azureml:plain:1
    inputs: {d: "${{parent.inputs.data}}", n: 5}
    outputs:
      o: {type: uri_folder}
  train:
    type: command
    component: file:./train.yml
    inputs:
      data: {type: uri_folder, path: "${{parent.jobs.prepare.outputs.o}}", mode: download}
      rate: ${{parent.inputs.rate}}
    outputs: {model: "${{parent.outputs.model}}"}
    environment_variables: {MODE: fast}
  report:
    type: command
    component: azureml:{registered}@latest
    inputs: {data: "${{parent.jobs.prepare.outputs.o}}", rate: "1${{parent.inputs.rate}}"}
  last:
    type: command
    command: cat ${{inputs.a}}/m.txt ${{inputs.b}}/m.txt > ${{outputs.r}}
    environment: azureml:plain:1
    inputs:
      a: {type: uri_folder, path: "${{parent.jobs.train.outputs.model}}"}
      b: {type: uri_folder, path: "${{parent.jobs.report.outputs.model}}"}
    outputs: {r: "${{parent.outputs.final}}"}
"""


@pytest.fixture
def component(api: Api, ml_client: MLClient, name: str, tmp_path: Path) -> Any:
    """A registered command component; its file is beside the job's."""
    api.plain_environment()
    (tmp_path / "train.yml").write_text(TRAIN.format(name=name.replace("-", "_")))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "in.txt").write_text("first\n")
    return ml_client.components.create_or_update(load_component(tmp_path / "train.yml"))


def statuses(api: Api, name: str) -> dict[str, str]:
    return {step: child["status"] for step, child in children(api, name).items()}


def steps(first: str, second: str, settings: str = "") -> str:
    """Two steps, the second of which waits for the first, and one that waits for none."""
    step = "type: command\n    environment: azureml:plain:1\n    command: "
    return (
        f"type: pipeline\nsettings: {{default_compute: serverless{settings}}}\njobs:\n"
        f"  first:\n    {step}{first}; echo x > ${{{{outputs.o}}}}\n    outputs:\n      o: {{type: uri_file}}\n"
        f"  second:\n    {step}cat ${{{{inputs.i}}}}\n    inputs:\n      i: {{type: uri_file, "
        f'path: "${{{{parent.jobs.first.outputs.o}}}}"}}\n'
        f"  free:\n    {step}{second}\n"
    )


def test_every_form_of_a_step(
    ml_client: MLClient, api: Api, submit: Callable[..., Job], component: Any, name: str, tmp_path: Path
) -> None:
    assert submit(PIPELINE.replace("{registered}", component.name)).name == name
    assert api.wait(name) == "Completed"
    assert set(statuses(api, name).items()) == {(step, "Completed") for step in ("prepare", "train", "report", "last")}
    ml_client.jobs.download(name, download_path=tmp_path / "got", all=True)
    got = tmp_path / "got" / "named-outputs"
    assert (got / "model" / "m.txt").read_text() == "rate=0.5 fast\n"
    final = next((got / "final").rglob("*")).read_text() if (got / "final").is_dir() else (got / "final").read_text()
    assert final == "rate=0.5 fast\nrate=10.5\n"
    steps_of = children(api, name)
    assert api.log(steps_of["train"]["runId"]).splitlines()[:2] == ["first", "5"]
    assert {step["parentRunId"] for step in steps_of.values()} == {name}
    run = mlflow_run(api, steps_of["train"]["runId"])
    assert (run["status"], run["tags"]["mlflow.parentRunId"]) == ("FINISHED", name)
    assert mlflow_run(api, name)["status"] == "FINISHED"
    assert {step["properties"]["azureml.embedded.process_starts"] for step in steps_of.values()} == {"1"}
    assert ml_client.jobs.get(name).settings.default_datastore.endswith("workspaceblobstore")


def test_steps_are_seen_as_on_azure(
    ml_client: MLClient, api: Api, submit: Callable[..., Job], name: str, tmp_path: Path
) -> None:
    submit(steps("mkdir outputs; echo kept > outputs/k.txt", "echo"))
    assert api.wait(name) == "Completed"
    listed = {child.display_name: child for child in ml_client.jobs.list(parent_job_name=name)}
    assert sorted(listed) == ["first", "free", "second"]
    step = ml_client.jobs.get(listed["first"].name)
    assert (step.type, step.status) == ("base", "Completed")
    with pytest.raises(PipelineChildJobError):
        ml_client.jobs.stream(step.name)
    ml_client.jobs.download(step.name, download_path=tmp_path / "got", all=True)
    assert (tmp_path / "got/artifacts/outputs/k.txt").read_text() == "kept\n"
    assert api.call("DELETE", f"jobs/{step.name}").status_code == 409
    assert api.call("DELETE", f"jobs/{name}").status_code == 200
    assert api.call("GET", f"runs/{step.name}", service=HISTORY).status_code == 404


def test_the_same_pipeline_again_starts_nothing(api: Api, submit: Callable[..., Job], name: str) -> None:
    text = steps("echo a", "echo b")
    submit(text)
    body = api.get(f"jobs/{name}")["properties"]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: api.put(f"jobs/{name}", **body).status_code, range(8))) == {200}
    assert api.wait(name) == "Completed"
    submit(text)
    starts = [step["properties"]["azureml.embedded.process_starts"] for step in children(api, name).values()]
    assert starts == ["1", "1", "1"]
    with pytest.raises(HttpResponseError, match="its jobs cannot change"):
        submit(steps("echo a", "echo c"))


def test_a_failed_step_fails_the_pipeline(
    ml_client: MLClient, api: Api, submit: Callable[..., Job], name: str, capfd: Any
) -> None:
    submit(steps("sleep 0.5; echo bad luck; exit 3", "sleep 600"))
    with pytest.raises(JobException, match="the step first"):
        ml_client.jobs.stream(name)
    assert "step first starts as" in capfd.readouterr().out
    assert api.status(name) == "Failed"
    assert statuses(api, name) == {"first": "Failed", "second": "Canceled", "free": "Canceled"}
    assert "bad luck" in api.reason(name)[1]


def test_others_may_go_on_after_a_failure(api: Api, submit: Callable[..., Job], name: str) -> None:
    submit(steps("exit 3", "sleep 0.5", ", continue_on_step_failure: true"))
    assert api.wait(name) == "Failed"
    assert statuses(api, name) == {"first": "Failed", "second": "Canceled", "free": "Completed"}


def test_cancel(ml_client: MLClient, api: Api, submit: Callable[..., Job], name: str) -> None:
    submit(steps("sleep 600", "sleep 600"))
    until(lambda: statuses(api, name) == {"first": "Running", "second": "NotStarted", "free": "Running"})
    ml_client.jobs.begin_cancel(name).result()
    assert api.wait(name) == "Canceled"
    assert set(statuses(api, name).values()) == {"Canceled"}
    assert mlflow_run(api, name)["status"] == "KILLED"


def test_nested_pipelines_sweeps_and_named_outputs(
    ml_client: MLClient, api: Api, component: Any, name: str, tmp_path: Path
) -> None:
    asset = name.replace("-", "_")
    (tmp_path / "inner.yml").write_text(
        f"type: pipeline\nname: {asset}_inner\nversion: '1'\ninputs: {{data: {{type: uri_folder}}}}\n"
        "outputs: {model: {type: uri_folder}}\njobs:\n  t:\n    type: command\n    component: file:./train.yml\n"
        "    inputs: {data: '${{parent.inputs.data}}'}\n    outputs: {model: '${{parent.outputs.model}}'}\n"
    )
    inner = load_component(tmp_path / "inner.yml")
    ml_client.components.create_or_update(inner)

    @dsl.pipeline(compute="serverless")
    def outer(data):  # the SDK reads annotations as the types of inputs
        sub = inner(data=data)
        sub.outputs.model = Output(type="uri_folder", name=f"{asset}-model", version="7")
        tune = component(data=data, rate=Choice([1, 2])).sweep(
            primary_metric="m", goal="maximize", sampling_algorithm="grid", compute="serverless"
        )
        tune.set_limits(max_total_trials=2)
        copied = component(data=data, rate=9)
        copied.name = "copied"
        copied.outputs.model = Output(type="custom_model", name=f"{asset}-m")
        return {"inner_model": sub.outputs.model}

    job = outer(data=Input(type="uri_folder", path=str(tmp_path / "data")))
    job.name = name
    ml_client.jobs.create_or_update(job)
    assert api.wait(name) == "Completed"
    found = children(api, name)
    assert {step["status"] for step in found.values()} == {"Completed"}
    assert {step["status"] for step in children(api, found["sub"]["runId"]).values()} == {"Completed"}
    assert len(children(api, found["tune"]["runId"])) == 2
    assert children(api, found["sub"]["runId"])["t"]["rootRunId"] == name
    assert ml_client.data.get(f"{asset}-model", version="7").type == "uri_folder"
    assert ml_client.models.get(f"{asset}-m", version="1").type == "custom_model"
    ml_client.models.download(f"{asset}-m", "1", download_path=tmp_path / "got")
    assert next((tmp_path / "got").rglob("m.txt")).read_text() == "rate=9\n"
    ml_client.jobs.archive(name)
    assert name not in {job.name for job in ml_client.jobs.list()}
    assert ml_client.jobs.update(name, tags={"a": "1"}).tags["a"] == "1"


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ({}, "has no jobs"),
        ({"a": {"type": "sweep", "trial": {"componentId": "{c}"}, "inputs": {}}}, "not given its input data"),
        ({"a": {"type": "command", "componentId": "azureml:none:1"}}, "none:1 does not exist"),
        ({"a": {"type": "command"}}, "names no component"),
        ({"a": {"type": "spark", "componentId": "{c}"}}, "pipeline step of type spark (step a)"),
        ({"a": {"type": "do_while"}}, "pipeline step of type do_while"),
        ({"a": {"componentId": "{c}"}}, "step a is not given its input data"),
        ({"a": {"componentId": "{c}", "inputs": {"extra": {"value": "1"}}}}, "'extra', which its component does not"),
        ({"a": {"componentId": "{c}", "inputs": {"data": {"value": "${{parent.jobs.z.outputs.y}}"}}}}, "of a step z"),
        ({"a": {"componentId": "{c}", "inputs": {"data": {"value": "${{parent.x}}"}}}}, "is neither parent.inputs.x"),
        (
            {
                "a": {"componentId": "{c}", "inputs": {"data": {"value": "${{parent.jobs.b.outputs.model}}"}}},
                "b": {"componentId": "{c}", "inputs": {"data": {"value": "${{parent.jobs.a.outputs.model}}"}}},
            },
            "wait for each other",
        ),
        (
            {
                "a": {
                    "componentId": "{c}",
                    "inputs": {"data": {"uri": "azureml://datastores/none/paths/x", "job_input_type": "uri_folder"}},
                    "outputs": {"model": {"value": "${{parent.outputs.none}}"}},
                }
            },
            "parent.outputs.none, which the pipeline does not have",
        ),
    ],
)
def test_refusals(api: Api, name: str, jobs: dict[str, Any], message: str) -> None:
    api.plain_environment()
    spec = {"type": "command", "command": "true", "environment": "azureml:plain:1"}
    files = {"inputs": {"data": {"type": "uri_folder"}}, "outputs": {"model": {"type": "uri_folder"}}}
    api.put(f"components/{name}/versions/1", componentSpec={**spec, **files}).raise_for_status()

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        return f"azureml:{name}:1" if value == "{c}" else value

    response = api.put(f"jobs/{name}", jobType="Pipeline", jobs=filled(jobs))
    assert response.status_code in (400, 501)
    assert message in api.error(response)[2]
    assert api.call("GET", f"jobs/{name}").status_code == 404
