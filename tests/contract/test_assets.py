"""Data, models, components and code."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.place import Arm, error, is_refused

pytestmark = [pytest.mark.e2e, pytest.mark.contract]
STORE = "azureml://datastores/workspaceblobstore/paths"


def data(arm: Arm, name: str, version: str = "1", path: str = "a", kind: str = "uri_file") -> Any:
    return arm.put(f"data/{name}/versions/{version}", dataType=kind, dataUri=f"{STORE}/{name}/{path}")


def test_data_path_is_immutable(arm: Arm, name: str) -> None:
    """Another path under an existing version of data is refused."""
    assert data(arm, name).status_code == 201
    assert is_refused(data(arm, name, path="b"))


def test_data_is_of_one_type(arm: Arm, name: str) -> None:
    """All versions of a data asset are of one type."""
    data(arm, name).raise_for_status()
    assert is_refused(data(arm, name, "2", kind="uri_folder"))


def test_data_without_a_version(sdk: Any, name: str) -> None:
    """Without a version the service gives data the next number."""
    from azure.ai.ml.entities import Data

    made = [sdk.data.create_or_update(Data(name=name, type="uri_file", path=f"{STORE}/{name}/{each}")) for each in "ab"]
    assert [each.version for each in made] == ["1", "2"]


def test_data_container_says_the_latest(arm: Arm, name: str) -> None:
    """The container of data says its latestVersion, which is what `latest` means."""
    for version in ("9", "3"):
        data(arm, name, version).raise_for_status()
    assert arm.get(f"data/{name}")["properties"]["latestVersion"] == "3"


def test_model_versions_are_integers(arm: Arm, name: str) -> None:
    """The version of a model is a positive integer."""
    for version in ("one", "0", "1.5"):
        assert is_refused(arm.put(f"models/{name}/versions/{version}", modelUri=f"{STORE}/m", modelType="custom_model"))


def test_model_content_is_immutable(arm: Arm, name: str) -> None:
    """Another path under an existing version of a model is refused; tags may change."""

    def put(path: str, **tags: str) -> Any:
        uri = f"{STORE}/{name}/{path}"
        return arm.put(f"models/{name}/versions/1", modelUri=uri, modelType="custom_model", tags=tags)

    put("a", a="1").raise_for_status()
    assert put("a", b="2").raise_for_status().json()["properties"]["tags"] == {"b": "2"}
    assert is_refused(put("b"))


def component(command: str, **more: Any) -> dict[str, Any]:
    return {
        "$schema": "https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json",
        "type": "command",
        "command": command,
        "environment": "azureml://registries/azureml/environments/sklearn-1.5/versions/1",
        **more,
    }


def test_component_content_is_immutable(arm: Arm, name: str) -> None:
    """Other content under an existing version of a component is refused; its description may change."""

    def put(**spec: Any) -> Any:
        whole = {**component("echo 1"), "name": name, "version": "1", **spec}
        return arm.put(f"components/{name}/versions/1", componentSpec=whole)

    put().raise_for_status()
    assert put(description="d").status_code == 200
    assert is_refused(put(command="echo 2"))


def test_code_is_known_by_its_hash(sdk: Any, tmp_path: Path) -> None:
    """The same folder uploaded again is the same code asset: the service finds it by its hash."""
    from azure.ai.ml.entities._assets import Code

    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.py").write_text(f"# {tmp_path}\n")
    made = [sdk._code.create_or_update(Code(path=str(tmp_path / "code"))) for _ in range(2)]
    assert made[0].id == made[1].id


def test_pending_upload(arm: Arm, name: str) -> None:
    """A pending upload answers with the address of a container and a signature for it."""
    body = {"pendingUploadType": "TemporaryBlobReference"}
    reply = arm.call("POST", f"codes/{name}/versions/1/startPendingUpload", body).raise_for_status().json()
    place = reply["blobReferenceForConsumption"]
    assert place["blobUri"].startswith("https://")
    assert place["credential"]["credentialType"] == "SAS"
    assert place["credential"]["sasUri"].startswith(place["blobUri"])


def test_absence_is_404(arm: Arm, name: str) -> None:
    """Data, models and components that are not there answer 404, with an error in ARM's shape."""
    for kind in ("data", "models", "components"):
        status, code = error(arm.call("GET", f"{kind}/{name}/versions/1"))
        assert (status, bool(code)) == (404, True), kind
