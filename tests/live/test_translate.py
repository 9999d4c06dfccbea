"""REST resources, in the shape Azure sends them, in the words of the specs."""

from typing import Any

import pytest

from runner.live import translate
from runner.model.keys import Kind
from runner.model.live import LiveState
from runner.model.runs import SUPERSEDED
from runner.plan.compare import differences
from runner.plan.planner import make_plan
from tests.builders import ORIGIN, desired, resource

WS = "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w"
CLUSTER: dict[str, Any] = {
    "id": f"{WS}/computes/cpu-cluster",
    "name": "cpu-cluster",
    "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "westeurope",
    "tags": {"team": "a"},
    "identity": None,
    "properties": {
        "computeType": "AmlCompute",
        "computeLocation": "westeurope",
        "description": "Ours.",
        "provisioningState": "Succeeded",
        "createdOn": "2026-01-01T00:00:00Z",
        "isAttachedCompute": False,
        "properties": {
            "vmSize": "STANDARD_DS11_V2",
            "vmPriority": "LowPriority",
            "enableNodePublicIp": True,
            "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT2M"},
            "nodeStateCounts": {"idleNodeCount": 0},
            "osType": "Linux",
        },
    },
}
INSTANCE: dict[str, Any] = {
    "name": "ada",
    "location": "westeurope",
    "properties": {"computeType": "ComputeInstance", "properties": {"vmSize": "Standard_DS3_v2", "state": "Stopped"}},
}
DATA: dict[str, Any] = {
    "name": "3",
    "properties": {
        "dataType": "uri_file",
        "dataUri": "azureml://...",
        "description": "The iris data.",
        "isArchived": False,
        "isAnonymous": False,
        "tags": {"aml.project": "demo", "aml.digest": "d"},
        "properties": {},
    },
    "systemData": {"createdAt": "2026-01-01T00:00:00Z", "createdBy": "Ada"},
}
JOB: dict[str, Any] = {
    "id": f"{WS}/jobs/train-0123456789ab",
    "name": "train-0123456789ab",
    "properties": {
        "jobType": "Command",
        "status": "Running",
        "displayName": "train",
        "experimentName": "train",
        "command": "python main.py ${{inputs.iris}}",
        "codeId": f"{WS}/codes/guid/versions/1",
        "environmentId": f"{WS}/environments/env/versions/c0123",
        "computeId": f"{WS}/computes/cpu-cluster",
        "environmentVariables": {"SEED": "42"},
        "inputs": {
            "rate": {"jobInputType": "literal", "value": "0.9"},
            "iris": {
                "jobInputType": "uri_file",
                "uri": f"azureml:{WS}/data/iris/versions/c4567",
                "mode": "ReadOnlyMount",
            },
            "far": {"jobInputType": "uri_folder", "uri": "https://example.com/x"},
        },
        "outputs": {"default": {"jobOutputType": "uri_folder"}},
        "properties": {"aml.key": "job/train", "aml.digest": "abc"},
        "services": {"Studio": {"jobServiceType": "Studio", "endpoint": "https://ml.azure.com/runs/x"}},
    },
    "systemData": {"createdAt": "2026-01-02T00:00:00Z"},
}


DATASTORE: dict[str, Any] = {
    "name": "lake",
    "properties": {
        "datastoreType": "AzureBlob",
        "accountName": "account",
        "containerName": "container",
        "description": "Ours.",
        "tags": {"aml.project": "demo"},
        "credentials": {"credentialsType": "AccountKey", "key": "s3cret"},
        "isDefault": False,
    },
    "systemData": {"createdAt": "2026-01-01T00:00:00Z"},
}


def test_a_datastore_without_its_secret() -> None:
    found = translate.datastore(DATASTORE)
    assert found.spec == {
        "name": "lake",
        "type": "azure_blob",
        "description": "Ours.",
        "tags": {"aml.project": "demo"},
        "account_name": "account",
        "container_name": "container",
    }
    assert (found.tags, found.created_at) == ({"aml.project": "demo"}, "2026-01-01T00:00:00Z")
    assert "s3cret" not in str(found)
    assert found.has_credentials


@pytest.mark.parametrize("properties", [{}, {"credentials": None}, {"credentials": {"credentialsType": "None"}}])
def test_a_datastore_that_has_none(properties: dict[str, Any]) -> None:
    assert not translate.datastore({"name": "x", "properties": properties}).has_credentials


