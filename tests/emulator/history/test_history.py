"""Run history: artifacts, and outputs that went to a place of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from azure.ai.ml import MLClient

    from tests.emulator.conftest import Api

pytestmark = pytest.mark.e2e
HISTORY = "/history/v1.0"


def test_an_output_at_a_place_of_its_own_is_downloaded(ml_client: MLClient, api: Api, tmp_path: Path) -> None:
    name = f"job-{uuid4().hex[:8]}"
    output = {"jobOutputType": "uri_folder", "uri": f"azureml://datastores/workspaceblobstore/paths/mine/{name}/"}
    api.submit(name, "echo x > ${{outputs.here}}/f", outputs={"here": output}).raise_for_status()
    assert api.wait(name) == "Completed"
    ml_client.jobs.download(name, download_path=tmp_path, output_name="here")
    assert (tmp_path / "named-outputs/here/f").read_text() == "x\n"


def test_artifacts_are_announced_written_and_listed(api: Api) -> None:
    name = f"job-{uuid4().hex[:8]}"
    api.submit(name, "true").raise_for_status()
    api.wait(name)
    run = f"experiments/Default/runs/{name}/artifacts"
    answer = api.call("POST", f"{run}/batch/metadata", {"paths": [{"path": "m/a.txt"}]}, service=HISTORY)
    url = answer.raise_for_status().json()["artifactContentInformation"]["m/a.txt"]["contentUri"]
    api.anonymous.put(url, content=b"a", headers={"x-ms-blob-type": "BlockBlob"}).raise_for_status()
    listed = api.call("GET", run, service=HISTORY, path="m/").json()["value"]
    assert [artifact["path"] for artifact in listed] == ["m/a.txt"]
    found = api.call("GET", f"{run}/contentinfo", service=HISTORY, path="m/a.txt").json()
    assert api.anonymous.get(found["contentUri"]).content == b"a"
    evil = api.call("POST", f"{run}/batch/metadata", {"paths": [{"path": "../../x"}]}, service=HISTORY)
    assert evil.status_code == 400


def test_runs_of_nobody_are_not_found(api: Api) -> None:
    for path in ("runs/none", "runs/none/details", "experiments/e/runs/none/children"):
        assert api.call("GET", path, service=HISTORY).status_code == 404
    assert api.call("POST", "rundata", {"runId": "none"}, service=HISTORY).status_code == 404
