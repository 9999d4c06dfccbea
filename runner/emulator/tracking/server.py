"""The child's side: MLflow's own ASGI app under one uvicorn on a unix socket. Nothing else imports this module."""

import gc
import os
from collections.abc import Mapping
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

KEEP_ALIVE_SECONDS = 75  # longer than the daemon keeps an idle connection, so that it never writes to a closed one
GRACE_SECONDS = 3


def serve(socket: Path, backend: str, artifacts: Path) -> None:
    """Serve until SIGTERM."""
    _set_environment(_settings(backend, artifacts))
    config = uvicorn.Config(
        _load_app(backend),
        uds=str(socket),
        # MLflow's lifespan only cleans up after its assistant, by calling docker: none of our business.
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run()


def _settings(backend: str, artifacts: Path) -> dict[str, str]:
    """MLflow's settings. The underscored ones are those its `mlflow server` command hands to its own workers."""
    return {
        "_MLFLOW_SERVER_FILE_STORE": backend,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": artifacts.resolve().as_uri(),
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }


def _set_environment(settings: Mapping[str, str]) -> None:
    """Forget what the daemon's environment says about MLflow (a user's own tracking URI, say), then set ours."""
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "_MLFLOW_"))]:
        del os.environ[name]
    os.environ.update(settings)


def _load_app(backend: str) -> ASGIApp:
    """Import MLflow, open its database with our store, and return its app. A quarter faster without the collector."""
    gc.disable()
    from mlflow.server.fastapi_app import app

    from runner.emulator.tracking import store

    store.open_stores(backend)
    gc.freeze()
    gc.enable()
    # MLflow ships no types for it.
    mlflow_app: ASGIApp = app
    return mlflow_app
