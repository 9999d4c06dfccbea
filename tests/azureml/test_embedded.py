"""Finding the embedded workspace, without starting it."""

import json
from pathlib import Path

import pytest

from runner.azureml import embedded
from runner.azureml.connection import connect, find
from runner.azureml.workspace import Workspace
from runner.errors import ServiceError


def test_the_state_lives_where_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AML_STATE_DIR", str(tmp_path))
    assert embedded.state_dir() == tmp_path
    monkeypatch.setenv("AML_STATE_DIR", "~/state")
    assert embedded.state_dir() == Path.home() / "state"


def test_else_in_the_users_state_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AML_STATE_DIR", raising=False)
    assert embedded.state_dir().name == "aml-runner"


def test_coordinates_are_enough_for_azure() -> None:
    found = connect("s", "r", "w")
    assert found == Workspace("s", "r", "w")
    assert found.arm_url == "https://management.azure.com"
    assert found.path == "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w"


def test_one_that_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AML_STATE_DIR", str(tmp_path / "file" / "state"))
    with pytest.raises(ServiceError) as caught:
        embedded.connect()
    assert str(caught.value).startswith("the embedded workspace did not start: [Errno 20] Not a directory: ")


def test_one_that_does_not_run_stays_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AML_STATE_DIR", str(tmp_path))
    with pytest.raises(ServiceError, match="the embedded workspace is stopped: aml workspace start"):
        find("", "", "")
    assert not list(tmp_path.glob("endpoint*"))
    assert find("s", "r", "w") == connect("s", "r", "w")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only here a process can be looked into")
@pytest.mark.e2e
def test_it_is_started_without_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AML_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("AML_SECRET_KEY", "s3cret")
    embedded.connect()
    try:
        pid = json.loads((tmp_path / "state" / "endpoint.json").read_text())["pid"]
        assert b"AML_STATE_DIR=" in (environment := Path(f"/proc/{pid}/environ").read_bytes())
        assert b"s3cret" not in environment
    finally:
        embedded.control(["stop"])


def test_from_what_it_says_of_itself() -> None:
    facts = {
        "base_url": "https://127.0.0.1:1",
        "subscription_id": "s",
        "resource_group": "r",
        "workspace_name": "w",
        "ca_file": "ca.pem",
        "identity_endpoint": "http://127.0.0.1:2/token",
        "identity_header": "proof",
        "cloud": "Here",
        "storage_suffix": "core.invalid",
    }
    found = embedded._workspace(facts)
    assert (found.arm_url, found.ca_file, found.cloud) == ("https://127.0.0.1:1", "ca.pem", "Here1")
    assert found.identity is not None
    assert (found.identity.endpoint, found.identity.header) == ("http://127.0.0.1:2/token", "proof")
    assert "azure.com" not in str(
        {name: url for name, url in found.cloud_metadata.items() if name != "aml_resource_id"}
    )
