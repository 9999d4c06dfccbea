"""Components: the command component, a step that pipelines share. Pipeline components are in pipeline.py."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from runner.desired.schema.base import FILES, Description, IgnoreCase, Scalar, SchemaUrl, Spec, Tags, Text, Version
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

    type: _TYPES = Field(description="data of this type, or a value")
    description: Description = ""
    optional: bool = Field(False, description="whether it may be left out")
    default: Scalar | None = Field(None, description="the value when none is given")
    mode: Mode | None = Field(None, description="how data reaches the command")
    min: Scalar | None = Field(None, description="the least value")
    max: Scalar | None = Field(None, description="the greatest value")
    enum: list[str] = Field([], description="the values that are allowed")


class ComponentOutput(Spec):
    """What a component gives."""

    type: _TYPES = Field(description="data of this type, or a value")
    description: Description = ""
    mode: Mode | None = Field(None, description="how data leaves the command")


class Component(Spec):
    """The fields of every component. One that a pipeline writes out, or names the file of, needs no name."""

    schema_: SchemaUrl = ""
    name: str = Field(
        "", description="up to 255 lower-case letters, digits and `_`, beginning with a letter; needed in `components/`"
    )
    version: Version | None = Field(None, description="default: made from the content")
    display_name: str = Field("", description="what pages call it")
    description: Description = ""
    tags: Tags = Field({}, description="in no digest")
    is_deterministic: bool | None = Field(
        None, description="whether the service may reuse earlier results; default: it may"
    )
    inputs: dict[str, ComponentInput] = Field({}, description="what it takes")
    outputs: dict[str, ComponentOutput] = Field({}, description="what it gives")


class CommandComponent(Component, Command):
    """One command with its inputs and outputs, for use in pipelines and sweeps."""

    type: Annotated[Literal["command"], IgnoreCase] = Field("command", description="may be left out")
    properties: dict[str, Any] = Field({}, description="in no digest")
    additional_includes: list[Text] = Field(
        [], description="files and folders that are sent in `code`, under their own names"
    )


def _place(text: str) -> str:
    if text.startswith(("azureml:", "/subscriptions/")) or text.endswith(FILES):
        return text
    raise ValueError("expected azureml:NAME@latest, azureml:NAME:VERSION, an id, or the path of a .yml file")


# A component by name, by URI, or the path of its file.
ComponentReference = Annotated[Text, AfterValidator(_place)]
