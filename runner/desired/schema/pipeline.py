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
    Description,
    IgnoreCase,
    OtherType,
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
    Annotated[Output, Tag(MAPPING)]
    | Annotated[Annotated[Any, BeforeValidator(_binding, json_schema_input_type=str)], Tag(VALUE)],
    BY_SHAPE,
]


class Node(Spec):
    """The fields of every node."""

    name: str = Field("", description="passed on")
    display_name: str = Field("", description="what pages call it")
    description: Description = ""
    tags: dict[TagName, str | None] = Field({}, description="in no digest")
    properties: dict[TagName, str | None] = Field({}, description="decide, as inputs do")
    inputs: dict[str, AnyInput] = Field(
        {}, description="values, data, or `${{parent.inputs.x}}` and `${{parent.jobs.a.outputs.x}}`"
    )
    outputs: dict[str, _AnyOutput | None] = Field({}, description="where results go, or `${{parent.outputs.x}}`")
    compute: str = Field("", description="`azureml:NAME`; default: the pipeline's")
    identity: JobIdentity | None = Field(None, description="the identity that it runs under")


class CommandNode(Node, Command):
    """A step that runs a command written out."""

    type: Literal["command"] = Field("command", description="may be left out")
    environment_variables: dict[str, Scalar] = Field(
        {}, description="text, numbers, true or false; or references to secrets, `{{ env.AML_SECRET_NAME }}`"
    )
    limits: Limits | None = Field(None, description="how long it may run; in the digest")
    services: dict[str, dict[str, Any]] = Field({}, description="as in Azure ML; passed on")

    @model_validator(mode="before")
    @classmethod
    def _one_command(cls, value: Any) -> Any:
        if isinstance(value, dict) and "command" not in value:
            raise misfit("", "states neither 'component' nor 'command'")
        return value


class ComponentNode(Node):
    """A step that runs a component; what it states goes before what the component does."""

    type: Literal["command"] = Field("command", description="may be left out")
    component: _AnyComponent = Field(
        description="`azureml:NAME@latest`, `azureml:NAME:VERSION`, a registry URI, a path, or a component in place"
    )
    comment: str = Field("", description="for readers of the pipeline")
    environment: AnyEnvironment | None = Field(None, description="before the component's own")
    environment_variables: dict[str, Scalar] = Field({}, description="before the component's own")
    resources: Resources | None = Field(None, description="before the component's own")
    distribution: Distribution | None = Field(None, description="before the component's own")
    limits: Limits | None = Field(None, description="how long it may run; in the digest")
    queue_settings: QueueSettings | None = Field(None, description="before the component's own")
    services: dict[str, dict[str, Any]] = Field({}, description="as in Azure ML; passed on")

    @model_validator(mode="before")
    @classmethod
    def _one_command(cls, value: Any) -> Any:
        for name in ("command", "code"):
            if name in value:
                raise misfit(name, f"{name!r} and 'component' exclude each other")
        return value


class SweepNode(Node, Sweep):
    """A step that sweeps over the inputs of a component."""

    type: Literal["sweep"] = Field(description="a sweep")
    comment: str = Field("", description="for readers of the pipeline")
    trial: _AnyComponent = Field(description="a command component, in any form that `component` of a node has")


class PipelineNode(Node):
    """A step that is a pipeline of its own: a pipeline component."""

    type: Literal["pipeline"] = Field(description="a pipeline")
    comment: str = Field("", description="for readers of the pipeline")
    component: ComponentReference = Field(description="a pipeline component, by name, URI or file")


class OtherNode(BaseModel):
    """A step of a type that we have no model of: the SDK judges it, with the pipeline around it."""

    model_config = ConfigDict(extra="allow")

    type: OtherType = Field(description="the SDK judges steps of these types")


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

    default_compute: Annotated[Text, BeforeValidator(_azureml)] | None = Field(
        None, description="for nodes that name none: `azureml:NAME` or `serverless`"
    )
    default_datastore: Annotated[Text, BeforeValidator(_azureml)] | None = Field(None, description="`azureml:NAME`")
    continue_on_step_failure: bool | None = Field(None, description="whether the rest goes on when a node fails")
    force_rerun: bool | None = Field(None, description="whether the service reuses no earlier results")


class PipelineJob(Job):
    """A pipeline: nodes, of which some wait for others' outputs."""

    type: Annotated[Literal["pipeline"], IgnoreCase] = Field(description="a pipeline")
    settings: PipelineSettings | None = Field(None, description="what holds for all nodes")
    jobs: Nodes | None = Field(
        None, description="the nodes by name: lower-case letters, digits and `_`; these or `component`"
    )
    component: ComponentReference | None = Field(
        None, description="the path or the name of a pipeline component; this or `jobs`"
    )

    @model_validator(mode="after")
    def _one_graph(self) -> Self:
        if bool(self.jobs) == bool(self.component):
            raise misfit("component" if self.jobs else "", "states either 'jobs' or 'component'")
        return self


class PipelineComponent(Component):
    """Nodes with common inputs and outputs, for use as a node of pipelines."""

    type: Annotated[Literal["pipeline"], IgnoreCase] = Field(description="a pipeline")
    jobs: Nodes = Field(description="the nodes by name: lower-case letters, digits and `_`")
