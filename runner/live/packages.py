"""The packages that a run had, as far as what it logged says so: MLflow writes them down beside a model."""

from runner.azureml import artifacts
from runner.azureml.rest import Rest
from runner.model.packages import recorded

_FILE = "requirements.txt"


def packages(rest: Rest, run: str) -> dict[str, str]:
    """Package -> version; empty when the run logged no model, or is not there."""
    job = rest.get(f"jobs/{run}")
    if not job:
        return {}
    experiment = str(job["properties"].get("experimentName") or "Default")
    found: dict[str, str] = {}
    for path in sorted(artifacts.names(rest, experiment, run)):
        if path.rpartition("/")[2] == _FILE:
            found |= recorded(artifacts.text(rest, experiment, run, path))
    return found
