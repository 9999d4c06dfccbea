"""`specs/project.yml`: the only file with a schema of ours."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from runner.desired.schema.base import Positive, Spec, Text, misfit
from runner.model import limits

_BRANCH = r"^[A-Za-z0-9_][A-Za-z0-9._/-]*$"
_NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
Name = Annotated[str, Field(pattern=_NAME)]


class Target(Spec):
    """A workspace to reconcile with. Without coordinates it is the embedded workspace."""

    subscription_id: str = ""
    resource_group: str = ""
    workspace_name: str = ""
    allow_dirty: bool = Field(False, description="apply from a tree with uncommitted changes")
    branch: Annotated[str, Field(pattern=_BRANCH)] | None = Field(None, description="the only one to change things")
    prune: bool = Field(False, description="delete what left the repository")
    values: dict[str, Any] = Field({}, description="what templates find as `values`")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [bool(self.subscription_id), bool(self.resource_group), bool(self.workspace_name)]
        if any(given) and not all(given):
            raise misfit("", "a workspace needs subscription_id, resource_group and workspace_name, all three")
        return self


class Retry(Spec):
    """Failures that the next apply answers with another attempt."""

    limit: Annotated[int, Field(strict=True, ge=0, le=10)]
    on: list[Literal["preempted", "infrastructure"]] = ["preempted", "infrastructure"]


class SendingLimits(Spec):
    """How much one folder or file may be that a spec names to be sent."""

    files: Positive = limits.FILES
    bytes: Positive = limits.BYTES


class Rule(Spec):
    """Settings of the resources that `match`, a glob over kind/name; the first rule that has a setting decides it."""

    match: Text
    rerun: Positive | None = Field(None, description="bump it to train the same content again")
    retry: Retry | None = None
    when_superseded: Literal["keep", "cancel"] | None = None
    ignore_changes: list[Text] | None = None
    fingerprint: Literal["etag"] | None = None
    prevent_destroy: bool | None = Field(None, description="never delete, replace or archive it")
    when_removed: Literal["keep", "cancel"] | None = Field(None, description="active runs of a job without a spec")

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.model_fields_set - {"match"}:
            raise misfit("match", f"the rule for {self.match!r} sets nothing")
        return self


class Project(Spec):
    """The project: whose things these are, and where they go."""

    version: Literal[1]
    project: Name
    default_target: Text = "local"
    targets: dict[str, Target] = Field(default_factory=lambda: {"local": Target(allow_dirty=True)})
    external: list[str] = Field([], description="globs over kind/name: what specs refer to and others own")
    rules: list[Rule] = []
    limits: SendingLimits = Field(SendingLimits(), description="how much one folder or file may be that is sent")

    @model_validator(mode="after")
    def _default_exists(self) -> Self:
        if self.default_target not in self.targets:
            raise misfit(
                "default_target",
                f"default_target {self.default_target!r} is none of: {', '.join(sorted(self.targets))}",
            )
        return self
