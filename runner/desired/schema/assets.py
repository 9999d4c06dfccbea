"""Assets with versions: environments, data and models."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Tag, model_validator

from runner.desired.schema.base import (
    BY_SHAPE,
    MAPPING,
    VALUE,
    Description,
    IgnoreCase,
    Positive,
    SchemaUrl,
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

    path: Text = Field(description="a folder")
    dockerfile_path: str = Field("Dockerfile", description="in that folder")


class Route(Spec):
    """One route of an inference server."""

    port: Positive = Field(description="where the server listens")
    path: Text = Field(description="the path of the URL")


class InferenceConfig(Spec):
    """The routes of an inference server."""

    liveness_route: Route = Field(description="whether the server lives")
    readiness_route: Route = Field(description="whether it takes requests")
    scoring_route: Route = Field(description="where it answers them")


class InlineEnvironment(Spec):
    """The content of an environment, also where a job states one in place."""

    schema_: SchemaUrl = ""
    name: str = Field("", description="up to 255 letters, digits, `-` and `_`; needed in `environments/`")
    version: Version | None = Field(None, description="default: made from the content")
    description: Description = ""
    tags: VersionTags = Field({}, description="in no digest")
    properties: dict[str, str] = Field({}, description="in no digest")
    image: str = Field("", description="a container image; this or `build`")
    build: BuildContext | None = Field(None, description="a folder with a Dockerfile; this or `image`")
    conda_file: _CondaFile | None = Field(
        None, description="a path, or the conda specification in place; goes with `image`"
    )
    inference_config: InferenceConfig | None = Field(None, description="how an inference server in it is asked")
    os_type: Annotated[Literal["linux", "windows"], IgnoreCase] = Field("linux", description="the system in the image")

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

    name: Text = Field(description="up to 255 letters, digits, `-` and `_`")


_Named = Annotated[Text, AfterValidator(_reference)]
# What a job runs in: an environment of the workspace, or one written out in place.
AnyEnvironment = Annotated[Annotated[InlineEnvironment, Tag(MAPPING)] | Annotated[_Named, Tag(VALUE)], BY_SHAPE]


class Data(Spec):
    """A data asset: a file, a folder or an MLTable, local or by URI."""

    schema_: SchemaUrl = ""
    name: Text = Field(description="up to 255 letters, digits, `-` and `_`")
    version: Version | None = Field(None, description="default: made from the content")
    description: Description = ""
    tags: VersionTags = Field({}, description="in no digest")
    properties: dict[str, str] = Field({}, description="in no digest")
    type: Literal["uri_file", "uri_folder", "mltable"] = Field("uri_folder", description="what `path` leads to")
    path: Text = Field(description="a local file or folder, which is uploaded; or a URI, which is recorded")
    datastore: str = Field("", description="where local files go; default: the workspace's own")


class Model(Spec):
    """A model: a file or a folder, local, of a datastore or of a run."""

    schema_: SchemaUrl = ""
    name: Text = Field(description="up to 255 letters, digits, `-` and `_`")
    version: Annotated[Version, AfterValidator(_number)] | None = Field(
        None, description="a whole number from 1; default: the version with this content, else the next"
    )
    description: Description = ""
    tags: VersionTags = Field({}, description="in no digest")
    properties: dict[str, str] = Field({}, description="in no digest")
    type: Annotated[Literal["custom_model", "mlflow_model", "triton_model"], IgnoreCase] = Field(
        "custom_model", description="what `path` leads to"
    )
    path: Text = Field(
        description="a local file or folder, which is uploaded; a datastore URI; `azureml://jobs/...`; `runs:/...`"
    )
    datastore: str = Field("", description="where local files go; default: the workspace's own")
    stage: str = Field("", description="passed on, and in no digest")
    flavors: dict[str, Any] = Field({}, description="passed on")
