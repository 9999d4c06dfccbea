"""What we lean on inside MLflow. When one of these fails after an upgrade, read runner/emulator/tracking/store.py."""

import inspect
import warnings
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="module")
def inside() -> SimpleNamespace:
    """MLflow's server modules; what their import warns of is not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow.server import constants, handlers
        from mlflow.store.db import utils
        from mlflow.store.tracking.dbmodels.models import SqlLoggedModel, SqlRun
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    return SimpleNamespace(
        constants=constants,
        registry=handlers._tracking_store_registry,
        schema=utils,
        SqlLoggedModel=SqlLoggedModel,
        SqlRun=SqlRun,
        Store=SqlAlchemyStore,
    )


def parameters(function: object) -> list[str]:
    assert callable(function)
    return list(inspect.signature(function).parameters)


def test_the_registry_still_builds_stores_by_scheme(inside: SimpleNamespace) -> None:
    assert "sqlite" in inside.registry._registry, "MLflow's tracking-store registry has moved"
    assert parameters(inside.registry.register) == ["scheme", "store_builder"]
    building = inspect.getsource(inside.registry._get_store_with_resolved_uri.__wrapped__)
    assert "builder(store_uri=resolved_store_uri, artifact_uri=artifact_uri)" in building


def test_the_store_still_takes_what_we_pass_on(inside: SimpleNamespace) -> None:
    store = inside.Store
    assert parameters(store.__init__)[:3] == ["self", "db_uri", "default_artifact_root"]
    assert parameters(store.create_run) == ["self", "experiment_id", "user_id", "start_time", "tags", "run_name"]
    assert "SqlRun(" in inspect.getsource(store.create_run), "create_run no longer makes the row that we change"
    assert "self.ManagedSessionMaker = " in inspect.getsource(store.__init__)
    assert "read_only" in inspect.getsource(inside.schema._get_managed_session_maker)


def test_the_rows_still_have_the_columns_we_set(inside: SimpleNamespace) -> None:
    assert {"run_uuid", "artifact_uri"} <= set(inside.SqlRun.__table__.columns.keys())
    model = inside.SqlLoggedModel.__table__
    assert {"model_id", "artifact_location", "source_run_id"} <= set(model.columns.keys())
    assert model.primary_key.columns.keys() == ["model_id"]


def test_the_schema_functions_are_still_there(inside: SimpleNamespace) -> None:
    schema = inside.schema
    for function in (schema._initialize_tables, schema._upgrade_db, schema._get_schema_version):
        assert parameters(function) == ["engine"]
    assert parameters(schema._get_latest_schema_revision) == []
    assert parameters(schema.create_sqlalchemy_engine) == ["db_uri"]


def test_the_servers_own_settings_keep_their_names(inside: SimpleNamespace) -> None:
    assert inside.constants.BACKEND_STORE_URI_ENV_VAR == "_MLFLOW_SERVER_FILE_STORE"
    assert inside.constants.ARTIFACT_ROOT_ENV_VAR == "_MLFLOW_SERVER_ARTIFACT_ROOT"
    assert inside.constants.ARTIFACTS_DESTINATION_ENV_VAR == "_MLFLOW_SERVER_ARTIFACT_DESTINATION"
    assert inside.constants.SERVE_ARTIFACTS_ENV_VAR == "_MLFLOW_SERVER_SERVE_ARTIFACTS"
