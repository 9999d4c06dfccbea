"""`specs/project.yml`: the only file with a schema of ours."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, Tag, model_validator

from runner.desired.schema.base import BY_SHAPE, MAPPING, VALUE, Positive, Spec, Text, misfit
from runner.model import gates, limits

_BRANCH = r"^[A-Za-z0-9_][A-Za-z0-9._/-]*$"
NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
Name = Annotated[str, Field(pattern=NAME)]
_TARGET = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"  # it names statuses and comments
_MODEL = r"^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$"
_REGISTRY = r"^[a-zA-Z0-9][a-zA-Z0-9_-]{1,32}$"
_COORDINATES = ("subscription_id", "resource_group", "workspace_name")


class Target(Spec):
    """A workspace to reconcile with. Without coordinates it is the embedded workspace."""

    # For editors: what `_whole` and `_sets_something` say.
    model_config = ConfigDict(json_schema_extra={"dependentRequired": {name: [*_COORDINATES] for name in _COORDINATES}})

    subscription_id: str = Field("", description="which workspace; may be `{{ env.NAME }}`, as the next two")
    resource_group: str = Field(
        "", description="all three are stated, or none: the target is then the embedded workspace"
    )
    workspace_name: str = Field("", description="the workspace")
    allow_dirty: bool = Field(False, description="apply although files differ from the commit")
    branch: Annotated[str, Field(pattern=_BRANCH)] | None = Field(
        None, description="the only branch that changes things here, and only forwards"
    )
    prune: bool = Field(False, description="every plan takes away what left the repository")
    values: dict[str, Any] = Field({}, description="what templates find as `values`: anything but secrets")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [bool(self.subscription_id), bool(self.resource_group), bool(self.workspace_name)]
        if any(given) and not all(given):
            raise misfit("", "a workspace needs subscription_id, resource_group and workspace_name, all three")
        return self


class Retry(Spec):
    """Failures that the next apply answers with another attempt."""

    limit: Annotated[int, Field(strict=True, ge=0, le=10)] = Field(
        description="attempts that failures may start by themselves"
    )
    on: list[Literal["preempted", "infrastructure"]] = Field(
        ["preempted", "infrastructure"], description="which failures"
    )


class Gate(Spec):
    """A condition on a metric that a completed run must meet."""

    metric: Text = Field(description="its name in MLflow; the last value counts")
    at_least: float | None = Field(None, description="the least that is good enough")
    at_most: float | None = Field(None, description="the most that is good enough")
    no_worse_than_base: bool = Field(False, description="than the run of the content that the change starts from")
    tolerance: Annotated[float, Field(ge=0)] = Field(0.0, description="what a bound may be missed by, in its unit")
    goal: Literal["minimize", "maximize"] | None = Field(None, description="which way is better; else by its name")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.at_least is None and self.at_most is None and not self.no_worse_than_base:
            raise misfit("metric", "the gate asks nothing: state at_least, at_most or no_worse_than_base")
        if self.no_worse_than_base and gates.Gate(**self.model_dump()).direction is None:
            raise misfit("metric", f"the name {self.metric!r} does not say whether more is better: state goal")
        return self


Gates = Annotated[Annotated[Gate, Tag(MAPPING)] | Annotated[list[Gate], Tag(VALUE)], BY_SHAPE]


class Register(Spec):
    """The model that a run's output becomes once its change is merged and its gates have passed."""

    model: Annotated[str, Field(pattern=_MODEL)] = Field(
        description="the name of the model; its version is the next number"
    )
    path: Text = Field("model", description="where the model lies in the run's artifacts")
    type: Literal["mlflow_model", "custom_model", "triton_model"] = Field("mlflow_model", description="its type")


class Registry(Spec):
    """A registry, which shares models with many workspaces."""

    registry: Annotated[str, Field(pattern=_REGISTRY)] = Field(description="its name")


Place = Annotated[Annotated[Registry, Tag(MAPPING)] | Annotated[Text, Tag(VALUE)], BY_SHAPE]


class Promotion(Spec):
    """A version of a model that `aml promote` copies from one target's workspace to another's, or to a registry."""

    model: Annotated[str, Field(pattern=_MODEL)] = Field(description="the name of the model, there as here")
    version: Positive = Field(description="its version, there as here")
    # A keyword of Python.
    from_: Text = Field(alias="from", description="the target whose workspace has it")
    to: Place = Field(description="the target whose workspace gets it, or `{registry: NAME}`")


