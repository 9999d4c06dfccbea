"""Jobs: what they share, and the command job."""

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from runner.desired.schema.assets import AnyEnvironment
from runner.desired.schema.base import (
    BY_SHAPE,
    MAPPING,
    VALUE,
    Count,
    IgnoreCase,
    Positive,
    Scalar,
    Spec,
    TagName,
    Text,
)

_TYPES = Literal["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"]
Mode = Literal["ro_mount", "rw_mount", "mount", "download", "upload", "direct", "eval_mount", "eval_download"]


class Input(Spec):
    """An input that is data. `path` is a reference, a URI or a local path; without it nothing is given yet."""

    type: Annotated[_TYPES, IgnoreCase] = "uri_folder"
    path: Text | None = None
    mode: Annotated[Mode, IgnoreCase] | None = None
    path_on_compute: str = ""
    datastore: str = ""


class Output(Spec):
    """Where results go."""

    type: Annotated[_TYPES, IgnoreCase] = "uri_folder"
    path: str = ""
    mode: Annotated[Mode, IgnoreCase] | None = None
    name: str = ""
    version: str = ""


class Limits(Spec):
    """How long a command may run, in seconds."""

    timeout: Positive | None = None


class Resources(Spec):
    """The nodes a job takes."""

    instance_count: Positive = 1
    instance_type: str = ""
    properties: dict[str, Any] = {}
    shm_size: str = ""
    docker_args: str | list[str] = ""
    locations: list[str] = []
    max_instance_count: Positive | None = None


class Distribution(Spec):
    """How processes of one job find each other."""

    type: Annotated[Literal["mpi", "pytorch", "tensorflow", "ray"], IgnoreCase]
    process_count_per_instance: Positive | None = None
    parameter_server_count: Count | None = None
    worker_count: Positive | None = None
    port: Positive | None = None
    address: str = ""
    include_dashboard: bool | None = None
    dashboard_port: Positive | None = None
    head_node_additional_args: str = ""
    worker_node_additional_args: str = ""


class JobIdentity(Spec):
    """The identity that a job runs under."""

    type: Annotated[Literal["managed", "managed_identity", "aml_token", "user", "user_identity"], IgnoreCase]
    client_id: str = ""
    object_id: str = ""
    msi_resource_id: str = ""


class QueueSettings(Spec):
    """The place in the queue of serverless compute."""

    job_tier: Annotated[Literal["spot", "basic", "standard", "premium", "null"], IgnoreCase] | None = None
    priority: Annotated[Literal["low", "medium", "high"], IgnoreCase] | None = None


AnyInput = Annotated[Annotated[Input, Tag(MAPPING)] | Annotated[Scalar, Tag(VALUE)], BY_SHAPE]


class Job(Spec):
    """The fields of every job."""

    schema_: str = Field("", alias="$schema")
    name: str = ""
    display_name: str = ""
    experiment_name: str = ""
    description: str = ""
    tags: dict[TagName, str | None] = {}
    properties: dict[TagName, str | None] = {}
    inputs: dict[str, AnyInput] = {}
    outputs: dict[str, Output | None] = {}
    compute: str = ""
    identity: JobIdentity | None = None
    services: dict[str, dict[str, Any]] = {}


class Command(Spec):
    """One command and what it runs in: the fields that a command job and a command component share."""

    command: Text
    code: str = ""
    environment: AnyEnvironment
    resources: Resources | None = None
    distribution: Distribution | None = None
    queue_settings: QueueSettings | None = None


class CommandJob(Job, Command):
    """One command, run in an environment on a compute."""

    type: Annotated[Literal["command"], IgnoreCase] = "command"
    environment_variables: dict[str, Scalar] = {}
    limits: Limits | None = None
