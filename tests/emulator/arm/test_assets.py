"""Environments, data, models and code: what may change, what may not, and what `latest` means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from azure.ai.ml.entities import Data, Environment, Model
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from runner.emulator.settings import WORKSPACE_PATH

if TYPE_CHECKING:
    from pathlib import Path

    from azure.ai.ml import MLClient

    from tests.emulator.conftest import Api

IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04"


@pytest.fixture
def name() -> str:
    return f"n{uuid4().hex[:8]}"


def environment(name: str, *packages: str, version: str = "1", **rest: Any) -> Environment:
    conda = {"name": "e", "dependencies": ["python=3.11", *packages]}
    return Environment(name=name, version=version, image=IMAGE, conda_file=conda, **rest)


def test_an_environment_is_immutable(ml_client: MLClient, name: str) -> None:
    created = ml_client.environments.create_or_update(environment(name, "a", tags={"k": "1"}))
    assert created.id.endswith(f"/environments/{name}/versions/1")
    assert created.creation_context.created_at is not None
    ml_client.environments.create_or_update(environment(name, "a", tags={"k": "2"}, description="d"))
    again = ml_client.environments.get(name, "1")
    assert (again.tags, again.description, again.conda_file["dependencies"]) == ({"k": "2"}, "d", ["python=3.11", "a"])
    with pytest.raises(ResourceExistsError, match="can never change"):
        ml_client.environments.create_or_update(environment(name, "b"))


def test_archived_still_occupies_its_version(ml_client: MLClient, name: str) -> None:
    ml_client.environments.create_or_update(environment(name, "a"))
    ml_client.environments.archive(name, version="1")
    assert list(ml_client.environments.list(name)) == []
    with pytest.raises(ResourceExistsError):
        ml_client.environments.create_or_update(environment(name, "b"))
    ml_client.environments.restore(name, version="1")
    assert [found.version for found in ml_client.environments.list(name)] == ["1"]


def test_latest_is_the_most_recently_created(ml_client: MLClient, name: str) -> None:
    for version in ("10", "2", "c0ffee"):
        ml_client.environments.create_or_update(environment(name, version, version=version))
    ml_client.environments.create_or_update(environment(name, "10", version="10", description="touched later"))
    assert ml_client.environments.get(name, label="latest").version == "c0ffee"
    ml_client.environments.archive(name, version="c0ffee")
    assert ml_client.environments.get(name, label="latest").version == "2"


def test_without_a_version_the_next_number_is_taken(ml_client: MLClient, name: str) -> None:
    for packages in (["a"], ["a"], ["b"]):
        env = Environment(name=name, image=IMAGE, conda_file={"dependencies": packages})
        created = ml_client.environments.create_or_update(env)
    assert created.version == "2"


def test_an_archived_container_hides_every_version(ml_client: MLClient, api: Api, name: str) -> None:
    ml_client.environments.create_or_update(environment(name, "a"))
    ml_client.environments.archive(name)
    assert name not in {found.name for found in ml_client.environments.list()}
    assert list(ml_client.environments.list(name)) == []
    ml_client.environments.create_or_update(environment(name, "b", version="2"))
    assert list(ml_client.environments.list(name)) == []
    assert api.get(f"environments/{name}")["properties"]["isArchived"] is True
    assert ml_client.environments.get(name, "2").version == "2"
    ml_client.environments.restore(name)
    assert {found.version for found in ml_client.environments.list(name)} == {"1", "2"}


CURATED = "AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu"


def test_curated_environments_are_read_only(ml_client: MLClient, api: Api) -> None:
    assert CURATED in {found.name for found in ml_client.environments.list()}
    latest = ml_client.environments.get(CURATED, label="latest")
    assert "lightgbm" in latest.image
    assert api.get(f"environments/{CURATED}/versions/{latest.version}")["properties"]["environmentType"] == "Curated"
    for taken in (CURATED, "AzureML-mine"):
        refused = api.put(f"environments/{taken}/versions/9", image=IMAGE)
        assert api.error(refused)[:2] == (403, "ReservedName")


def test_data_from_a_file_and_its_type(ml_client: MLClient, api: Api, name: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    made = ml_client.data.create_or_update(Data(name=name, version="1", type="uri_file", path=str(tmp_path / "a.csv")))
    assert made.path.startswith("azureml://")
    assert made.path.endswith("/a.csv")
    without = ml_client.data.create_or_update(Data(name=name, type="uri_file", path=made.path))
    assert without.version == "2"
    assert ml_client.data.get(name, label="latest").version == "2"
    other = Data(name=name, version="1", type="uri_file", path="azureml://datastores/workspaceblobstore/paths/b")
    with pytest.raises(HttpResponseError, match="Asset paths cannot be updated"):
        ml_client.data.create_or_update(other)
    refused = api.put(f"data/{name}/versions/3", dataUri=made.path, dataType="uri_folder")
    assert api.error(refused)[0] == 400
    assert "needs another name" in api.error(refused)[2]


def test_the_same_file_is_uploaded_once(ml_client: MLClient, name: str, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(name)
    one, two = (
        ml_client.data.create_or_update(Data(name=name, version=version, type="uri_file", path=str(tmp_path / "b.csv")))
        for version in ("1", "2")
    )
    assert one.path == two.path


def test_models_have_numbers(ml_client: MLClient, api: Api, name: str, tmp_path: Path) -> None:
    (tmp_path / "m.txt").write_text("model")
    model = ml_client.models.create_or_update(Model(name=name, path=str(tmp_path / "m.txt"), type="custom_model"))
    assert model.version == "1"
    assert ml_client.models.get(name, label="latest").version == "1"
    for version in ("0", "1.0", "c0ffee", "-1"):
        refused = api.put(f"models/{name}/versions/{version}", modelUri="azureml://x", modelType="custom_model")
        assert api.error(refused)[:2] == (400, "InvalidVersion")


@pytest.mark.e2e
def test_a_model_from_a_job(ml_client: MLClient, api: Api, name: str, tmp_path: Path) -> None:
    api.submit(name, "mkdir -p outputs/model && echo weights > outputs/model/m.txt").raise_for_status()
    assert api.wait(name) == "Completed"
    path = f"azureml://jobs/{name}/outputs/artifacts/paths/outputs/model/"
    made = ml_client.models.create_or_update(Model(name=name, path=path, type="mlflow_model"))
    assert (made.version, made.type, made.job_name) == ("1", "mlflow_model", name)
    assert made.path.endswith(f"/datastores/workspaceartifactstore/paths/ExperimentRun/dcid.{name}/outputs/model")
    assert ml_client.models.create_or_update(Model(name=name, path=path, type="mlflow_model")).version == "2"
    same = Model(name=name, version="1", path=path, type="mlflow_model", description="d")
    assert ml_client.models.create_or_update(same).description == "d"
    with pytest.raises(HttpResponseError, match="cannot be updated"):
        ml_client.models.create_or_update(Model(name=name, version="1", path=path, type="custom_model"))
    ml_client.models.download(name, "1", download_path=tmp_path / "got")
    assert next((tmp_path / "got").rglob("m.txt")).read_text() == "weights\n"
    ml_client.models.archive(name, version="2")
    assert [found.version for found in ml_client.models.list(name)] == ["1"]
    assert ml_client.models.get(name, label="latest").version == "1"
    gone = Model(name=name, path=f"azureml://jobs/{name}/outputs/artifacts/paths/none/", type="custom_model")
    with pytest.raises(HttpResponseError, match="There is nothing at"):
        ml_client.models.create_or_update(gone)


@pytest.mark.parametrize("kind", ["environments", "data", "models", "codes", "components", "jobs", "datastores"])
@pytest.mark.parametrize("bad", ["a.b", "-a", "a b", "a" * 256, "%2E%2E", "a%2F..%2Fb", "ü"])
def test_names(api: Api, kind: str, bad: str) -> None:
    path = f"{kind}/{bad}" if kind in ("jobs", "datastores") else f"{kind}/{bad}/versions/1"
    response = api.call("PUT", path, {"properties": {"jobType": "Command", "command": "x", "image": "x"}})
    assert response.status_code in (400, 501), response.text
    assert api.call("GET", f"{kind}/{bad}").status_code in (400, 404, 501)


@pytest.mark.parametrize("bad", ["a b", "v" * 31, "%2E%2E", "1%2F2"])
def test_versions(api: Api, name: str, bad: str) -> None:
    assert api.put(f"environments/{name}/versions/{bad}", image=IMAGE).status_code in (400, 501)


def test_pages(ml_client: MLClient, api: Api, name: str) -> None:
    for number in range(105):
        api.put(f"data/{name}/versions/{number}", dataUri=f"https://a/{number}", dataType="uri_file").raise_for_status()
    first = api.get(f"data/{name}/versions")
    assert len(first["value"]) == 100
    assert first["nextLink"].startswith("https://127.0.0.1")
    versions = [found.version for found in ml_client.data.list(name)]
    assert versions == [str(number) for number in reversed(range(105))]
    assert [found["name"] for found in api.get(f"data/{name}/versions", **{"$top": "1"})["value"]] == ["104"]


def test_absence_is_told_as_such(ml_client: MLClient, name: str) -> None:
    for ask in (
        lambda: ml_client.environments.get(name, "1"),
        lambda: ml_client.data.get(name, "1"),
        lambda: ml_client.models.get(name, "1"),
        lambda: ml_client.compute.get(name),
        lambda: ml_client.jobs.get(name),
        lambda: ml_client.datastores.get(name),
    ):
        with pytest.raises(ResourceNotFoundError):
            ask()


def test_broken_bodies(api: Api, name: str) -> None:
    path = f"environments/{name}/versions/1"
    for properties in ({}, {"image": "x", "condaFile": "a: ["}, {"image": "x", "condaFile": "- a"}):
        assert api.put(path, **properties).status_code == 400
    for body in ("[]", "{", '{"properties": 1}', ""):
        assert api.http.put(f"{WORKSPACE_PATH}/{path}", content=body).status_code in (400, 501)


def test_datastores(ml_client: MLClient, api: Api) -> None:
    from azure.ai.ml.entities import AccountKeyConfiguration, AzureBlobDatastore

    assert {"workspaceblobstore", "workspaceartifactstore"} <= {found.name for found in ml_client.datastores.list()}
    assert ml_client.datastores.get_default().name == "workspaceblobstore"
    mine = AzureBlobDatastore(
        name="mine", account_name="acct", container_name="c", credentials=AccountKeyConfiguration(account_key="secret")
    )
    created = ml_client.datastores.create_or_update(mine)
    assert created.container_name == "c"
    assert "secret" not in str(created)
    assert "secret" not in json.dumps([api.get("datastores"), api.get("datastores/mine")])
    mine.credentials, mine.description = AccountKeyConfiguration(account_key="second-secret"), "d"
    assert ml_client.datastores.create_or_update(mine).description == "d"
    assert ml_client.datastores.get("mine", include_secrets=True).credentials.account_key == "second-secret"
    assert "secret" not in json.dumps(api.get("datastores/mine"))
    mine.container_name = "other"
    with pytest.raises(HttpResponseError, match="cannot be pointed elsewhere"):
        ml_client.datastores.create_or_update(mine)
    ml_client.datastores.delete("mine")
    with pytest.raises(HttpResponseError, match="belongs to the workspace"):
        ml_client.datastores.delete("workspaceblobstore")
