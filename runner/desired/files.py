"""Which files of `specs/` are specs, and of what kind."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.desired.place import FILE
from runner.desired.schema.base import FILES
from runner.desired.templates.files import SUFFIXES
from runner.model.keys import Kind

_BY_FOLDER = {kind.folder: kind for kind in Kind}
# The last part of `$schema` up to its first dot, in lower case.
_BY_SCHEMA = {
    **dict.fromkeys(("amlcompute", "computeinstance", "kubernetescompute", "synapsesparkcompute"), Kind.COMPUTE),
    **dict.fromkeys(("vmcompute", "virtualmachinecompute"), Kind.COMPUTE),
    **dict.fromkeys(("azureblob", "azurefile", "azuredatalakegen1", "azuredatalakegen2", "onelake"), Kind.DATASTORE),
    "environment": Kind.ENVIRONMENT,
    "data": Kind.DATA,
    "model": Kind.MODEL,
    **dict.fromkeys(("component", "commandcomponent", "pipelinecomponent", "parallelcomponent"), Kind.COMPONENT),
    **dict.fromkeys(("sparkcomponent", "importcomponent", "datatransfercomponent"), Kind.COMPONENT),
    **dict.fromkeys(("commandjob", "sweepjob", "pipelinejob", "automljob", "sparkjob", "importjob"), Kind.JOB),
    **dict.fromkeys(("finetuningjob", "distillationjob", "paralleljob", "datatransferjob"), Kind.JOB),
    **dict.fromkeys(("schedule", "monitorschedule"), Kind.SCHEDULE),
    **dict.fromkeys(("connection", "workspaceconnection"), Kind.CONNECTION),
}
_BY_TYPE = {
    **dict.fromkeys(("amlcompute", "computeinstance", "kubernetes", "synapsespark", "virtualmachine"), Kind.COMPUTE),
    **dict.fromkeys(("azure_blob", "azure_file", "azure_data_lake_gen1", "azure_data_lake_gen2"), Kind.DATASTORE),
    **dict.fromkeys(("one_lake",), Kind.DATASTORE),
    **dict.fromkeys(("uri_file", "uri_folder", "mltable"), Kind.DATA),
    **dict.fromkeys(("custom_model", "mlflow_model", "triton_model"), Kind.MODEL),
    **dict.fromkeys(("command", "sweep", "pipeline", "automl", "spark", "finetuning", "distillation"), Kind.JOB),
    **dict.fromkeys(("git", "python_feed", "container_registry", "s3", "snowflake"), Kind.CONNECTION),
    **dict.fromkeys(("azure_sql_db", "azure_synapse_analytics", "azure_my_sql_db"), Kind.CONNECTION),
    **dict.fromkeys(("azure_postgres_db", "azure_open_ai", "open_ai", "serp", "serverless"), Kind.CONNECTION),
    **dict.fromkeys(("azure_ai_search", "azure_content_safety", "azure_speech_services"), Kind.CONNECTION),
    **dict.fromkeys(("azure_ai_services", "api_key", "custom"), Kind.CONNECTION),
}
KINDS = ", ".join(Kind)


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