class SendingLimits(Spec):
    """How much one folder or file may be that a spec names to be sent."""

    files: Positive = Field(limits.FILES, description="how many files")
    bytes: Positive = Field(limits.BYTES, description="how many bytes they may have together")


class Rule(Spec):
    """Settings of the resources that `match`, a glob over kind/name; the first rule that has a setting decides it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2})

    match: Text = Field(description="a glob over `kind/name`, e.g. `job/*`")
    rerun: Positive | None = Field(None, description="bump it to train the same content again; without it 1")
    retry: Retry | None = Field(None, description="failures that the next apply answers with another attempt")
    when_superseded: Literal["keep", "cancel"] | None = Field(
        None, description="`keep`, as without it, or `cancel` older runs of the job and branch that are still active"
    )
    ignore_changes: list[Text] | None = Field(
        None, description="fields that neither decide nor are compared, as dotted paths"
    )
    fingerprint: Literal["etag"] | None = Field(None, description="`etag`: an https URI counts by what it holds, too")
    prevent_destroy: bool | None = Field(
        None,
        description="`true`: never deleted, replaced or archived, also when its spec is gone; `false` lifts that. "
        "Without it `true` for compute instances",
    )
    when_removed: Literal["keep", "cancel"] | None = Field(
        None,
        description="of a job that left the repository: `keep` its active runs, as without it, or `cancel` them",
    )
    gate: Gates | None = Field(None, description="what a job's metrics must say, else its check fails: one, or a list")
    # Python's abstract classes have a method of this name.
    register_: Register | None = Field(
        None, alias="register", description="the model that a job's run becomes on merge, once its gates have passed"
    )
    cancel_on_abort: bool | None = Field(
        None, description="`true`: a job's run is canceled with the workflow that submitted it"
    )

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.model_fields_set - {"match"}:
            raise misfit("match", f"the rule for {self.match!r} sets nothing")
        return self


class Project(Spec):
    """The project: whose things these are, and where they go."""

    version: Literal[1] = Field(description="of this schema")
    project: Name = Field(description="who owns what is created here: up to 63 lower-case letters, digits and `-`")
    default_target: Text = Field("local", description="the target without `--target`")
    targets: dict[str, Target] = Field(
        default_factory=lambda: {"local": Target(allow_dirty=True)},
        json_schema_extra={"propertyNames": {"pattern": _TARGET}},
        description="the workspaces by name; default: `local`, the embedded workspace, with `allow_dirty`",
    )
    external: list[str] = Field(
        [], description="globs over `kind/name` of what specs refer to and others own, e.g. `compute/shared-*`"
    )
    rules: list[Rule] = Field(
        [], description="settings of resources; the first rule that matches and has a setting decides it"
    )
    promote: list[Promotion] = Field([], description="models that `aml promote` copies")
    prices: dict[str, Annotated[float, Field(ge=0)]] = Field(
        {}, description="USD per node and hour by VM size, where the service tells none"
    )
    limits: SendingLimits = Field(SendingLimits(), description="how much one folder or file may be that is sent")

    @model_validator(mode="after")
    def _named(self) -> Self:
        odd = next((name for name in self.targets if not re.fullmatch(_TARGET, name)), None)
        if odd is not None:
            words = "up to 63 letters, digits, '.', '_' and '-', the first a letter or digit"
            raise misfit("targets", f"the name of a target is {words}, not {odd[:40]!r}")
        if self.default_target not in self.targets:
            raise misfit(
                "default_target",
                f"default_target {self.default_target!r} is none of: {', '.join(sorted(self.targets))}",
            )
        return self

    @model_validator(mode="after")
    def _promotes_between_targets(self) -> Self:
        for line in self.promote:
            ends = [line.from_, *([line.to] if isinstance(line.to, str) else [])]
            unknown = [name for name in ends if name not in self.targets]
            if unknown:
                raise misfit("promote", f"promote: {unknown[0]!r} is none of: {', '.join(sorted(self.targets))}")
            if line.from_ == line.to:
                raise misfit("promote", f"promote: {line.model}:{line.version} would go from {line.from_} to itself")
        return self
