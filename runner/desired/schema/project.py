"""`specs/project.yml`: the only file with a schema of ours."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from runner.desired.schema.base import Spec, Text, misfit

_NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
Name = Annotated[str, Field(pattern=_NAME)]


class Target(Spec):
    """A workspace to reconcile with. Without coordinates it is the embedded workspace."""

    subscription_id: str = ""
    resource_group: str = ""
    workspace_name: str = ""
    allow_dirty: bool = Field(False, description="apply from a tree with uncommitted changes")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [bool(self.subscription_id), bool(self.resource_group), bool(self.workspace_name)]
        if any(given) and not all(given):
            raise misfit("", "a workspace needs subscription_id, resource_group and workspace_name, all three")
        return self


class Project(Spec):
    """The project: whose things these are, and where they go."""

    version: Literal[1]
    project: Name
    default_target: Text = "local"
    targets: dict[str, Target] = Field(default_factory=lambda: {"local": Target(allow_dirty=True)})
    external: list[str] = Field([], description="globs over kind/name: what specs refer to and others own")

    @model_validator(mode="after")
    def _default_exists(self) -> Self:
        if self.default_target not in self.targets:
            raise misfit(
                "default_target",
                f"default_target {self.default_target!r} is none of: {', '.join(sorted(self.targets))}",
            )
        return self
