"""Components through the SDK: versions, what `latest` means, what may change, and inline ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from azure.ai.ml import load_component
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from azure.ai.ml import MLClient

    from tests.emulator.conftest import Api

COMPONENT = """
name: {name}
type: command
display_name: Shown
inputs:
  data: {{type: uri_folder}}
  rate: {{type: number, default: 0.1}}
outputs:
  model: {{type: uri_folder}}
environment: azureml:plain:1
command: {command} ${{{{inputs.data}}}} ${{{{inputs.rate}}}} ${{{{outputs.model}}}}
"""


@pytest.fixture
def name(api: Api) -> str:
    api.plain_environment()
    return f"n{uuid4().hex[:8]}"


@pytest.fixture
def load(tmp_path: Path, name: str) -> Any:
    def load(command: str = "echo", **rest: Any) -> Any:
        path = tmp_path / "component.yml"
        path.write_text(COMPONENT.format(name=name, command=command))
        return load_component(path, params_override=[rest])

    return load


def test_versions_and_latest(ml_client: MLClient, api: Api, name: str, load: Any) -> None:
    created = ml_client.components.create_or_update(load(version="1"))
    assert (created.name, created.version, created.display_name) == (name, "1", "Shown")
    assert created.inputs["rate"].default == 0.1
    assert ml_client.components.create_or_update(load("cat")).version == "2"  # the next number
    assert ml_client.components.create_or_update(load("ls", version="c0ffee")).version == "c0ffee"
    assert ml_client.components.get(name).version == "c0ffee"  # the default version
    assert ml_client.components.get(name, label="latest").version == "c0ffee"
    assert [found.version for found in ml_client.components.list(name)] == ["c0ffee", "2", "1"]
    assert name in {found.name for found in ml_client.components.list()}
    assert api.get(f"components/{name}")["properties"]["latestVersion"] == "c0ffee"


def test_content_is_immutable(ml_client: MLClient, name: str, load: Any) -> None:
    ml_client.components.create_or_update(load(version="1"))
    ml_client.components.create_or_update(load(version="1", description="d", tags={"a": "1"}))
    again = ml_client.components.get(name, "1")
    assert (again.description, again.tags) == ("d", {"a": "1"})
    with pytest.raises(ResourceExistsError, match="can never change"):
        ml_client.components.create_or_update(load("cat", version="1"))
    ml_client.components.archive(name, version="1")
    assert list(ml_client.components.list(name)) == []
    with pytest.raises(ResourceExistsError):
        ml_client.components.create_or_update(load("cat", version="1"))
    ml_client.components.restore(name, version="1")
    assert [found.version for found in ml_client.components.list(name)] == ["1"]


def test_an_archived_container_hides_every_version(ml_client: MLClient, name: str, load: Any) -> None:
    ml_client.components.create_or_update(load(version="1"))
    ml_client.components.archive(name)
    assert name not in {found.name for found in ml_client.components.list()}
    assert list(ml_client.components.list(name)) == []


def test_inline_ones_are_known_by_their_content(ml_client: MLClient, load: Any) -> None:
    first, again, other = (
        ml_client.components.create_or_update(load(command), is_anonymous=True) for command in ("echo", "echo", "cat")
    )
    assert first.id == again.id != other.id
    assert "/components/azureml_anonymous/versions/" in first.id
    assert "azureml_anonymous" not in {found.name for found in ml_client.components.list()}


def test_absence(ml_client: MLClient, name: str) -> None:
    for ask in (lambda: ml_client.components.get(name), lambda: ml_client.components.get(name, "1")):
        with pytest.raises(ResourceNotFoundError):
            ask()


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({}, "UserError"),
        ({"type": "command", "environment": "azureml:plain:1"}, "UserError"),
        ({"type": "command", "command": "x", "environment": "azureml:none:1"}, "EnvironmentNotFound"),
        (
            {
                "type": "command",
                "command": "x",
                "environment": "azureml:plain:1",
                "code": "azureml:/codes/no/versions/1",
            },
            "CodeNotFound",
        ),
        ({"type": "pipeline", "jobs": {}}, "UserError"),
    ],
)
def test_what_no_job_could_use_is_refused(api: Api, name: str, spec: dict[str, Any], code: str) -> None:
    assert api.error(api.put(f"components/{name}/versions/1", componentSpec=spec))[:2] == (400, code)
    assert api.put(f"components/{name}/versions/azureml_default", componentSpec={"type": "spark"}).status_code == 400
    assert api.put(f"components/{name}/versions/1", componentSpec={"type": "spark"}).status_code == 201


def test_a_component_that_cannot_run_here_is_kept(api: Api, ml_client: MLClient, name: str) -> None:
    spec = {"type": "spark", "name": name, "version": "1"}
    api.put(f"components/{name}/versions/1", componentSpec=spec).raise_for_status()
    step = {"type": "command", "componentId": f"azureml:{name}:1"}
    refused = api.put(f"jobs/{name}", jobType="Pipeline", jobs={"a": step})
    assert "needs a component of type command, not spark" in api.error(refused)[2]
    with pytest.raises(HttpResponseError):
        ml_client.jobs.get(name)
