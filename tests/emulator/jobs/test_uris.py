"""Every way to write an address, and where it leads."""

from pathlib import Path

import pytest

from runner.emulator.blob.address import PREFIX
from runner.emulator.errors import ServiceError
from runner.emulator.jobs.uris import Locator, default_output
from runner.emulator.settings import WORKSPACE_PATH
from runner.emulator.store.assets import Assets
from runner.emulator.store.database import Database
from runner.emulator.store.datastores import Datastores
from runner.emulator.store.jobs import Jobs, NewJob

BLOBS = Path("/blobs")
STORE = BLOBS / "azureml-blobstore"
LONG = "azureml://subscriptions/0/resourcegroups/local/workspaces/{}/datastores/workspaceblobstore/paths/a/b.csv"


@pytest.fixture
def locator(tmp_path: Path) -> Locator:
    database = Database(tmp_path / "db")
    assets, datastores = Assets(database), Datastores(database)
    for version, place in (("1", "old.csv"), ("2", "new.csv")):
        body = {"dataUri": f"azureml://datastores/workspaceblobstore/paths/{place}", "dataType": "uri_file"}
        assets.put_version("data", "iris", version, body, archived=False)
    assets.put_version(
        "models", "weights", "1", {"modelUri": "azureml://datastores/workspaceblobstore/paths/weights/"}, archived=False
    )
    cloud = {"datastoreType": "AzureBlob", "accountName": "acct", "containerName": "c"}
    datastores.put("cloud", cloud, {})
    jobs = Jobs(database)
    elsewhere = {"jobOutputType": "uri_folder", "uri": "azureml://datastores/workspaceblobstore/paths/mine/"}
    jobs.add(NewJob("known", {}, {"outputs": {"model": elsewhere}}))
    return Locator(assets, datastores, jobs, BLOBS)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("azureml://datastores/workspaceblobstore/paths/a/b.csv", STORE / "a/b.csv"),
        ("azureml://datastores/workspaceblobstore/paths/a/", STORE / "a"),
        ("azureml://datastores/workspaceartifactstore/paths/x", BLOBS / "azureml" / "x"),
        (LONG.format("embedded"), STORE / "a/b.csv"),
        ("azureml://jobs/j/outputs/model/paths/m.txt", STORE / "azureml/j/model/m.txt"),
        ("azureml://jobs/j/outputs/model", STORE / "azureml/j/model"),
        ("azureml://jobs/known/outputs/model/paths/m.txt", STORE / "mine/m.txt"),
        ("azureml://jobs/known/outputs/other", STORE / "azureml/known/other"),
        ("azureml://jobs/j/outputs/artifacts/paths/model/", BLOBS / "azureml/ExperimentRun/dcid.j/model"),
        ("azureml:iris:1", STORE / "old.csv"),
        ("azureml:iris@latest", STORE / "new.csv"),
        ("iris:2", STORE / "new.csv"),
        (f"{WORKSPACE_PATH}/data/iris/versions/1", STORE / "old.csv"),
        (f"azureml:{WORKSPACE_PATH}/data/iris/versions/1", STORE / "old.csv"),
        (f"{WORKSPACE_PATH}/models/weights/versions/1", STORE / "weights"),
        ("azureml://locations/local/workspaces/x/data/iris/versions/1", STORE / "old.csv"),
        (f"https://127.0.0.1:1{PREFIX}/azureml-blobstore/a%20b.csv", STORE / "a b.csv"),
        (f"https://localhost:2{PREFIX}/upload-0", BLOBS / "upload-0"),
        ("https://example.com/a.csv", "https://example.com/a.csv"),
        (f"https://example.com{PREFIX}/azureml-blobstore/a", f"https://example.com{PREFIX}/azureml-blobstore/a"),
    ],
)
def test_addresses(locator: Locator, uri: str, expected: Path | str) -> None:
    assert locator.source(uri) == expected


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("azureml:iris:3", "does not exist"),
        ("azureml:other@latest", "does not exist"),
        ("azureml:iris@prod", "label `latest` only"),
        ("azureml://datastores/none/paths/a", "no datastore none"),
        ("azureml://datastores/cloud/paths/a", "storage account"),
        (LONG.format("other"), "lies in other"),
        ("azureml://datastores/workspaceblobstore/paths/../../secrets.json", "not the name of a blob"),
        ("azureml://datastores/workspaceblobstore/paths/a/../../b", "not the name of a blob"),
        ("azureml://jobs/../outputs/../paths/x", "not the name of a blob"),
        ("azureml://jobs/known/outputs/model/paths/../../x", "not the name of a blob"),
        (f"https://127.0.0.1:1{PREFIX}/azureml-blobstore/%2e%2e/secrets.json", "not understood"),
        ("file:///etc/passwd", "not understood"),
        ("/etc/passwd", "not understood"),
        ("wasbs://c@a.blob.core.windows.net/x", "not understood"),
        ("", "not understood"),
    ],
)
def test_refusals(locator: Locator, uri: str, message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        locator.source(uri)


def test_default_outputs() -> None:
    assert default_output("j", "o", "uri_folder") == "azureml://datastores/workspaceblobstore/paths/azureml/j/o/"
    assert default_output("j", "o", "uri_file") == "azureml://datastores/workspaceblobstore/paths/azureml/j/o"
