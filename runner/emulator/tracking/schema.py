"""The schema of MLflow's database: made whole at the first start, upgraded when MLflow has moved on."""

import os
from pathlib import Path
from typing import Any

import sqlalchemy
from mlflow.store.db import utils

# MLflow offers these only as a command that takes most of a second to start.
# ruff: noqa: SLF001


def prepare(backend: str) -> None:
    """Create or upgrade the SQLite database of `sqlite:///PATH`."""
    database = Path(backend.removeprefix("sqlite:///"))
    if not database.exists():
        _create(database)
        return
    engine = utils.create_sqlalchemy_engine_with_retry(backend)
    if utils._get_schema_version(engine) != utils._get_latest_schema_revision():
        utils._upgrade_db(engine)
    engine.dispose()


def _create(database: Path) -> None:
    """Run MLflow's migrations on a draft and rename it: killed in the middle, the next start finds nothing half made.

    A draft needs no journal on disk, which halves the time.
    """
    draft = database.with_name(f"{database.name}.draft")
    draft.unlink(missing_ok=True)
    engine = utils.create_sqlalchemy_engine(f"sqlite:///{draft}")
    sqlalchemy.event.listen(engine, "connect", _write_without_waiting)
    utils._initialize_tables(engine)
    engine.dispose()
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(database)


def _write_without_waiting(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=MEMORY")
