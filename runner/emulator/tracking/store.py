"""MLflow's SQLAlchemy store, with two differences: run ids may be chosen, and a run's files lie in `dcid.<run id>/`.

On Azure ML the run id is the job's name and a run's files, its models among them, are the job's files. Stock MLflow
draws the id and files models (`LoggedModel`) under the experiment.

What we lean on inside MLflow is pinned by tests/emulator/tracking/test_mlflow_internals.py.
"""

import threading
from typing import Any

import flask
import sqlalchemy
from mlflow.exceptions import MlflowException
from mlflow.server import handlers
from mlflow.store.tracking.dbmodels.models import SqlLoggedModel, SqlRun
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from runner.emulator.tracking import schema
from runner.emulator.tracking.protocol import RUN_ID_HEADER


def open_stores(backend: str) -> None:
    """Register our store for SQLite in MLflow's server and open the database, created or upgraded where needed."""
    handlers._tracking_store_registry.register("sqlite", JobStore)  # noqa: SLF001  # MLflow has no public way
    schema.prepare(backend)
    handlers.initialize_backend_stores(backend, default_artifact_root="mlflow-artifacts:/")


def artifact_uri(run_id: str) -> str:
    """Where a run's files are, as clients see it: MLflow's server resolves it below its artifact folder."""
    return f"mlflow-artifacts:/dcid.{run_id}"


class JobStore(SqlAlchemyStore):  # type: ignore[misc]  # MLflow is untyped
    """Built by MLflow's registry with `store_uri` and `artifact_uri`; see the module for what differs."""

    def __init__(self, store_uri: str, artifact_uri: str) -> None:
        super().__init__(store_uri, artifact_uri)
        self._writing = threading.Lock()

    def create_run(self, *args: Any, **kwargs: Any) -> Any:
        """As MLflow's; with a chosen id, an existing run of that id is returned as it is."""
        run_id = _chosen_run_id()
        if run_id is None:
            return super().create_run(*args, **kwargs)
        with self._writing:
            try:
                return self.get_run(run_id)
            except MlflowException as error:
                if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                    raise
            return super().create_run(*args, **kwargs)

    def create_logged_model(self, *args: Any, **kwargs: Any) -> Any:
        """As MLflow's; a run's model lies in the run's folder under its name, as `log_model` did before MLflow 3."""
        model = super().create_logged_model(*args, **kwargs)
        if not model.source_run_id:
            return model
        with self._writing, self.ManagedSessionMaker(read_only=False) as session:
            location = f"{artifact_uri(model.source_run_id)}/{model.name}"
            if session.query(SqlLoggedModel).filter_by(artifact_location=location).first():
                location = f"{location}-{model.model_id}"
            row = session.get(SqlLoggedModel, model.model_id)
            row.artifact_location = location
            return row.to_mlflow_entity()


def _chosen_run_id() -> str | None:
    return flask.request.headers.get(RUN_ID_HEADER) if flask.has_request_context() else None


@sqlalchemy.event.listens_for(SqlRun, "init")
def _choose_id_and_folder(_run: SqlRun, _args: object, values: dict[str, Any]) -> None:
    """MLflow's `create_run` draws the id in its middle; SQLAlchemy lets us change the row before it is made."""
    values["run_uuid"] = _chosen_run_id() or values["run_uuid"]
    values["artifact_uri"] = artifact_uri(values["run_uuid"])
