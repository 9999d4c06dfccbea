"""Which files of `specs/` are specs, and of what kind."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.desired.project import FILE
from runner.desired.schema.base import FILES
from runner.desired.templates.files import SUFFIXES
from runner.model.keys import Kind

_BY_FOLDER = {kind.folder: kind for kind in Kind}
_BY_SCHEMA = {
    "amlcompute": Kind.COMPUTE,
    "computeinstance": Kind.COMPUTE,
    "azureblob": Kind.DATASTORE,
    "azurefile": Kind.DATASTORE,
    "azuredatalakegen1": Kind.DATASTORE,
    "azuredatalakegen2": Kind.DATASTORE,
    "onelake": Kind.DATASTORE,
    "environment": Kind.ENVIRONMENT,
    "data": Kind.DATA,
    "model": Kind.MODEL,
    "commandcomponent": Kind.COMPONENT,
    "pipelinecomponent": Kind.COMPONENT,
    "commandjob": Kind.JOB,
    "sweepjob": Kind.JOB,
    "pipelinejob": Kind.JOB,
}
_BY_TYPE = {
    "amlcompute": Kind.COMPUTE,
    "computeinstance": Kind.COMPUTE,
    "azure_blob": Kind.DATASTORE,
    "azure_file": Kind.DATASTORE,
    "azure_data_lake_gen1": Kind.DATASTORE,
    "azure_data_lake_gen2": Kind.DATASTORE,
    "one_lake": Kind.DATASTORE,
    "uri_file": Kind.DATA,
    "uri_folder": Kind.DATA,
    "mltable": Kind.DATA,
    "custom_model": Kind.MODEL,
    "mlflow_model": Kind.MODEL,
    "triton_model": Kind.MODEL,
    "command": Kind.JOB,
    "sweep": Kind.JOB,
    "pipeline": Kind.JOB,
}
KINDS = (
    "compute (amlcompute, computeinstance), datastore, environment, data, model, component (command, pipeline), "
    "job (command, sweep, pipeline)"
)


def discover(specs: Path) -> Iterator[Path]:
    """Every YAML file and template below `specs/`, sorted; hidden folders and links to folders are passed over."""
    for folder, names, files in os.walk(specs, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if name.endswith((*FILES, *SUFFIXES)) and not name.startswith(".") and Path(folder, name) != specs / FILE:
                yield Path(folder, name)


def kind_of(path: Path, value: dict[str, Any], specs: Path | None) -> Kind | None:
    """The kind by `$schema`, else by the folder of `specs/`, else by `type`; None when nothing says it."""
    schema = str(value.get("$schema", "")).rsplit("/", 1)[-1].split(".")[0].lower()
    if schema:
        return _BY_SCHEMA.get(schema)
    folders = path.relative_to(specs).parts[:-1] if specs and path.is_relative_to(specs) else (path.parent.name,)
    by_folder = next((_BY_FOLDER[folder] for folder in folders if folder in _BY_FOLDER), None)
    return by_folder or _BY_TYPE.get(str(value.get("type", "")).lower())
