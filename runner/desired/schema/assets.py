"""Assets with versions: environments and data."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, Tag, model_validator

from runner.desired.schema.base import BY_SHAPE, IgnoreCase, Positive, Spec, Tags, Text, Version, misfit

_CondaFile = Annotated[Annotated[dict[str, Any], Tag("mapping")] | Annotated[Text, Tag("value")], BY_SHAPE]


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
    tags: Tags = {}
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


class Data(Spec):
    """A data asset: a file, a folder or an MLTable, local or by URI."""

    schema_: str = Field("", alias="$schema")
    name: Text
    version: Version | None = None
    description: str = ""
    tags: Tags = {}
    properties: dict[str, str] = {}
    type: Literal["uri_file", "uri_folder", "mltable"] = "uri_folder"
    path: Text
    datastore: str = ""
