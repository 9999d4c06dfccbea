"""Outputs that were given a name become assets when their job completes."""

from typing import Any

from runner.emulator.jobs.resolution import MODEL_TYPES
from runner.emulator.store.assets import Assets
from runner.emulator.store.jobs import Job


def register_outputs(assets: Assets, job: Job) -> None:
    for output in job.body["outputs"].values():
        name = output.get("assetName")
        if not name:
            continue
        kind, body = _asset(output)
        version = str(output.get("assetVersion") or assets.next_number(kind, name))
        # One that appeared while the job ran keeps its content: what exists never changes.
        if assets.version(kind, name, version) is None:
            common = {"description": output.get("description"), "tags": {}, "isAnonymous": False}
            properties = {"properties": {"azureml.job": job.name}}
            assets.put_version(kind, name, version, {**body, **common, **properties}, archived=False)


def _asset(output: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind, uri = output["jobOutputType"], output["uri"]
    if kind in MODEL_TYPES:
        return "models", {"modelUri": uri, "modelType": kind, "flavors": {}}
    return "data", {"dataUri": uri, "dataType": kind}
