"""MLflow's own UI in a real browser, opened by the link that MLflow prints, below the workspace's prefix."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow.tracking import MlflowClient

    from .conftest import Mounted

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(BROWSER is None, reason="needs Chromium")]

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--ignore-certificate-errors",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def rendered(url: str, profile: Path) -> str:
    """The page's DOM after its scripts have run and their requests have been answered."""
    command = [str(BROWSER), *QUIET, f"--user-data-dir={profile}", "--virtual-time-budget=20000", "--dump-dom", url]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture
def job(mounted: Mounted, client: MlflowClient) -> str:
    mounted.create("shown-in-the-ui")
    client.log_metric("shown-in-the-ui", "own_loss", 0.0625)
    client.log_text("shown-in-the-ui", "hello", "outputs/note.txt")
    return "shown-in-the-ui"


@pytest.mark.parametrize(("page", "expected"), [("", ["own_loss", "0.0625"]), ("/artifacts", ["outputs"])])
def test_the_runs_pages_work(
    mounted: Mounted, client: MlflowClient, job: str, tmp_path: Path, page: str, expected: list[str]
) -> None:
    experiment = client.get_run(job).info.experiment_id
    dom = rendered(f"{mounted.uri}/#/experiments/{experiment}/runs/{job}{page}", tmp_path)
    for text in [job, *expected]:
        assert text in dom
