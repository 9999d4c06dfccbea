"""What a run did: its error, its log, its metrics. Run history and MLflow, read over REST."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


def metrics(rest: Rest, name: str) -> dict[str, float]:
    """The last value of every metric of a run; empty when it logged none."""
    try:
        found = rest.data_plane("mlflow/v2.0", f"api/2.0/mlflow/runs/get?run_id={name}")
    except ServiceError as error:
        if error.code == "RESOURCE_DOES_NOT_EXIST":
            return {}
        raise
    logged = ((found or {}).get("run") or {}).get("data", {}).get("metrics") or []
    return {str(metric["key"]): float(metric["value"]) for metric in sorted(logged, key=lambda m: str(m["key"]))}
