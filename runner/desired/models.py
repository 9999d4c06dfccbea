"""Which model a spec is held against, by its kind and its `type`; what has none is judged by the SDK (see `sdk.py`)."""

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
    Kind.SCHEDULE: {},
    Kind.CONNECTION: {},
}
_PROMPTFLOW = "/promptflow/"  # in the $schema of a flow
# The types that have no model of ours.
BY_SDK: Mapping[Kind, tuple[str, ...]] = {
    Kind.COMPUTE: ("kubernetes", "synapsespark", "virtualmachine"),
    Kind.COMPONENT: ("automl", "data_transfer", "import", "parallel", "spark"),
    Kind.JOB: ("automl", "distillation", "finetuning", "import", "spark"),
}


def judge_part(document: Document, kind: Kind) -> list[Diagnostic]:
    """The same of a file that belongs to another spec: such an environment needs no name."""
    if kind is Kind.ENVIRONMENT:
        return check(document, _named("assets.InlineEnvironment"))
    return judge(document, kind)


def judge(document: Document, kind: Kind) -> list[Diagnostic]:
    """Everything in which a document is no spec of this kind, as far as a model of ours says it."""
    types, stated = tuple(_MODELS[kind]), document.value.get("type")
    if not types or is_by_sdk(kind, document.value):
        return []
    if stated is not None and types[0] and str(stated).lower() not in types:
        # By what it is not, its other fields cannot be judged.
        known = one_of((*types, *BY_SDK.get(kind, ())))
        return [Diagnostic(f"type: {not_one_of(known, stated)}", document.position(("type",)))]
    return check(document, _model(kind, document.value))


def models(kind: Kind) -> tuple[type[BaseModel], ...]:
    """The models of a kind, one for each `type`; none where the SDK judges all."""
    return tuple(_named(place) for place in _MODELS[kind].values())


def is_by_sdk(kind: Kind, value: Mapping[str, Any]) -> bool:
    """Whether a spec of this kind has no model, by its type; a flow, which is a component, states none."""
    is_flow = kind is Kind.COMPONENT and _PROMPTFLOW in str(value.get("$schema", ""))
    return not _MODELS[kind] or is_flow or str(value.get("type", "")).lower() in BY_SDK.get(kind, ())


def _model(kind: Kind, value: Mapping[str, Any]) -> type[BaseModel]:
    # Imported one by one: what a project does not use need not be built.
    of_kind = _MODELS[kind]
    return _named(of_kind.get(str(value.get("type", "")).lower()) or next(iter(of_kind.values())))


def _named(place: str) -> type[BaseModel]:
    module, _, name = place.partition(".")
    model: type[BaseModel] = getattr(import_module(f"runner.desired.schema.{module}"), name)
    return model
