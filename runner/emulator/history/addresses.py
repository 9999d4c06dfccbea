"""Addresses of a run's pages and files."""

from runner.emulator.settings import WORKSPACE_PATH


def run_page(base_url: str, job: str) -> str:
    """MLflow's own page of a run. Its UI finds a run by its id whatever experiment stands before it."""
    return f"{base_url}/mlflow/v2.0{WORKSPACE_PATH}/#/experiments/0/runs/{job}?view=overview"


def artifact_prefix(job: str) -> str:
    """Where a job's files begin in the artifact container."""
    return f"ExperimentRun/dcid.{job}/"
