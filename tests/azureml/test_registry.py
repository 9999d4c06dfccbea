"""Models that are shared with a registry: what the unmodified SDK sends. No registry is embedded."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from runner import engine, promoting
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.errors import ServiceError
from runner.model.promotion import Standing
from runner.promoting import Line
from tests.loopback import Answer, Asked, Service
from tests.repositories import Repo

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself

REGISTRY = (
    "/mferp/managementfrontend/subscriptions/s2/resourceGroups/r2"
    "/providers/Microsoft.MachineLearningServices/registries/models"
)
VERSION = f"{REGISTRY}/models/iris/versions/3"


@pytest.fixture
def workspace(service: Service) -> Workspace:
    """A workspace on loopback, in a cloud whose registries are there, too."""
    cloud = {
        "azure_portal": service.url,
        "resource_manager": service.url,
        "active_directory": service.url,
        "aml_resource_id": "https://ml.azure.com",
        "storage_endpoint": "invalid",
        "registry_discovery_endpoint": service.url,
    }
    service.on("", Answer({"location": "westeurope", "properties": {"workspaceId": "guid"}}))
    found = {
        "registryName": "models",
        "primaryRegionResourceProviderUri": f"{service.url}/",
        "resourceGroup": "r2",
        "subscriptionId": "s2",
    }
    service.on("/registrymanagement/v1.0/registries/models/discovery", Answer(found))
    service.on(f"{REGISTRY}/models/iris/versions", Answer({"value": []}))
    return replace(service.workspace, cloud=f"loopback{service.url}", cloud_metadata=cloud)


def version(**tags: str) -> dict[str, Any]:
    """A model as a registry tells it."""
    told = {"modelUri": "https://account.invalid/container/model", "modelType": "custom_model", "flavors": {}}
    return {
        "id": "azureml://registries/models/models/iris/versions/3",
        "name": "3",
        "properties": {**told, "tags": tags},
    }


def importing(service: Service, **tags: str) -> list[Any]:
    """What the registry is asked to import; it then has it with these tags."""
    sent: list[Any] = []

    def take(asked: Asked) -> Answer:
        sent.append((asked.method, asked.body))
        service.on(VERSION, Answer(version(**tags)))
        return Answer(b"", 202)

    service.on(f"{REGISTRY}/import", take)
    return sent


def test_what_a_registry_has(workspace: Workspace, service: Service) -> None:
    writer = Writer(workspace)
    with writer.open():
        assert writer.shared("models", "iris", "3") is None
        service.on(VERSION, Answer(version(a="b")))
        assert writer.shared("models", "iris", "3") == {"a": "b"}
        service.on(VERSION, Answer({"error": {"code": "Forbidden", "message": "no"}}, 403))
        with pytest.raises(ServiceError, match="reading iris:3 of the registry models: no"):
            writer.shared("models", "iris", "3")


@pytest.fixture
def lines(folder: Repo, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[Line, ...]]:
    """A project that shares a model, looked at."""
    text = "promote: [{model: iris, version: 3, from: local, to: {registry: models}}]\n"
    folder.write("specs/project.yml", f"version: 1\nproject: demo\n{text}")
    monkeypatch.setattr(engine, "connect", lambda *_: workspace)
    return lambda: promoting.look(folder.root, None, lambda _: None)


@pytest.mark.parametrize("tags", [{}, {"aml.run": "train-1"}])
def test_a_model_is_shared_by_reference_and_once(
    lines: Callable[[], tuple[Line, ...]], service: Service, tags: dict[str, str]
) -> None:
    service.on("models/iris/versions/3", Answer({"properties": {"tags": {"aml.run": "train-1"}}}))
    sent = importing(service, **tags)
    (looked,) = lines()
    assert looked.step.standing is Standing.COPY
    assert [result.status for result in promoting.promote((looked,), lambda _: None, Event())] == ["done"]
    body = {
        "properties": {
            "referenceType": "Id",
            "destinationName": "iris",
            "destinationVersion": "3",
            "sourceAssetId": "azureml://locations/westeurope/workspaces/guid/models/iris/versions/3",
        }
    }
    assert sent == [("POST", body)]
    (again,) = lines()
    assert again.step.standing is Standing.THERE


def test_an_error_after_the_model_has_arrived_is_none(lines: Callable[[], tuple[Line, ...]], service: Service) -> None:
    """The SDK goes on to write the version itself when the answer to its import has a body."""
    service.on("models/iris/versions/3", Answer({"properties": {}}))
    looked = lines()
    importing(service)
    taking = service.routes[f"{REGISTRY}/import"]
    assert callable(taking)
    service.on(f"{REGISTRY}/import", lambda asked: replace(taking(asked), body={"id": "3"}))
    assert [result.status for result in promoting.promote(looked, lambda _: None, Event())] == ["done"]


def test_another_model_of_that_name_and_version(lines: Callable[[], tuple[Line, ...]], service: Service) -> None:
    service.on("models/iris/versions/3", Answer({"properties": {"tags": {"aml.run": "train-1"}}}))
    service.on(VERSION, Answer(version(**{"aml.run": "train-2"})))
    (looked,) = lines()
    assert (looked.step.standing, looked.step.why) == (
        Standing.REFUSED,
        "registry models has another iris:3",
    )
