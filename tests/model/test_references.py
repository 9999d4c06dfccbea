"""The forms in which Azure ML refers to things."""

import pytest

from runner.model.keys import Kind
from runner.model.references import Reference, datastore_in, is_local, parse, pinned
from tests.builders import key

REMOTE = [
    "azureml://registries/azureml/environments/lightgbm-3.3/labels/latest",
    "azureml://datastores/workspaceblobstore/paths/iris.csv",
    "azureml:/subscriptions/0/resourceGroups/r/providers/x",
    "/subscriptions/0/resourceGroups/r/providers/x",
    "https://example.com/iris.csv",
    "wasbs://c@a.blob.core.windows.net/iris.csv",
    "abfss://c@a.dfs.core.windows.net/iris.csv",
    "adl://a/b",
    "git+https://example.com/repo",
    "git@example.com:repo.git",
    "git://example.com/repo",
    "${{parent.inputs.x}}",
    "runs:/0123/model",
]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.DATA, "azureml:iris:3", "data/iris:3"),
        (Kind.DATA, "azureml:iris@latest", "data/iris@latest"),
        (Kind.ENVIRONMENT, "azureml:env", "environment/env"),
        (Kind.ENVIRONMENT, "azureml:env:1.2:3", "environment/env:1.2:3"),
        (Kind.COMPUTE, "azureml:cpu", "compute/cpu"),
        (Kind.COMPUTE, "cpu", "compute/cpu"),
        (Kind.COMPUTE, "local", "None"),
        (Kind.COMPUTE, "serverless", "None"),
        (Kind.COMPUTE, "azureml:serverless", "None"),
        (Kind.COMPONENT, "azureml:step@latest", "component/step@latest"),
        (Kind.COMPONENT, "./step.yml", "None"),
        (Kind.MODEL, "azureml:m:3", "model/m:3"),
        (Kind.DATA, "iris.csv", "None"),
        (Kind.ENVIRONMENT, "env", "None"),
        *((kind, text, "None") for kind in Kind for text in REMOTE),
    ],
)
def test_parse(kind: Kind, text: str, expected: str) -> None:
    assert str(parse(kind, text)) == expected


@pytest.mark.parametrize("text", ["iris.csv", "../src", "./a", "file:a.csv", "a:b", "/absolute", "."])
def test_local(text: str) -> None:
    assert is_local(text)


@pytest.mark.parametrize("text", ["", "azureml:iris:1", *REMOTE])
def test_not_local(text: str) -> None:
    assert not is_local(text)


def test_curated_environments_are_azures() -> None:
    assert Reference(key("environment/AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu"), label="latest").curated
    assert not Reference(key("environment/lightgbm")).curated
    assert not Reference(key("data/AzureML-x")).curated


def test_pinned_comes_back() -> None:
    assert parse(Kind.DATA, pinned(key("data/iris"), "c0123")) == Reference(key("data/iris"), version="c0123")


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("azureml://datastores/blob/paths/iris.csv", "datastore/blob"),
        ("azureml://datastores/blob/paths", "datastore/blob"),
        ("azureml://datastores/blob/pathsx", "None"),
        ("azureml://datastores/blob", "None"),
        ("azureml://subscriptions/s/resourcegroups/r/workspaces/w/datastores/blob/paths/x", "None"),
        ("azureml://registries/azureml/data/x/versions/1", "None"),
        ("azureml:blob", "None"),
        ("https://example.com/datastores/blob/paths/x", "None"),
    ],
)
def test_the_datastore_of_a_uri(uri: str, expected: str) -> None:
    assert str(datastore_in(uri)) == expected
