"""Payloads in the shape Azure sends them, as specs; tests/e2e/test_written.py has those of the embedded workspace."""

import contextlib
import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from runner.live.written.around import Around, UnwritableError
from runner.live.written.spec import written
from tests.builders import key

WS = "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w"
SHORT = "azureml://subscriptions/s/resourcegroups/r/workspaces/w"
LOOP = f"{WS}/components/azureml_anonymous/versions/loop"
READ: Mapping[str, Any] = {
    "codes/c/versions/1": {"properties": {"codeUri": "https://store.blob.core.windows.net/box/src"}},
    "environments/CliV2AnonymousEnvironment/versions/1": {"properties": {"image": "x", "condaFile": "{}"}},
    "components/azureml_anonymous/versions/loop": {
        "properties": {"componentSpec": {"type": "pipeline", "jobs": {"n": {"type": "pipeline", "componentId": LOOP}}}}
    },
    "components/azureml_anonymous/versions/1": {
        "properties": {
            "componentSpec": {
                "$schema": "https://x",
                "name": "azureml_anonymous",
                "version": "1",
                "type": "command",
                "is_deterministic": "True",
                "inputs": {
                    "rate": {"type": "number", "optional": "False", "default": "0.10", "min": "0"},
                    "flag": {"type": "boolean", "default": "False"},
                    "data": {"type": "uri_file", "mode": "ro_mount"},
                    "word": {"type": "string", "default": "1"},
                },
                "code": f"azureml:{WS}/codes/c/versions/1",
                "command": "a\nb",
                "environment": f"azureml:{WS}/environments/CliV2AnonymousEnvironment/versions/1",
                "resources": {"instance_count": "1"},
            }
        }
    },
}


def read(path: str) -> Mapping[str, Any]:
    """What the workspace answers."""
    if path not in READ:
        raise UnwritableError(f"what refers to {path}, which is gone")
    found: Mapping[str, Any] = READ[path]
    return found


AROUND = Around(WS, "westeurope", "core.windows.net", read)


def spec(name: str, properties: Mapping[str, Any], version: str = "1", **outer: Any) -> dict[str, Any]:
    """The spec of a payload."""
    own = key(name)
    called = version if own.kind.versioned else own.name
    return dict(written(own, {"name": called, "properties": properties, **outer}, AROUND).spec)


def job(**properties: Any) -> dict[str, Any]:
    """The spec of a command job."""
    return spec("job/j", {"jobType": "Command", "command": "x", "environmentId": "azureml:e:1", **properties})


