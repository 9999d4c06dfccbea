"""Jobs: the command job."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Tag, model_validator

from runner.desired.schema.assets import InlineEnvironment
from runner.desired.schema.base import BY_SHAPE, Count, IgnoreCase, Positive, Scalar, Spec, Text, misfit

_BINDING = re.compile(r"\$\{\{\s*(inputs|outputs)\.([A-Za-z0-9_]+)")
_TYPES = Literal["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"]
_MODES = Literal["ro_mount", "rw_mount", "mount", "download", "upload", "direct", "eval_mount", "eval_download"]


class Input(Spec):
    """An input that is data. `path` is a reference, a URI or a local path."""

    type: Annotated[_TYPES, IgnoreCase] = "uri_folder"
    path: Text
    mode: Annotated[_MODES, IgnoreCase] | None = None
    path_on_compute: str = ""
    datastore: str = ""


class Output(Spec):
    """Where results go."""

    type: Annotated[_TYPES, IgnoreCase] = "uri_folder"
    path: str = ""
    mode: Annotated[_MODES, IgnoreCase] | None = None
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


def _reference(text: str) -> str:
    if text.startswith(("azureml:", "/subscriptions/")):
        return text
    raise ValueError("expected azureml:NAME@latest, azureml:NAME:VERSION, an id, or an environment written out")


_Input = Annotated[Annotated[Input, Tag("mapping")] | Annotated[Scalar, Tag("value")], BY_SHAPE]
_Named = Annotated[Text, AfterValidator(_reference)]
_Environment = Annotated[Annotated[InlineEnvironment, Tag("mapping")] | Annotated[_Named, Tag("value")], BY_SHAPE]


class CommandJob(Spec):
    """One command, run in an environment on a compute."""

    schema_: str = Field("", alias="$schema")
    type: Annotated[Literal["command"], IgnoreCase] = "command"
    name: str = ""
    display_name: str = ""
    experiment_name: str = ""
    description: str = ""
    tags: dict[str, str | None] = {}
    properties: dict[str, str | None] = {}
    command: Text
    code: str = ""
    environment: _Environment
    environment_variables: dict[str, Scalar] = {}
    inputs: dict[str, _Input] = {}
    outputs: dict[str, Output | None] = {}
    compute: str = ""
    resources: Resources | None = None
    distribution: Distribution | None = None
    limits: Limits | None = None
    identity: JobIdentity | None = None
    queue_settings: QueueSettings | None = None
    services: dict[str, dict[str, Any]] = {}

    @model_validator(mode="after")
    def _bindings(self) -> Self:
        known = {"inputs": set(self.inputs), "outputs": set(self.outputs)}
        undefined = [f"{kind}.{name}" for kind, name in _BINDING.findall(self.command) if name not in known[kind]]
        if undefined:
            raise misfit("command", f"the command uses {', '.join(undefined)}, which the job does not define")
        return self