@pytest.mark.parametrize(
    ("sent", "kind", "located"),
    [
        ({"datastoreType": "AzureFile", "fileShareName": "share"}, "azure_file", {"file_share_name": "share"}),
        ({"datastoreType": "AzureDataLakeGen1", "storeName": "s"}, "azure_data_lake_gen1", {"store_name": "s"}),
        ({"datastoreType": "AzureDataLakeGen2", "filesystem": "f"}, "azure_data_lake_gen2", {"filesystem": "f"}),
        ({"datastoreType": "OneLake"}, "one_lake", {}),
    ],
)
def test_types_of_datastores(sent: dict[str, str], kind: str, located: dict[str, str]) -> None:
    found = translate.datastore({"name": "x", "properties": sent})
    assert found.spec == {"name": "x", "type": kind, "description": "", "tags": {}, **located}


def test_a_datastore_as_a_spec_writes_it_needs_nothing() -> None:
    spec = {"type": "azure_blob", "account_name": "account", "container_name": "container", "description": "Ours."}
    wanted = resource("datastore/lake", {**spec, "credentials": {"account_key": "s3cret"}})
    sent = {**DATASTORE, "properties": {**DATASTORE["properties"], "tags": ORIGIN.tags(wanted)}}
    assert make_plan(desired(wanted), LiveState(datastores={"lake": translate.datastore(sent)})).pending == ()


def test_a_cluster() -> None:
    found = translate.compute(CLUSTER)
    assert found.spec == {
        "name": "cpu-cluster",
        "type": "amlcompute",
        "description": "Ours.",
        "location": "westeurope",
        "size": "STANDARD_DS11_V2",
        "enable_node_public_ip": True,
        "tags": {"team": "a"},
        "tier": "low_priority",
        "min_instances": 0,
        "max_instances": 4,
        "idle_time_before_scale_down": 120,
    }
    assert (found.tags, found.state, found.created_at) == ({"team": "a"}, "Succeeded", "2026-01-01T00:00:00Z")


def test_a_cluster_as_a_spec_writes_it_does_not_differ() -> None:
    spec = {
        "$schema": "x",
        "name": "cpu-cluster",
        "type": "amlcompute",
        "size": "Standard_DS11_v2",
        "tier": "low_priority",
        "min_instances": 0,
        "max_instances": 4,
        "idle_time_before_scale_down": 120,
        "tags": {"team": "a"},
    }
    assert differences(spec, translate.compute(CLUSTER).spec) == ()


def test_an_instance() -> None:
    assert translate.compute(INSTANCE).spec == {
        "name": "ada",
        "type": "computeinstance",
        "description": "",
        "location": "westeurope",
        "size": "Standard_DS3_v2",
        "tags": {},
    }


def test_a_compute_that_failed_half_way() -> None:
    found = translate.compute({"name": "x", "properties": {"computeType": "AmlCompute", "properties": None}})
    assert (found.spec["type"], found.tags, found.state) == ("amlcompute", {}, "")


def test_an_asset() -> None:
    found = translate.asset(DATA)
    assert found.spec == {"description": "The iris data.", "tags": DATA["properties"]["tags"]}
    assert (found.archived, found.state, found.created_at) == (False, "Succeeded", "2026-01-01T00:00:00Z")


@pytest.mark.parametrize("missing", [{}, {"tags": None, "description": None, "isArchived": True}])
def test_an_asset_with_little_said(missing: dict[str, Any]) -> None:
    found = translate.asset({"name": "1", "properties": missing})
    assert (found.spec, found.archived) == ({"description": "", "tags": {}}, bool(missing))


def test_a_run() -> None:
    found = translate.run(JOB)
    assert found.spec == {
        "command": "python main.py ${{inputs.iris}}",
        "environment": "azureml:env:c0123",
        "compute": "cpu-cluster",
        "inputs": {"rate": "0.9", "iris": "azureml:iris:c4567", "far": "https://example.com/x"},
    }
    assert (found.key, found.digest, found.status) == ("job/train", "abc", "Running")
    assert (found.created_at, found.url) == ("2026-01-02T00:00:00Z", "https://ml.azure.com/runs/x")
    assert (found.timeout, found.tags, found.cause, found.superseded) == (None, {}, None, False)


@pytest.mark.parametrize(("limits", "timeout"), [({"timeout": "PT1M"}, 60), ({"timeout": None}, None), (None, None)])
def test_the_timeout_of_a_run(limits: dict[str, Any] | None, timeout: int | None) -> None:
    assert translate.run({"name": "x", "properties": {"limits": limits}}).timeout == timeout


def test_a_run_that_gave_way() -> None:
    found = translate.run({"name": "x", "properties": {"status": "Canceled", "tags": {SUPERSEDED: "y"}}})
    assert found.superseded


