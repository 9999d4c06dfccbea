"""A script of the public SDK runs unmodified with nothing but the variables that `env` prints."""

from __future__ import annotations

import os
import re
import shlex
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

SCRIPT = Path(__file__).with_name("well_known.py")


def emulator(state_dir: Path, command: str) -> str:
    variables = {**os.environ, "AML_STATE_DIR": str(state_dir)}
    done = subprocess.run(
        [sys.executable, "-m", "runner.emulator", command], env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def parsed(exports: str) -> dict[str, str]:
    """The variables, as a shell would read them."""
    words = [shlex.split(line) for line in exports.splitlines()]
    assert all(len(parts) == 2 and parts[0] == "export" for parts in words)
    return dict(parts[1].split("=", 1) for parts in words)


@pytest.mark.e2e
def test_the_well_known_script_trains(tmp_path: Path) -> None:
    state = tmp_path / "state"
    emulator(state, "start")
    try:
        printed = emulator(state, "env")
        variables = parsed(printed)
        # The guard: whatever would leave the machine meets a dead proxy.
        guard = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}
        basics = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, str(SCRIPT), str(tmp_path / "downloaded")],
            env={**basics, **guard, **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=280,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        lines = done.stdout.splitlines()
        assert lines[0] == "local : local"
        assert "AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu" in lines
        assert "Streaming user_logs/std_log.txt" in lines
        assert "status Completed" in done.stdout.replace("JobStatus.COMPLETED", "Completed")
        (job,) = re.findall(r"^submitted (\S+)$", done.stdout, re.MULTILINE)
        downloaded = tmp_path / "downloaded" / "artifacts"
        assert "rows to train" in (downloaded / "user_logs" / "std_log.txt").read_text()
        assert (downloaded / "model" / "MLmodel").is_file()
        assert_tracked(variables, job)
    finally:
        emulator(state, "stop")


def assert_tracked(variables: dict[str, str], job: str) -> None:
    """MLflow finds the run by the job's name, with its parameters and metrics."""
    answer = httpx.get(
        f"{variables['MLFLOW_TRACKING_URI']}/api/2.0/mlflow/runs/get",
        params={"run_id": job},
        headers={"Authorization": f"Bearer {variables['MLFLOW_TRACKING_TOKEN']}"},
        verify=ssl.create_default_context(cafile=variables["REQUESTS_CA_BUNDLE"]),
        timeout=60,
    )
    run = answer.raise_for_status().json()["run"]
    assert (run["info"]["status"], run["info"]["run_name"]) == ("FINISHED", "lightgbm-iris-example")
    metrics = {metric["key"]: metric["value"] for metric in run["data"]["metrics"]}
    assert metrics["test-accuracy"] >= 0.8
    assert "test-multi_logloss" in metrics
    assert {"key": "learning_rate", "value": "0.9"} in run["data"]["params"]
