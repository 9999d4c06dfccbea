"""Pipelines: jobs and components made of nodes."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from runner.desired.schema.assets import AnyEnvironment
from runner.desired.schema.base import (
    BY_SHAPE,
    COMPONENT,
    MAPPING,
    OTHER,
    OTHER_NODES,
    PIPELINE,
    SWEEP,
    TAG,
    VALUE,
    IgnoreCase,
    Scalar,
    Spec,
    TagName,
    Text,
    misfit,
)
from runner.desired.schema.component import CommandComponent, Component, ComponentReference
from runner.desired.schema.job import (
    AnyInput,
    Command,
    Distribution,
    Job,
    JobIdentity,
    Limits,
    Output,
    QueueSettings,
    Resources,
)
from runner.desired.schema.sweep import Sweep

_AnyComponent = Annotated[
    Annotated[CommandComponent, Tag(MAPPING)] | Annotated[ComponentReference, Tag(VALUE)], BY_SHAPE
]


def _binding(text: Any) -> Any:
    if isinstance(text, str) and text.startswith("${{"):
        return text
    raise ValueError("expected ${{parent.outputs.NAME}}, an output written out, or nothing")


_AnyOutput = Annotated[
    Annotated[Output, Tag(MAPPING)] | Annotated[Annotated[Any, BeforeValidator(_binding)], Tag(VALUE)], BY_SHAPE
]


class Node(Spec):
    """The fields of every node."""

    name: str = ""
    display_name: str = ""
    description: str = ""
    tags: dict[TagName, str | None] = {}
    properties: dict[TagName, str | None] = {}
    inputs: dict[str, AnyInput] = {}
    outputs: dict[str, _AnyOutput | None] = {}
    compute: str = ""
    identity: JobIdentity | None = None


class CommandNode(Node, Command):
    """A step that runs a command written out."""

    type: Literal["command"] = "command"
    environment_variables: dict[str, Scalar] = {}
    limits: Limits | None = None
    services: dict[str, dict[str, Any]] = {}

    @model_validator(mode="before")
    @classmethod
    def _one_command(cls, value: Any) -> Any:
        if isinstance(value, dict) and "command" not in value:
            raise misfit("", "states neither 'component' nor 'command'")
        return value


class ComponentNode(Node):
    """A step that runs a component; what it states goes before what the component does."""

    type: Literal["command"] = "command"
    component: _AnyComponent
    comment: str = ""
    environment: AnyEnvironment | None = None
    environment_variables: dict[str, Scalar] = {}
    resources: Resources | None = None
    distribution: Distribution | None = None
    limits: Limits | None = None
    queue_settings: QueueSettings | None = None
    services: dict[str, dict[str, Any]] = {}

    @model_validator(mode="before")
    @classmethod
    def _one_command(cls, value: Any) -> Any:
        for name in ("command", "code"):
            if name in value:
                raise misfit(name, f"{name!r} and 'component' exclude each other")
        return value


class SweepNode(Node, Sweep):
    """A step that sweeps over the inputs of a component."""

    type: Literal["sweep"]
    comment: str = ""
    trial: _AnyComponent


class PipelineNode(Node):
    """A step that is a pipeline of its own: a pipeline component."""

    type: Literal["pipeline"]
    comment: str = ""
    component: ComponentReference


class OtherNode(BaseModel):
    """A step of a type that we have no model of: the SDK judges it, with the pipeline around it."""

    model_config = ConfigDict(extra="allow")


def _node(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    # Whether an untyped node's component is a command or a pipeline says the component.
    kind = value.get("type", "command")
    if kind in OTHER_NODES:
        return OTHER
    return COMPONENT if kind == "command" and "component" in value else f"{TAG}{kind}"


AnyNode = Annotated[
    Annotated[CommandNode, Tag(f"{TAG}command")]
    | Annotated[ComponentNode, Tag(COMPONENT)]
    | Annotated[SweepNode, Tag(SWEEP)]
    | Annotated[PipelineNode, Tag(PIPELINE)]
    | Annotated[OtherNode, Tag(OTHER)],
    Discriminator(_node),
]


def _identifier(name: Any) -> Any:
    if isinstance(name, str) and name.isascii() and name.isidentifier() and name == name.lower():
        return name
    raise ValueError("a node's name has lower-case letters, digits and '_', and begins with no digit")


Nodes = Annotated[dict[Annotated[str, BeforeValidator(_identifier)], AnyNode], Field(min_length=1)]


def _azureml(text: Any) -> Any:
    if isinstance(text, str) and (text.startswith(("azureml:", "/subscriptions/", "${{")) or text == "serverless"):
        return text
    raise ValueError("expected azureml:NAME")


class PipelineSettings(Spec):
    """What holds for all nodes. The SDK passes on what it does not know."""

    model_config = ConfigDict(extra="allow")

    default_compute: Annotated[Text, BeforeValidator(_azureml)] | None = None
    default_datastore: Annotated[Text, BeforeValidator(_azureml)] | None = None
    continue_on_step_failure: bool | None = None
    force_rerun: bool | None = None


class PipelineJob(Job):
    """A pipeline: nodes, of which some wait for others' outputs."""

    type: Annotated[Literal["pipeline"], IgnoreCase]
    settings: PipelineSettings | None = None
    jobs: Nodes | None = None
    component: ComponentReference | None = None

    @model_validator(mode="after")
    def _one_graph(self) -> Self:
        if bool(self.jobs) == bool(self.component):
            raise misfit("component" if self.jobs else "", "states either 'jobs' or 'component'")
        return self


class PipelineComponent(Component):
    """Nodes with common inputs and outputs, for use as a node of pipelines."""

    type: Annotated[Literal["pipeline"], IgnoreCase]
    jobs: Nodes