CASES: list[tuple[str, dict[str, Any], str]] = [
    (
        "datastore/fabric",
        {
            "datastoreType": "OneLake",
            "oneLakeWorkspaceName": "w",
            "endpoint": "onelake.example",
            "artifact": {"artifactType": "LakeHouse", "artifactName": "a"},
            "credentials": {"credentialsType": "ServicePrincipal", "clientId": "c"},
        },
        """\
name: fabric
type: one_lake
one_lake_workspace_name: w
endpoint: onelake.example
artifact: {name: a, type: lake_house}
""",
    ),
    (
        "datastore/lake",
        {"datastoreType": "AzureBlob", "accountName": "a", "containerName": "c", "endpoint": "core.windows.net"},
        "{name: lake, type: azure_blob, account_name: a, container_name: c}",
    ),
    (
        "data/d",
        {"dataType": "uri_folder", "dataUri": f"{SHORT}/datastores/x/paths/p/", "tags": {"aml.x": "1", "a": "b"}},
        "{name: d, version: '1', type: uri_folder, tags: {a: b}, path: 'azureml://datastores/x/paths/p/'}",
    ),
    (
        "data/d",
        {"dataType": "uri_file", "dataUri": "azureml://subscriptions/s/resourcegroups/r/workspaces/other/datastores/x"},
        """\
name: d
version: '1'
type: uri_file
path: azureml://subscriptions/s/resourcegroups/r/workspaces/other/datastores/x
""",
    ),
    (
        "model/m",
        {
            "modelType": "mlflow_model",
            "modelUri": f"{SHORT}/datastores/workspaceartifactstore/paths/ExperimentRun/dcid.j/model",
            "flavors": {"python_function": {"data": {"loader_module": "x"}}, "sklearn": {"data": {}}},
            "properties": {"azureml.x": "1", "p": "q"},
        },
        """\
name: m
version: '1'
type: mlflow_model
properties: {p: q}
path: azureml://datastores/workspaceartifactstore/paths/ExperimentRun/dcid.j/model
flavors: {python_function: {loader_module: x}, sklearn: {}}
""",
    ),
    (
        "environment/e",
        {"build": {"contextUri": "https://github.com/a/b.git#main:env", "dockerfilePath": "Dockerfile"}},
        "{name: e, version: '1', build: {path: 'https://github.com/a/b.git#main:env'}}",
    ),
    (
        "environment/e",
        {"image": "x", "osType": "Linux", "condaFile": "dependencies: [a]\nname: n\nchannels: [c]"},
        "{name: e, version: '1', image: x, conda_file: {name: n, channels: [c], dependencies: [a]}}",
    ),
    (
        "job/j",
        {
            "jobType": "Command",
            "displayName": "j",
            "experimentName": "Default",
            "command": "x",
            "environmentId": f"{WS}/environments/AzureML-lightgbm/versions/7",
            "computeId": None,
            "tags": {"_aml_system_ComputeTargetStatus": "{}", "mine": "x"},
            "properties": {
                "mlflow.source.git.commit": "c",
                "_azureml.ComputeTargetType": "x",
                "ContentSnapshotId": "i",
            },
            "inputs": {
                "uri": {"jobInputType": "uri_file", "uri": f"azureml:{WS}/data/d/versions/2", "mode": "ReadOnlyMount"},
                "text": {"jobInputType": "literal", "value": "1e5"},
            },
            "outputs": {
                "default": {"jobOutputType": "uri_folder", "mode": "ReadWriteMount", "uri": None},
                "o": {
                    "jobOutputType": "uri_folder",
                    "uri": f"{SHORT}/datastores/workspaceblobstore/paths/azureml/j/o/",
                },
            },
            "services": {
                "Tracking": {"jobServiceType": "Tracking", "endpoint": "azureml://x"},
                "lab": {"jobServiceType": "JupyterLab", "endpoint": "https://x", "nodes": {"nodesValueType": "All"}},
                "ssh": {"jobServiceType": "SSH", "properties": {"sshPublicKeys": "k"}},
            },
            "resources": {"instanceCount": 1, "shmSize": "2g", "properties": {"AISuperComputer": {"x": "y"}}},
            "limits": {"jobLimitsType": "Command", "timeout": "PT1H30M"},
        },
        """\
type: command
tags: {mine: x}
command: x
environment: azureml:AzureML-lightgbm:7
inputs:
  uri: {type: uri_file, path: 'azureml:d:2'}
  text: '1e5'
outputs:
  o: {type: uri_folder}
limits: {timeout: 5400}
resources: {properties: {singularity: {x: y}}}
services:
  lab: {type: jupyter_lab, nodes: all}
  ssh: {type: ssh, ssh_public_keys: k}
""",
    ),
    (
        "job/p",
        {
            "jobType": "Pipeline",
            "settings": {"_source": "DSL", "default_compute": f"{WS}/computes/cpu"},
            "jobs": {
                "step": {
                    "type": "command",
                    "name": "step",
                    "display_name": "step",
                    "componentId": f"{WS}/components/azureml_anonymous/versions/1",
                    "inputs": {
                        "rate": {"job_input_type": "literal", "value": "0.10"},
                        "flag": {"job_input_type": "literal", "value": "True"},
                        "word": {"job_input_type": "literal", "value": "1"},
                        "data": {"job_input_type": "literal", "value": "${{parent.inputs.d}}", "mode": "Download"},
                    },
                    "resources": {"instance_count": 1},
                },
                "theirs": {"componentId": "azureml://registries/azureml/components/x/versions/1"},
            },
        },
        """\
type: pipeline
settings: {default_compute: 'azureml:cpu'}
jobs:
  step:
    type: command
    component:
      type: command
      inputs:
        rate: {type: number, default: '0.10', min: 0}
        flag: {type: boolean, default: false}
        data: {type: uri_file}
        word: {type: string, default: '1'}
      code: https://store.blob.core.windows.net/box/src
      command: "a\\nb"
      environment: {image: x}
    inputs:
      rate: '0.10'
      flag: true
      word: '1'
      data: {type: uri_file, path: '${{parent.inputs.d}}', mode: download}
  theirs:
    type: command
    component: azureml://registries/azureml/components/x/versions/1
""",
    ),
    (
        "job/s",
        {
            "jobType": "Sweep",
            "trial": {"command": "x", "environmentId": "azureml:e:1", "resources": {"instanceCount": 1}},
            "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": None},
            "searchSpace": {"a": ["choice", [[1, {"b": ["uniform", [0, 1]]}]]]},
            "objective": {"goal": "Maximize", "primaryMetric": "m"},
            "limits": {"maxTotalTrials": 4, "timeout": "P1D", "trialTimeout": None},
        },
        """\
type: sweep
trial: {command: x, environment: 'azureml:e:1'}
sampling_algorithm: random
search_space: {a: {type: choice, values: [1, {b: {type: uniform, min_value: 0, max_value: 1}}]}}
objective: {goal: maximize, primary_metric: m}
limits: {max_total_trials: 4, timeout: 86400}
""",
    ),
]


