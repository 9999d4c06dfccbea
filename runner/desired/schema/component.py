"""Components: the command component, a step that pipelines share. Pipeline components are in pipeline.py."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from runner.desired.schema.base import FILES, IgnoreCase, Scalar, Spec, Tags, Text, Version
from runner.desired.schema.job import Command, Mode

_TYPES = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "uri_file",
    "uri_folder",
    "mltable",
    "mlflow_model",
    "custom_model",
    "triton_model",
    "path",
]


class ComponentInput(Spec):
    """What a component takes: data or a value."""

    type: _TYPES
    description: str = ""
    optional: bool = False
    default: Scalar | None = None
    mode: Mode | None = None
    min: Scalar | None = None
    max: Scalar | None = None
    enum: list[str] = []


class ComponentOutput(Spec):
    """What a component gives."""

    type: _TYPES
    description: str = ""
    mode: Mode | None = None


class Component(Spec):
    """The fields of every component. One that a pipeline writes out, or names the file of, needs no name."""

    schema_: str = Field("", alias="$schema")
    name: str = ""
    version: Version | None = None
    display_name: str = ""
    description: str = ""
    tags: Tags = {}
    is_deterministic: bool | None = None
    inputs: dict[str, ComponentInput] = {}
    outputs: dict[str, ComponentOutput] = {}


class CommandComponent(Component, Command):
    """One command with its inputs and outputs, for use in pipelines and sweeps."""

    type: Annotated[Literal["command"], IgnoreCase] = "command"
    properties: dict[str, Any] = {}
    additional_includes: list[Text] = []


def _place(text: str) -> str:
    if text.startswith(("azureml:", "/subscriptions/")) or text.endswith(FILES):
        return text
    raise ValueError("expected azureml:NAME@latest, azureml:NAME:VERSION, an id, or the path of a .yml file")


# A component by name, by URI, or the path of its file.
ComponentReference = Annotated[Text, AfterValidator(_place)]
