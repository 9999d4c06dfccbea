"""Jobs from YAML as a person writes it, through the SDK; and a script that logs a metric with nothing but Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azure.ai.ml import MLClient
    from azure.ai.ml.entities import Job

    from tests.emulator.conftest import Api

HISTORY = "/history/v1.0"
METRIC = """
import json, os, ssl, urllib.request

def log_metric(key, value, step=0):
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    body = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": key, "value": value, "step": step, "timestamp": step + 1}
    urllib.request.urlopen(urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric",
        json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"},
    ), context=context)
"""


@pytest.fixture
def name() -> str:
    return f"job-{uuid4().hex[:8]}"


@pytest.fixture
def submit(ml_client: MLClient, api: Api, tmp_path: Path, name: str) -> Callable[..., Job]:
    """Write YAML beside a folder `src` with `main.py`, load it and submit it."""
    from azure.ai.ml import load_job

    api.plain_environment()
    code = tmp_path / "src"
    code.mkdir()
    (code / "metric.py").write_text(METRIC)

    def submit(text: str, main: str = "", job_name: str = name, **override: Any) -> Job:
        (code / "main.py").write_text(main)
        path = tmp_path / "job.yml"
        path.write_text(text)
        return ml_client.jobs.create_or_update(load_job(path, params_override=[{"name": job_name}, override]))

    return submit


def children(api: Api, name: str) -> dict[str, dict[str, Any]]:
    """Run history's children by their display name."""
    found = api.call("GET", f"runs/{name}/children", service=HISTORY).raise_for_status().json()["value"]
    return {child["displayName"]: child for child in found}


def mlflow_run(api: Api, name: str) -> dict[str, Any]:
    answer = api.call("GET", "api/2.0/mlflow/runs/get", service="/mlflow/v2.0", run_id=name).raise_for_status().json()
    run = answer["run"]
    return {
        "status": run["info"]["status"],
        "tags": {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])},
        "metrics": {metric["key"]: metric["value"] for metric in run["data"].get("metrics", [])},
    }
