"""Runs over MLflow's own REST API, as far as the daemon creates and ends them."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from runner.emulator.tracking.child import TrackingError
from runner.emulator.tracking.protocol import RUN_ID_HEADER

NOT_FOUND = "RESOURCE_DOES_NOT_EXIST"
EXISTS = "RESOURCE_ALREADY_EXISTS"
MAX_HISTORY = 25_000  # MLflow's own limit for one answer


class RefusedError(TrackingError):
    """MLflow answered with an error; `code` is MLflow's, e.g. RESOURCE_DOES_NOT_EXIST."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class NewRun:
    """A run to create; the experiment is named, and made where it does not exist."""

    run_id: str
    experiment: str
    display_name: str
    tags: Mapping[str, str]


async def create(client: httpx.AsyncClient, run: NewRun) -> None:
    """Create the run under its id. A run that exists stays as it is; a deleted experiment is restored."""
    body = {
        "experiment_id": await _experiment_id(client, run.experiment),
        "run_name": run.display_name,
        "start_time": _now(),
        "tags": [{"key": key, "value": value} for key, value in run.tags.items()],
    }
    await _call(client, "POST", "runs/create", body, {RUN_ID_HEADER: run.run_id})


async def end(client: httpx.AsyncClient, run_id: str, status: str) -> None:
    """Give the run this terminal status, unless the job itself has already set it."""
    answer = await _call(client, "GET", "runs/get", {"run_id": run_id})
    if answer["run"]["info"]["status"] != status:
        await _call(client, "POST", "runs/update", {"run_id": run_id, "status": status, "end_time": _now()})


async def metric_history(client: httpx.AsyncClient, run_id: str, metric: str) -> list[float]:
    """All values of a metric in the order of its steps; none if it was never logged. NaN is no value."""
    query = {"run_id": run_id, "metric_key": metric, "max_results": MAX_HISTORY}
    answer = await _call(client, "GET", "metrics/get-history", query)
    points = sorted(answer.get("metrics", []), key=lambda point: (int(point.get("step") or 0), int(point["timestamp"])))
    return [value for point in points if not math.isnan(value := float(point["value"]))]


async def log(client: httpx.AsyncClient, run_id: str, metrics: Mapping[str, float], tags: Mapping[str, str]) -> None:
    """Add metrics and tags to a run."""
    body = {
        "run_id": run_id,
        "metrics": [{"key": key, "value": value, "timestamp": _now(), "step": 0} for key, value in metrics.items()],
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }
    await _call(client, "POST", "runs/log-batch", body)


async def _experiment_id(client: httpx.AsyncClient, name: str) -> str:
    try:
        return await _find_experiment(client, name)
    except RefusedError as error:
        if error.code != NOT_FOUND:
            raise
    try:
        created = await _call(client, "POST", "experiments/create", {"name": name})
        return str(created["experiment_id"])
    except RefusedError as error:  # another job of the experiment was faster
        if error.code != EXISTS:
            raise
    return await _find_experiment(client, name)


async def _find_experiment(client: httpx.AsyncClient, name: str) -> str:
    answer = await _call(client, "GET", "experiments/get-by-name", {"experiment_name": name})
    experiment = answer["experiment"]
    if experiment["lifecycle_stage"] == "deleted":
        await _call(client, "POST", "experiments/restore", {"experiment_id": experiment["experiment_id"]})
    return str(experiment["experiment_id"])


async def _call(
    client: httpx.AsyncClient,
    method: Literal["GET", "POST"],
    endpoint: str,
    values: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    carried: dict[str, Any] = {"params": values} if method == "GET" else {"json": values}
    response = await client.request(method, f"/api/2.0/mlflow/{endpoint}", headers=headers, **carried)
    if response.is_success:
        answer: dict[str, Any] = response.json()
        return answer
    if response.headers.get("content-type", "").startswith("application/json"):
        problem = response.json()
        raise RefusedError(problem.get("error_code", ""), f"MLflow refused {endpoint}: {problem.get('message')}")
    raise RefusedError("", f"MLflow refused {endpoint}: HTTP {response.status_code}")


def _now() -> int:
    return int(time.time() * 1000)
