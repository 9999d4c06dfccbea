"""What a run did: its error, its log, its metrics. Run history and MLflow, read over REST."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from runner.azureml.rest import Rest
from runner.errors import ServiceError

_USER_LOG = "user_logs/std_log"
_BUILD_LOG = re.compile(r"image_build|environment")


@dataclass(frozen=True, slots=True)
class Details:
    """A run as run history tells it. `logs` maps log names to signed URLs; times are ISO 8601."""

    status: str
    error: str = ""
    error_code: str = ""  # e.g. UserError
    logs: dict[str, str] | None = None
    created_at: str = ""
    started_at: str = ""
    ended_at: str = ""
    properties: dict[str, str] | None = None

    @property
    def user_log(self) -> str:
        """The name of the log that the user's process writes; empty if none."""
        names = sorted(self.logs or {})
        return next((name for name in names if name.startswith(_USER_LOG)), "")

    @property
    def build_log(self) -> str:
        """The name of the log of the environment's build; empty if none."""
        return next((name for name in sorted(self.logs or {}) if _BUILD_LOG.search(name)), "")


def details(rest: Rest, name: str) -> Details | None:
    """A run's details, or None when there is no such run."""
    found = rest.data_plane("history/v1.0", f"runs/{name}/details")
    if found is None:
        return None
    return Details(
        status=str(found.get("status") or ""),
        error=_message(found),
        error_code=str(_error(found).get("code") or ""),
        logs=dict(found.get("logFiles") or {}),
        created_at=str(found.get("createdUtc") or ""),
        started_at=str(found.get("startTimeUtc") or ""),
        ended_at=str(found.get("endTimeUtc") or ""),
        properties=dict(found.get("properties") or {}),
    )


def _error(found: Mapping[str, Any]) -> dict[str, Any]:
    outer: dict[str, Any] = found.get("error") or {}
    inner: dict[str, Any] = outer.get("error") or outer
    return inner


def _message(found: Mapping[str, Any]) -> str:
    # Of a run that the service itself canceled, e.g. for its timeout, only this says why.
    return str(_error(found).get("message") or found.get("cancelationReason") or "").strip()


@dataclass(frozen=True, slots=True)
class Logged:
    """What a run logged to MLflow: the last value of every metric, and its parameters, each sorted by name."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


def logged(rest: Rest, name: str) -> Logged:
    """What a run logged; nothing when MLflow does not know it."""
    found = _mlflow(rest, f"runs/get?run_id={name}")
    data = (found.get("run") or {}).get("data") or {}
    return Logged(
        {str(each["key"]): float(each["value"]) for each in _by_key(data.get("metrics"))},
        {str(each["key"]): str(each["value"]) for each in _by_key(data.get("params"))},
    )


def line(raw: bytes) -> str:
    """A line of a log as people see it: a progress bar rewrites its line, and only what stays is one."""
    return raw.rstrip(b"\r").rsplit(b"\r", 1)[-1].decode("utf-8", "replace")


def metrics(rest: Rest, name: str) -> dict[str, float]:
    """The last value of every metric of a run; empty when it logged none."""
    return dict(logged(rest, name).metrics)


def history(rest: Rest, name: str, metric: str) -> list[tuple[int, float]]:
    """Every value of a metric with its step, in the order of steps; of several for one step the last."""
    found = _mlflow(rest, f"metrics/get-history?run_id={name}&metric_key={quote(metric, safe='')}&max_results=10000")
    values = sorted(found.get("metrics") or [], key=lambda each: int(each.get("timestamp") or 0))
    return sorted({int(each.get("step") or 0): float(each["value"]) for each in values}.items())


def _mlflow(rest: Rest, path: str) -> Mapping[str, Any]:
    try:
        return rest.data_plane("mlflow/v2.0", f"api/2.0/mlflow/{path}") or {}
    except ServiceError as error:
        if error.code == "RESOURCE_DOES_NOT_EXIST":
            return {}
        raise


def _by_key(found: Any) -> list[Mapping[str, Any]]:
    return sorted(found or [], key=lambda each: str(each["key"]))
