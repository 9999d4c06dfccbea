"""Jobs end to end: they run, fail, wait, are canceled, and keep their records straight."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from azure.ai.ml import Input, Output, command
from azure.ai.ml.entities import Data
from azure.ai.ml.exceptions import JobException

from runner.emulator.blob.address import PREFIX
from runner.emulator.settings import WORKSPACE_PATH
from tests.emulator.conftest import until

if TYPE_CHECKING:
    from pathlib import Path

    from azure.ai.ml import MLClient

    from tests.emulator.conftest import Api

pytestmark = pytest.mark.e2e


@pytest.fixture
def name() -> str:
    return f"job-{uuid4().hex[:8]}"


def cluster(api: Api, name: str, maximum: int, idle: str = "PT120S") -> str:
    scale = {"minNodeCount": 0, "maxNodeCount": maximum, "nodeIdleTimeBeforeScaleDown": idle}
    api.put(f"computes/{name}", computeType="AmlCompute", properties={"vmSize": "x", "scaleSettings": scale})
    until(lambda: api.get(f"computes/{name}")["properties"]["provisioningState"] == "Succeeded")
    return f"{WORKSPACE_PATH}/computes/{name}"


def counts(api: Api, name: str) -> tuple[int, int]:
    found = api.get(f"computes/{name}")["properties"]["properties"]["nodeStateCounts"]
    return found["idleNodeCount"], found["runningNodeCount"]


def test_a_job_with_code_inputs_and_outputs(ml_client: MLClient, api: Api, name: str, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.py").write_text(
        "import sys, pathlib\n"
        "print('reading', pathlib.Path(sys.argv[1]).read_text())\n"
        "pathlib.Path(sys.argv[2], 'model.txt').write_text(sys.argv[3])\n"
        "pathlib.Path('outputs').mkdir(); pathlib.Path('outputs/kept.txt').write_text('kept')\n"
    )
    (tmp_path / "in.txt").write_text("the input")
    data = ml_client.data.create_or_update(Data(name=name, version="1", type="uri_file", path=str(tmp_path / "in.txt")))
    api.plain_environment()
    job = command(
        name=name,
        code=str(tmp_path / "code"),
        command="python main.py ${{inputs.data}} ${{outputs.model}} ${{inputs.rate}}",
        inputs={"data": Input(type="uri_file", path=f"azureml:{data.name}:{data.version}"), "rate": 0.5},
        outputs={"model": Output(type="uri_folder", name=f"{name}-model")},
        environment="plain@latest",
        experiment_name="experiment",
        tags={"a": "1"},
        properties={"digest": "d"},
    )
    created = ml_client.jobs.create_or_update(job)
    assert created.name == name
    assert api.wait(name) == "Completed"
    assert api.log(name).strip() == "reading the input"
    ml_client.jobs.download(name, download_path=tmp_path / "got", all=True)
    assert (tmp_path / "got/artifacts/outputs/kept.txt").read_text() == "kept"
    assert (tmp_path / "got/named-outputs/model/model.txt").read_text() == "0.5"
    assert ml_client.data.get(f"{name}-model", label="latest").type == "uri_folder"
    found = ml_client.jobs.get(name)
    assert found.tags == {"a": "1"}
    assert found.properties["digest"] == "d"
    assert "user" in found.properties["azureml.embedded.seconds"]
    # The same code again is the same asset: it is not uploaded twice.
    again = command(name=f"{name}-again", code=str(tmp_path / "code"), command="true", environment="plain@latest")
    ml_client.jobs.create_or_update(again)
    code = api.get(f"jobs/{name}")["properties"]["codeId"]
    assert api.get(f"jobs/{name}-again")["properties"]["codeId"] == code


def test_the_run_is_found_by_the_job_s_name(api: Api, name: str) -> None:
    api.submit(name, "true", experimentName="tracked", displayName="shown").raise_for_status()
    assert api.wait(name) == "Completed"
    answer = api.call("GET", "api/2.0/mlflow/runs/get", service="/mlflow/v2.0", run_id=name).raise_for_status().json()
    info = answer["run"]["info"]
    assert (info["run_id"], info["run_name"], info["status"]) == (name, "shown", "FINISHED")


def test_the_sdk_streams_and_raises_on_failure(ml_client: MLClient, api: Api, name: str, capfd: Any) -> None:
    api.submit(name, "echo before; sleep 2; exit 3").raise_for_status()
    with pytest.raises(JobException, match="exited with code 3"):
        ml_client.jobs.stream(name)
    assert "before" in capfd.readouterr().out
    assert api.status(name) == "Failed"
    assert api.reason(name)[0] == "UserError"


@pytest.mark.parametrize(
    ("properties", "code", "message"),
    [
        ({"limits": {"jobLimitsType": "Command", "timeout": "PT1S"}}, "JobTimedOut", "timed out after 1 s"),
        (
            {"inputs": {"a": {"jobInputType": "uri_file", "uri": "azureml://datastores/workspaceblobstore/paths/no"}}},
            "InputNotFound",
            "",
        ),
        (
            {"inputs": {"a": {"jobInputType": "uri_file", "uri": "azureml://datastores/none/paths/a"}}},
            "DatastoreNotFound",
            "none",
        ),
    ],
    ids=["timeout", "missing input", "missing datastore"],
)
def test_failures_have_reasons(api: Api, name: str, properties: dict[str, Any], code: str, message: str) -> None:
    api.submit(name, "sleep 60", **properties).raise_for_status()
    assert api.wait(name) == "Failed"
    assert api.reason(name)[0] == code
    assert message in api.reason(name)[1]


def test_cancel(ml_client: MLClient, api: Api, name: str) -> None:
    api.submit(name, "sleep 600").raise_for_status()
    api.wait(name, "Running")
    ml_client.jobs.begin_cancel(name).result()
    assert api.status(name) in ("CancelRequested", "Canceled")
    assert api.wait(name) == "Canceled"
    ml_client.jobs.begin_cancel(name).result()
    assert api.status(name) == "Canceled"


def test_cancel_at_any_moment(api: Api, name: str) -> None:
    for number in range(6):
        api.submit(f"{name}-{number}", "sleep 600").raise_for_status()
        if number % 3 == 2:
            api.wait(f"{name}-{number}", "Running")
        api.call("POST", f"jobs/{name}-{number}/cancel").raise_for_status()
    assert {api.wait(f"{name}-{number}") for number in range(6)} == {"Canceled"}


def test_a_cluster_bounds_concurrency_and_the_rest_queues(api: Api, name: str) -> None:
    compute = cluster(api, "bounded", 1, idle="PT1S")
    names = [f"{name}-{number}" for number in range(3)]
    for each in names:
        api.submit(each, "sleep 600", computeId=compute).raise_for_status()
    assert api.wait(names[0], "Running") == "Running"
    assert [api.status(each) for each in names[1:]] == ["Queued", "Queued"]
    assert counts(api, "bounded") == (0, 1)
    api.call("POST", f"jobs/{names[1]}/cancel").raise_for_status()
    assert api.status(names[1]) == "Canceled"
    api.call("POST", f"jobs/{names[0]}/cancel").raise_for_status()
    assert api.wait(names[2], "Running") == "Running"
    assert api.status(names[0]) == "Canceled"
    api.call("DELETE", "computes/bounded").raise_for_status()
    assert api.wait(names[2]) == "Failed"
    assert api.reason(names[2]) == ("ComputeUnavailable", "the compute bounded was deleted")


def test_idle_nodes_go_down(api: Api, name: str) -> None:
    compute = cluster(api, "idling", 2, idle="PT1S")
    api.submit(name, "true", computeId=compute).raise_for_status()
    assert api.wait(name) == "Completed"
    until(lambda: counts(api, "idling") == (1, 0))
    until(lambda: counts(api, "idling") == (0, 0))


def test_an_instance_runs_one_job_while_it_is_running(api: Api, name: str) -> None:
    api.put("computes/instance-j", computeType="ComputeInstance", properties={"vmSize": "x"}).raise_for_status()
    until(lambda: api.get("computes/instance-j")["properties"]["properties"]["state"] == "Running")
    names = [f"{name}-{number}" for number in range(2)]
    for each in names:
        api.submit(each, "sleep 600", computeId=f"{WORKSPACE_PATH}/computes/instance-j").raise_for_status()
    api.wait(names[0], "Running")
    assert api.status(names[1]) == "Queued"
    api.call("POST", "computes/instance-j/stop").raise_for_status()
    assert api.wait(names[0]) == "Failed"
    assert "asked to stop" in api.reason(names[0])[1]
    assert api.status(names[1]) == "Queued"
    api.call("POST", "computes/instance-j/start").raise_for_status()
    assert api.wait(names[1], "Running") == "Running"
    api.call("POST", f"jobs/{names[1]}/cancel").raise_for_status()
    assert api.wait(names[1]) == "Canceled"


def test_the_process_starts_within_a_second_of_acceptance(api: Api, name: str) -> None:
    api.submit(f"{name}-warm", "true").raise_for_status()
    api.wait(f"{name}-warm")
    accepted = api.submit(name, "date +%s.%N").raise_for_status()
    assert api.wait(name) == "Completed"
    from datetime import datetime

    submitted = datetime.fromisoformat(accepted.json()["systemData"]["createdAt"]).timestamp()
    assert float(api.log(name)) - submitted < 1.0


def test_submitting_again_is_no_second_job(api: Api, name: str) -> None:
    first = api.submit(name, "true", tags={"a": "1"}, properties={"p": "1"})
    assert first.status_code == 201
    again = api.submit(name, "true", tags={"b": "2"}, properties={"q": "2"}, displayName="new")
    assert again.status_code == 200
    properties = again.json()["properties"]
    assert (properties["tags"], properties["displayName"]) == ({"b": "2"}, "new")
    assert properties["properties"]["p"] == "1"
    assert properties["properties"]["q"] == "2"
    assert api.error(api.submit(name, "false"))[:2] == (400, "JobPropertyImmutable")
    assert "its command cannot change" in api.error(api.submit(name, "false"))[2]
    assert api.error(api.submit(name, "true", properties={"p": "other"}))[0] == 400
    assert api.wait(name) == "Completed"
    fetched = api.get(f"jobs/{name}")["properties"]
    assert api.put(f"jobs/{name}", **fetched).status_code == 200


def test_of_many_submissions_of_one_name_one_creates(api: Api, name: str) -> None:
    api.plain_environment()
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: api.submit(name, "true").status_code, range(8)))
    assert statuses == [200] * 7 + [201]
    assert api.wait(name) == "Completed"
    assert api.get(f"jobs/{name}")["properties"]["properties"]["azureml.embedded.process_starts"] == "1"
    starts = api.http.get("/status").json()["process_starts"]
    assert starts["total"] >= starts["most_for_one_job"] >= 1


def logs(api: Api, name: str) -> dict[str, str]:
    found: dict[str, str] = api.call("GET", f"runs/{name}/details", service="/history/v1.0").json()["logFiles"]
    return found


def test_a_distributed_job_takes_its_nodes(api: Api, name: str) -> None:
    compute = cluster(api, "wide", 2)
    world = {"distributionType": "PyTorch", "processCountPerInstance": 2}
    job = {"distribution": world, "resources": {"instanceCount": 2}, "computeId": compute}
    api.submit(name, "echo $RANK of $WORLD_SIZE; sleep 600", **job).raise_for_status()
    assert api.wait(name, "Running") == "Running"
    assert counts(api, "wide") == (0, 2)
    last = "user_logs/std_log_process_03.txt"
    until(lambda: last in logs(api, name) and api.log(name, last) == "3 of 4\n")
    api.call("POST", f"jobs/{name}/cancel").raise_for_status()
    assert api.wait(name) == "Canceled"
    assert api.get(f"jobs/{name}")["properties"]["properties"]["azureml.embedded.process_starts"] == "4"
    refused = api.submit(f"{name}-3", "true", **{**job, "resources": {"instanceCount": 3}})
    assert api.error(refused)[1:] == ("QuotaExceeded", "The job asks for 3 nodes, and the compute wide has 2 at most.")


def test_the_sdk_updates_archives_and_restores(ml_client: MLClient, api: Api, name: str) -> None:
    api.submit(name, "true", tags={"a": "1"}).raise_for_status()
    api.wait(name)
    updated = ml_client.jobs.update(name, tags={"b": "2"}, display_name="d")
    assert (updated.tags, updated.display_name) == ({"a": "1", "b": "2"}, "d")
    ml_client.jobs.archive(name)
    assert name not in {job.name for job in ml_client.jobs.list()}
    ml_client.jobs.restore(name)
    assert name in {job.name for job in ml_client.jobs.list()}


def test_lists_are_filtered_and_paged(api: Api, name: str) -> None:
    compute = cluster(api, "parking", 1)
    for number in range(105):
        mark = {"set": name, "odd": str(number % 2)}
        api.submit(f"{name}-{number}", "true", computeId=compute, properties=mark, tags={f"t{number % 3}": ""})
    first = api.get("jobs", properties=f"set={name}")
    assert len(first["value"]) == 100
    second = api.http.get(first["nextLink"]).json()
    assert "nextLink" not in second
    everything = [job["name"] for job in first["value"] + second["value"]]
    assert everything == [f"{name}-{number}" for number in reversed(range(105))]
    assert len(api.get("jobs", properties=f"set={name},odd=1")["value"]) == 52
    assert len(api.get("jobs", properties=f"set={name},odd", tag="t0")["value"]) == 35
    assert api.get("jobs", properties=f"set={name}", listViewType="ArchivedOnly")["value"] == []
    assert api.get("jobs", properties=f"set={name}", jobType="Sweep")["value"] == []
    api.call("DELETE", "computes/parking").raise_for_status()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"environmentId": "azureml:none:1"}, "EnvironmentNotFound"),
        ({"computeId": f"{WORKSPACE_PATH}/computes/none"}, "ComputeNotFound"),
        ({"codeId": f"{WORKSPACE_PATH}/codes/none/versions/1"}, "CodeNotFound"),
        ({"inputs": {"a": {"jobInputType": "uri_file", "uri": "azureml:none:1"}}}, "AssetNotFound"),
        ({"command": " "}, "UserError"),
        *(({"jobType": kind}, "NotEmbedded") for kind in ("Spark", "AutoML", "FineTuning", None)),
        ({"jobType": "Sweep"}, "UserError"),
        ({"jobType": "Pipeline"}, "UserError"),
        ({"resources": {"instanceCount": 2}}, "NotEmbedded"),
        ({"distribution": {"distributionType": "Ray"}}, "NotEmbedded"),
        ({"distribution": {"distributionType": "PyTorch", "processCountPerInstance": 0}}, "UserError"),
        ({"distribution": {"distributionType": "Mpi", "processCountPerInstance": 65}}, "UserError"),
        (
            {"outputs": {"a": {"jobOutputType": "custom_model", "assetName": "m", "assetVersion": "c1"}}},
            "InvalidVersion",
        ),
        ({"tags": {"k" * 101: "v"}}, "UserError"),
        ({"properties": {str(number): "" for number in range(51)}}, "UserError"),
        ({"outputs": {"a": {"jobOutputType": "uri_folder", "uri": "https://example.com/x"}}}, "UserError"),
    ],
)
def test_what_cannot_run_is_refused_at_submission(api: Api, name: str, change: dict[str, Any], code: str) -> None:
    job = {"jobType": "Command", "command": "true", "environmentId": api.plain_environment(), **change}
    response = api.put(f"jobs/{name}", **job)
    assert api.error(response)[1] == code
    assert api.call("GET", f"jobs/{name}").status_code == 404


def test_only_an_ended_job_can_be_deleted(api: Api, name: str) -> None:
    api.submit(name, "sleep 600").raise_for_status()
    assert api.call("DELETE", f"jobs/{name}").status_code == 409
    api.call("POST", f"jobs/{name}/cancel")
    api.wait(name)
    assert api.call("DELETE", f"jobs/{name}").status_code == 200
    assert api.call("GET", f"jobs/{name}").status_code == 404


def test_a_registry_environment_is_resolved(api: Api, name: str) -> None:
    reference = "azureml://registries/azureml/environments/lightgbm-3.3/labels/latest"
    compute = cluster(api, "waiting", 1)
    api.submit(f"{name}-first", "sleep 600", computeId=compute).raise_for_status()
    job = {"jobType": "Command", "command": "true", "environmentId": reference, "computeId": compute}
    accepted = api.put(f"jobs/{name}", **job).raise_for_status().json()["properties"]
    assert accepted["environmentId"] == "azureml://registries/azureml/environments/lightgbm-3.3/versions/1"
    api.call("DELETE", "computes/waiting").raise_for_status()
    assert api.wait(name) == "Failed"


def test_https_inputs_of_our_own_are_read_from_disk(api: Api, name: str) -> None:
    api.http.put(f"{PREFIX}/azureml-blobstore/own.txt", content=b"own", headers={"x-ms-blob-type": "BlockBlob"})
    url = f"https://127.0.0.1:1{PREFIX}/azureml-blobstore/own.txt"
    inputs = {"a": {"jobInputType": "uri_file", "uri": url}}
    api.submit(name, "cat ${{inputs.a}}", inputs=inputs).raise_for_status()
    assert api.wait(name) == "Completed"
    assert api.log(name) == "own"


def test_a_job_reaches_the_workspace_it_runs_in(api: Api, name: str) -> None:
    script = (
        'python -c "import os,ssl,json,urllib.request as u; '
        "c=ssl.create_default_context(cafile=os.environ['SSL_CERT_FILE']); "
        "r=u.Request(os.environ['MLFLOW_TRACKING_URI']+'/api/2.0/mlflow/runs/get?run_id='+os.environ['MLFLOW_RUN_ID'],"
        "headers={'Authorization':'Bearer '+os.environ['MLFLOW_TRACKING_TOKEN']}); "
        "print(json.load(u.urlopen(r,context=c))['run']['info']['run_id'])\""
    )
    api.submit(name, script).raise_for_status()
    assert api.wait(name) == "Completed", api.log(name)
    assert api.log(name).strip() == name
