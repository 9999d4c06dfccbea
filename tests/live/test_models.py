"""A version of a model as the workspace tells it, and where its files may lie."""

from pathlib import Path

import pytest

from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.live import models
from runner.model.limits import DEFAULT
from runner.model.promotion import Model
from tests.loopback import Answer, Service


def test_a_version_that_says_little(rest: Rest, service: Service) -> None:
    assert models.version(rest, "iris", "1") is None
    service.on("models/iris/versions/1", Answer({"properties": {"modelUri": "u", "tags": None, "flavors": None}}))
    assert models.version(rest, "iris", "1") == Model("u", "custom_model")


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://evil.invalid/model", "which is no place in a datastore"),
        ("azureml://jobs/a/outputs/artifacts/paths/model", "which is no place in a datastore"),
        ("azureml://datastores/gone/paths/model", "the workspace has no datastore gone"),
        (
            "azureml://subscriptions/s/resourceGroups/r/workspaces/w/datastores/lake/paths/model",
            "is not in the workspace's",
        ),
    ],
)
def test_files_that_lie_elsewhere(rest: Rest, service: Service, tmp_path: Path, uri: str, words: str) -> None:
    def store(account: str) -> Answer:
        told = {"accountName": account, "endpoint": "invalid", "protocol": "https", "containerName": "box"}
        return Answer({"properties": told})

    service.on("datastores/workspaceblobstore", store("ours"))
    service.on("datastores/lake", store("theirs"))
    with pytest.raises(ServiceError, match=words):
        models.fetch(rest, Model(uri), tmp_path, DEFAULT)
    assert list(tmp_path.iterdir()) == []
