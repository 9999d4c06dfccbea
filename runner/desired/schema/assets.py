"""Assets with versions: environments, data and models."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Tag, model_validator

from runner.desired.schema.base import (
    BY_SHAPE,
    MAPPING,
    VALUE,
    IgnoreCase,
    Positive,
    Spec,
    Text,
    Version,
    VersionTags,
    misfit,
)

_CondaFile = Annotated[Annotated[dict[str, Any], Tag(MAPPING)] | Annotated[Text, Tag(VALUE)], BY_SHAPE]


def _reference(text: str) -> str:
    if text.startswith(("azureml:", "/subscriptions/", "file:")):
        return text
    raise ValueError(
        "expected azureml:NAME@latest, azureml:NAME:VERSION, an id, file:PATH, or an environment written out"
    )


def _number(version: str) -> str:
    if version.isdecimal() and int(version) > 0:
        return version
    raise ValueError("the versions of a model are whole numbers from 1")


class BuildContext(Spec):
    """A folder with a Dockerfile."""

    path: Text
    dockerfile_path: str = "Dockerfile"


class Route(Spec):
    """One route of an inference server."""

    port: Positive
    path: Text


class InferenceConfig(Spec):
    """The routes of an inference server."""

    liveness_route: Route
    readiness_route: Route
    scoring_route: Route


class InlineEnvironment(Spec):
    """The content of an environment, also where a job states one in place."""

    schema_: str = Field("", alias="$schema")
    name: str = ""
    version: Version | None = None
    description: str = ""
    tags: VersionTags = {}
    properties: dict[str, str] = {}
    image: str = ""
    build: BuildContext | None = None
    conda_file: _CondaFile | None = None
    inference_config: InferenceConfig | None = None
    os_type: Annotated[Literal["linux", "windows"], IgnoreCase] = "linux"

    @model_validator(mode="after")
    def _one_base(self) -> Self:
        if self.image and self.build:
            raise misfit("build", "'image' and 'build' exclude each other")
        if not self.image and not self.build:
            raise misfit("", "states neither 'image' nor 'build'; a conda file alone is no environment")
        if self.build and self.conda_file:
            raise misfit("conda_file", "'conda_file' goes with 'image', not with 'build'")
        return self


class Environment(InlineEnvironment):
    """An environment of the workspace."""

    name: Text


_Named = Annotated[Text, AfterValidator(_reference)]
# What a job runs in: an environment of the workspace, or one written out in place.
AnyEnvironment = Annotated[Annotated[InlineEnvironment, Tag(MAPPING)] | Annotated[_Named, Tag(VALUE)], BY_SHAPE]


class Data(Spec):
    """A data asset: a file, a folder or an MLTable, local or by URI."""

    schema_: str = Field("", alias="$schema")
    name: Text
    version: Version | None = None
    description: str = ""
    tags: VersionTags = {}
    properties: dict[str, str] = {}
    type: Literal["uri_file", "uri_folder", "mltable"] = "uri_folder"
    path: Text
    datastore: str = ""


class Model(Spec):
    """A model: a file or a folder, local, of a datastore or of a run."""

    schema_: str = Field("", alias="$schema")
    name: Text
    version: Annotated[Version, AfterValidator(_number)] | None = None
    description: str = ""
    tags: VersionTags = {}
    properties: dict[str, str] = {}
    type: Annotated[Literal["custom_model", "mlflow_model", "triton_model"], IgnoreCase] = "custom_model"
    path: Text
    datastore: str = ""
    stage: str = ""
    flavors: dict[str, Any] = {}