@pytest.mark.parametrize(("name", "properties", "expected"), CASES)
def test_as_a_person_would_write_it(name: str, properties: dict[str, Any], expected: str) -> None:
    assert spec(name, properties) == yaml.safe_load(expected)


UNWRITABLE: list[tuple[str, dict[str, Any], str]] = [
    ("compute/k8s", {"computeType": "Kubernetes"}, "compute of type Kubernetes"),
    ("datastore/d", {"datastoreType": "Hdfs"}, "datastores of type Hdfs"),
    ("data/d", {"dataType": "other", "dataUri": "x"}, "data of type other"),
    (
        "data/d",
        {"dataType": "uri_file", "dataUri": "https://x.example/a?sv=1&sig=s3cret"},
        "paths that are signed URLs",
    ),
    ("environment/e", {"image": "x", "condaFile": "a: ["}, "an environment whose conda file is not YAML"),
    ("environment/e", {"image": "x", "condaFile": "[a]"}, "an environment whose conda file is no plain mapping"),
    ("environment/e", {"image": "x", "condaFile": "a: &a [b]\nc: *a"}, "conda file is no plain mapping"),
    ("component/c", {"isAnonymous": False}, "something that came without its componentSpec"),
    ("component/c", {"componentSpec": {"type": "parallel"}}, "components of type parallel"),
    ("job/j", {"jobType": "Spark"}, "jobs of type Spark"),
    ("job/j", {"jobType": "Pipeline", "jobs": {"n": {"type": "automl"}}}, "the node n of type automl"),
    ("job/j", {"jobType": "Pipeline", "jobs": {"../../n": {}}}, "a node called '../../n'"),
    ("job/j", {"jobType": "Pipeline", "jobs": {"n": {"componentId": LOOP}}}, "too deep inside each other"),
    ("job/j", {"jobType": "Command", "codeId": f"{WS}/codes/gone/versions/1"}, "what refers to codes/gone/versions/1"),
    ("job/j", {"jobType": "Sweep", "searchSpace": {"a": ["poisson", [1]]}}, "a search space whose a is"),
]


@pytest.mark.parametrize(("name", "properties", "why"), UNWRITABLE)
def test_what_no_spec_can_say(name: str, properties: dict[str, Any], why: str) -> None:
    with pytest.raises(UnwritableError, match=why) as refused:
        spec(name, properties)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "written_as"),
    [
        ("0.5", 0.5),
        ("3", 3),
        ("-3", -3),
        ("True", True),
        ("1e-05", 1e-05),
        ("true", "true"),
        ("0.50", "0.50"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        (".inf", ".inf"),
        ("", ""),
        ("2026-01-01", "2026-01-01"),
        ("a: b", "a: b"),
    ],
)
def test_a_literal_is_a_number_if_it_is_sent_as_the_same_text(value: str, written_as: object) -> None:
    found = job(inputs={"x": {"jobInputType": "literal", "value": value}})["inputs"]["x"]
    assert (found, type(found)) == (written_as, type(written_as))


def test_computes_say_only_what_is_not_usual() -> None:
    scale = {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT120S"}
    inner = {"vmSize": "STANDARD_D2_V2", "vmPriority": "Dedicated", "scaleSettings": scale, "enableNodePublicIp": True}
    usual = {"computeType": "AmlCompute", "computeLocation": "westeurope", "properties": inner}
    bare = {"name": "cpu", "type": "amlcompute", "size": "STANDARD_D2_V2"}
    assert spec("compute/cpu", usual, location="westeurope", tags={"aml.project": "x"}) == bare
    far = {**usual, "properties": {**inner, "subnet": {"id": f"{WS[:30]}/x"}}}
    assert spec("compute/cpu", far, location="northeurope") == {**bare, "location": "northeurope"}


def test_a_subnet_of_another_group_is_named_by_its_id() -> None:
    subnet = "/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/n"
    properties = {"computeType": "ComputeInstance", "properties": {"vmSize": "X", "subnet": {"id": subnet}}}
    assert spec("compute/box", properties)["network_settings"] == {"subnet": subnet}


def _places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*at, step)
        yield from _places(inner, (*at, step))


@pytest.mark.parametrize(("name", "properties"), [case[:2] for case in CASES])
def test_what_the_service_leaves_out_breaks_nothing(name: str, properties: dict[str, Any]) -> None:
    for place in _places(properties):
        less = copy.deepcopy(properties)
        inner: Any = less
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = None
        with contextlib.suppress(UnwritableError):
            assert spec(name, less)
