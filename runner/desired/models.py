"""Which model a spec is held against, by its kind and its `type`."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from runner.desired.check import check, not_one_of, one_of
from runner.desired.document import Document
from runner.model.diagnostics import Diagnostic
from runner.model.keys import Kind

# `type` -> where its model stands; the first is what an absent or unknown `type` is held against.
_MODELS: Mapping[Kind, Mapping[str, str]] = {
    Kind.COMPUTE: {"amlcompute": "compute.AmlCompute", "computeinstance": "compute.ComputeInstance"},
    Kind.DATASTORE: {
        "azure_blob": "datastore.AzureBlob",
        "azure_file": "datastore.AzureFile",
        "azure_data_lake_gen1": "datastore.AzureDataLakeGen1",
        "azure_data_lake_gen2": "datastore.AzureDataLakeGen2",
        "one_lake": "datastore.OneLake",
    },
    Kind.ENVIRONMENT: {"": "assets.Environment"},
    Kind.DATA: {"": "assets.Data"},
    Kind.MODEL: {"": "assets.Model"},
    Kind.COMPONENT: {"command": "component.CommandComponent", "pipeline": "pipeline.PipelineComponent"},
    Kind.JOB: {"command": "job.CommandJob", "sweep": "sweep.SweepJob", "pipeline": "pipeline.PipelineJob"},
}


def judge(document: Document, kind: Kind) -> list[Diagnostic]:
    """Everything in which a document is no spec of this kind."""
    types, stated = tuple(_MODELS[kind]), document.value.get("type")
    if stated is not None and types[0] and str(stated).lower() not in types:
        # By what it is not, its other fields cannot be judged.
        return [Diagnostic(f"type: {not_one_of(one_of(types), stated)}", document.position(("type",)))]
    return check(document, _model(kind, document.value))


def _model(kind: Kind, value: Mapping[str, Any]) -> type[BaseModel]:
    # Imported one by one: what a project does not use need not be built.
    of_kind = _MODELS[kind]
    place = of_kind.get(str(value.get("type", "")).lower()) or next(iter(of_kind.values()))
    module, _, name = place.partition(".")
    model: type[BaseModel] = getattr(import_module(f"runner.desired.schema.{module}"), name)
    return model
