"""Jobs: what they share, and the command job."""

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from runner.desired.schema.assets import AnyEnvironment
from runner.desired.schema.base import (
    BY_SHAPE,
    MAPPING,
    VALUE,
    Count,
    Description,
    IgnoreCase,
    Positive,
    Scalar,
    SchemaUrl,
    Spec,
    TagName,
    Text,
)

_TYPES = Literal["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"]
Mode = Literal["ro_mount", "rw_mount", "mount", "download", "upload", "direct", "eval_mount", "eval_download"]


class Input(Spec):
    """An input that is data. `path` is a reference, a URI or a local path; without it nothing is given yet."""

    type: Annotated[_TYPES, IgnoreCase] = Field("uri_folder", description="what `path` leads to")
    path: Text | None = Field(
        None,
        description="a reference, a URI, or a local file or folder, which is uploaded; without it nothing is given yet",
    )
    mode: Annotated[Mode, IgnoreCase] | None = Field(None, description="how it reaches the command")
    path_on_compute: str = Field("", description="passed on")
    datastore: str = Field("", description="passed on")


class Output(Spec):
    """Where results go."""

    type: Annotated[_TYPES, IgnoreCase] = Field("uri_folder", description="what is written")
    path: str = Field("", description="where it goes; default: the workspace's own datastore, below the run's name")
    mode: Annotated[Mode, IgnoreCase] | None = Field(None, description="how it leaves the command")
    name: str = Field("", description="registers it as a data asset of this name")
    version: str = Field("", description="of that data asset")


class Limits(Spec):
    """How long a command may run, in seconds."""

    timeout: Positive | None = Field(
        None, description="seconds; of a command job it is in no digest, so raising it starts no run"
    )


class Resources(Spec):
    """The nodes a job takes."""

    instance_count: Positive = Field(1, description="nodes")
    instance_type: str = Field("", description="the VM size, when serverless")
    properties: dict[str, Any] = Field({}, description="as in Azure ML; passed on")
    shm_size: str = Field("", description="shared memory, e.g. `2g`; passed on")
    docker_args: str | list[str] = Field("", description="as in Azure ML; passed on")
    locations: list[str] = Field([], description="as in Azure ML; passed on")
    max_instance_count: Positive | None = Field(None, description="as in Azure ML; passed on")


class Distribution(Spec):
    """How processes of one job find each other."""

    type: Annotated[Literal["mpi", "pytorch", "tensorflow", "ray"], IgnoreCase] = Field(
        description="how the processes find each other"
    )
    process_count_per_instance: Positive | None = Field(None, description="of `mpi` and `pytorch`")
    parameter_server_count: Count | None = Field(None, description="of `tensorflow`")
    worker_count: Positive | None = Field(None, description="of `tensorflow`")
    port: Positive | None = Field(None, description="of `ray`")
    address: str = Field("", description="of `ray`")
    include_dashboard: bool | None = Field(None, description="of `ray`")
    dashboard_port: Positive | None = Field(None, description="of `ray`")
    head_node_additional_args: str = Field("", description="of `ray`")
    worker_node_additional_args: str = Field("", description="of `ray`")


class JobIdentity(Spec):
    """The identity that a job runs under."""

    type: Annotated[Literal["managed", "managed_identity", "aml_token", "user", "user_identity"], IgnoreCase] = Field(
        description="whose identity"
    )
    client_id: str = Field("", description="which managed identity")
    object_id: str = Field("", description="which managed identity")
    msi_resource_id: str = Field("", description="which managed identity")


class QueueSettings(Spec):
    """The place in the queue of serverless compute."""

    job_tier: Annotated[Literal["spot", "basic", "standard", "premium", "null"], IgnoreCase] | None = Field(
        None, description="how soon it starts, and what it costs"
    )
    priority: Annotated[Literal["low", "medium", "high"], IgnoreCase] | None = Field(
        None, description="among jobs of the tier"
    )


AnyInput = Annotated[Annotated[Input, Tag(MAPPING)] | Annotated[Scalar, Tag(VALUE)], BY_SHAPE]


class Job(Spec):
    """The fields of every job."""

    schema_: SchemaUrl = ""
    name: str = Field("", description="the logical name; default: the file's name up to its first dot")
    display_name: str = Field("", description="what pages call the run; default: the logical name")
    experiment_name: str = Field("", description="what runs are grouped by; default: the logical name")
    description: Description = ""
    tags: dict[TagName, str | None] = Field({}, description="in no digest")
    properties: dict[TagName, str | None] = Field({}, description="decide, as inputs do")
    inputs: dict[str, AnyInput] = Field({}, description="values, or data")
    outputs: dict[str, Output | None] = Field({}, description="where results go; nothing stands for a folder")
    compute: str = Field("", description="`azureml:NAME`; without it, or with `serverless`, the job is serverless")
    identity: JobIdentity | None = Field(None, description="the identity that it runs under")
    services: dict[str, dict[str, Any]] = Field({}, description="as in Azure ML; passed on")


class Command(Spec):
    """One command and what it runs in: the fields that a command job and a command component share."""

    command: Text = Field(description="the command line, with `${{inputs.x}}` and `${{outputs.x}}`")
    code: str = Field("", description="a folder, the working directory of the command")
    environment: AnyEnvironment = Field(
        description="a reference, an environment in place, or `file:` and the path of a file that holds one"
    )
    resources: Resources | None = Field(None, description="the nodes that it takes")
    distribution: Distribution | None = Field(None, description="how its processes find each other")
    queue_settings: QueueSettings | None = Field(None, description="its place in the queue of serverless compute")


class CommandJob(Job, Command):
    """One command, run in an environment on a compute."""

    type: Annotated[Literal["command"], IgnoreCase] = Field("command", description="may be left out in `jobs/`")
    environment_variables: dict[str, Scalar] = Field(
        {}, description="text, numbers, true or false; or references to secrets, `{{ env.AML_SECRET_NAME }}`"
    )
    limits: Limits | None = Field(None, description="how long it may run")