@pytest.mark.parametrize(
    "properties", [{}, dict.fromkeys(("status", "inputs", "services", "properties", "environmentId", "computeId"))]
)
def test_a_run_with_nothing_said(properties: dict[str, Any]) -> None:
    found = translate.run({"name": "x", "properties": properties})
    assert (found.status, found.spec, found.key, found.url, found.created_at) == ("Unknown", {}, "", "", "")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (f"{WS}/environments/env/versions/1", "azureml:env:1"),
        (f"{WS}/environments/env/labels/latest", "azureml:env@latest"),
        (f"azureml:{WS}/environments/env/versions/1.2", "azureml:env:1.2"),
        (
            "azureml://registries/azureml/environments/lightgbm-3.3/labels/latest",
            "azureml://registries/azureml/environments/lightgbm-3.3/labels/latest",
        ),
        ("AzureML-lightgbm@latest", "AzureML-lightgbm@latest"),
        (f"{WS}/environments/env/versions/1/files/x", f"{WS}/environments/env/versions/1/files/x"),
    ],
)
def test_references_are_short_where_they_can_be(environment: str, expected: str) -> None:
    found = translate.run({"name": "x", "properties": {"environmentId": environment}})
    assert found.spec["environment"] == expected


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (f"{WS}/models/iris/versions/3", "azureml:iris:3"),
        (f"{WS}/data/iris/versions/c0123", "azureml:iris:c0123"),
        ("azureml://datastores/lake/paths/x", "azureml://datastores/lake/paths/x"),
        (None, ""),
    ],
)
def test_inputs(uri: str | None, expected: str) -> None:
    found = translate.run({"name": "x", "properties": {"inputs": {"i": {"jobInputType": "custom_model", "uri": uri}}}})
    assert found.spec["inputs"] == {"i": expected}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT2M", 120),
        ("PT120S", 120),
        ("PT1H30M", 5400),
        ("P1DT1S", 86401),
        ("PT0S", 0),
        ("PT1.5S", 1),
        ("", None),
        (None, None),
        ("P", None),
        ("PT", None),
        ("2 minutes", None),
        ("-PT1S", None),
    ],
)
def test_durations(text: str | None, seconds: int | None) -> None:
    assert translate.seconds(text) == seconds


def test_what_apply_sent_comes_back_as_no_changes() -> None:
    spec = {"name": "cpu-cluster", "type": "amlcompute", "size": "Standard_DS11_v2", "max_instances": 4}
    wanted = resource("compute/cpu-cluster", spec)
    sent = CLUSTER | {"tags": ORIGIN.tags(wanted)}
    made = make_plan(desired(wanted), LiveState(computes={"cpu-cluster": translate.compute(sent)}))
    assert (made.pending, made.applyable, made.changes[0].key.kind) == ((), True, Kind.COMPUTE)


def test_a_schedule() -> None:
    found = translate.schedule(
        {
            "name": "nightly",
            "properties": {
                "displayName": "Nightly",
                "isEnabled": False,
                "provisioningState": "Succeeded",
                "tags": {"aml.project": "iris"},
                "trigger": {
                    "triggerType": "Recurrence",
                    "frequency": "Day",
                    "interval": 1,
                    "startTime": "2030-01-01 03:00:00",
                    "timeZone": "UTC",
                    "schedule": {"hours": [3], "minutes": [0], "weekDays": None, "monthDays": None},
                },
            },
        }
    )
    assert (found.state, found.tags) == ("disabled", {"aml.project": "iris"})
    assert found.spec["trigger"] == {
        "type": "recurrence",
        "frequency": "day",
        "interval": 1,
        "start_time": "2030-01-01T03:00:00",
        "time_zone": "UTC",
        "schedule": {"hours": [3], "minutes": [0]},
    }


@pytest.mark.parametrize(("kind", "has"), [("PAT", True), ("ApiKey", True), ("None", False), ("AAD", False)])
def test_a_connection_without_its_secret(kind: str, has: bool) -> None:
    noted = {"aml.project": "iris", "team": "a"}
    found = translate.connection(
        {
            "name": "feed",
            "properties": {"authType": kind, "target": "https://x", "metadata": noted, "credentials": None},
        }
    )
    assert (found.has_credentials, found.tags) == (has, noted)
    assert found.spec["metadata"] == {"team": "a"}


@pytest.mark.parametrize(
    ("properties", "schedule"),
    [
        ({"displayName": "nightly-20300101T030000Z"}, "nightly"),
        ({"displayName": "Nightly", "tags": {"aml.schedule": "schedule/nightly"}}, "nightly"),
        ({"displayName": "nightly-20300101"}, ""),
        ({}, ""),
    ],
)
def test_the_schedule_that_started_a_run(properties: dict[str, Any], schedule: str) -> None:
    assert translate.run({"name": "x", "properties": properties}).schedule == schedule
