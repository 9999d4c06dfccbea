"""Sweeps: one command many times, with other values each time."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag

from runner.desired.schema.base import (
    BY_SHAPE,
    BY_TYPE,
    MAPPING,
    TAG,
    VALUE,
    Count,
    IgnoreCase,
    Number,
    Positive,
    Scalar,
    Spec,
    Text,
)
from runner.desired.schema.job import Command, Job, QueueSettings, Resources


class Choice(Spec):
    """One of a list."""

    type: Literal["choice"] = Field(description="one of a list")
    values: list[Any] = Field(min_length=1, description="the list")


class Uniform(Spec):
    """Any number between two; `loguniform` gives e to the power of it."""

    type: Literal["uniform", "loguniform"] = Field(description="`loguniform` is e to the power of it")
    min_value: Number = Field(description="the least value")
    max_value: Number = Field(description="the greatest value")


class QUniform(Spec):
    """As `uniform`, rounded to multiples of `q`."""

    type: Literal["quniform", "qloguniform"] = Field(description="`qloguniform` is e to the power of it")
    min_value: Number = Field(description="the least value")
    max_value: Number = Field(description="the greatest value")
    q: Number = Field(description="rounded to multiples of it")


class Normal(Spec):
    """A number around `mu`; `lognormal` gives e to the power of it."""

    type: Literal["normal", "lognormal"] = Field(description="`lognormal` is e to the power of it")
    mu: Number = Field(description="the mean")
    sigma: Number = Field(description="the standard deviation")


class QNormal(Spec):
    """As `normal`, rounded to multiples of `q`."""

    type: Literal["qnormal", "qlognormal"] = Field(description="`qlognormal` is e to the power of it")
    mu: Number = Field(description="the mean")
    sigma: Number = Field(description="the standard deviation")
    q: Number = Field(description="rounded to multiples of it")


class Randint(Spec):
    """A whole number from 0 up to, and without, `upper`."""

    type: Literal["randint"] = Field(description="a whole number")
    upper: Positive = Field(description="values are below it")


SearchSpace = Annotated[
    Annotated[Choice, Tag(f"{TAG}choice")]
    | Annotated[Uniform, Tag(f"{TAG}uniform")]
    | Annotated[Uniform, Tag(f"{TAG}loguniform")]
    | Annotated[QUniform, Tag(f"{TAG}quniform")]
    | Annotated[QUniform, Tag(f"{TAG}qloguniform")]
    | Annotated[Normal, Tag(f"{TAG}normal")]
    | Annotated[Normal, Tag(f"{TAG}lognormal")]
    | Annotated[QNormal, Tag(f"{TAG}qnormal")]
    | Annotated[QNormal, Tag(f"{TAG}qlognormal")]
    | Annotated[Randint, Tag(f"{TAG}randint")],
    BY_TYPE,
]


class SamplingAlgorithm(Spec):
    """How values are drawn, with its settings."""

    type: Literal["random", "grid", "bayesian"] = Field(description="how values are drawn")
    seed: Count | None = Field(None, description="of `random`")
    rule: Literal["random", "sobol"] | None = Field(None, description="of `random`")
    logbase: Number | Literal["e"] | None = Field(None, description="of `random`")


_Sampling = Annotated[Literal["random", "grid", "bayesian"], IgnoreCase]
AnySampling = Annotated[Annotated[SamplingAlgorithm, Tag(MAPPING)] | Annotated[_Sampling, Tag(VALUE)], BY_SHAPE]


class Objective(Spec):
    """The metric that a sweep is about."""

    goal: Literal["minimize", "maximize"] = Field(description="what is better")
    primary_metric: Text = Field(description="the name of a metric that the trials log")


class Bandit(Spec):
    """Ends trials that fall behind the best by more than a slack."""

    type: Literal["bandit"] = Field(description="by distance from the best")
    evaluation_interval: Count | None = Field(
        None, description="how often it is applied: every so many times the metric is logged"
    )
    delay_evaluation: Count | None = Field(None, description="how many intervals pass before the first time")
    slack_factor: Number | None = Field(None, description="how far a trial may fall behind the best, as a ratio")
    slack_amount: Number | None = Field(None, description="the same as a difference")


class MedianStopping(Spec):
    """Ends trials that are worse than the median."""

    type: Literal["median_stopping"] = Field(description="by the median")
    evaluation_interval: Count | None = Field(
        None, description="how often it is applied: every so many times the metric is logged"
    )
    delay_evaluation: Count | None = Field(None, description="how many intervals pass before the first time")


class TruncationSelection(Spec):
    """Ends the worst trials, by percentage."""

    type: Literal["truncation_selection"] = Field(description="by rank")
    evaluation_interval: Count | None = Field(
        None, description="how often it is applied: every so many times the metric is logged"
    )
    delay_evaluation: Count | None = Field(None, description="how many intervals pass before the first time")
    truncation_percentage: Positive = Field(description="of the trials that are ended")


EarlyTermination = Annotated[
    Annotated[Bandit, Tag(f"{TAG}bandit")]
    | Annotated[MedianStopping, Tag(f"{TAG}median_stopping")]
    | Annotated[TruncationSelection, Tag(f"{TAG}truncation_selection")],
    BY_TYPE,
]


class SweepLimits(Spec):
    """How many trials, and how long, in seconds."""

    max_total_trials: Positive = Field(description="trials at most")
    max_concurrent_trials: Positive | None = Field(None, description="trials at once")
    timeout: Positive | None = Field(None, description="seconds for all")
    trial_timeout: Positive | None = Field(None, description="seconds for each trial")


class Sweep(Spec):
    """What sweep jobs and the sweep nodes of pipelines share."""

    search_space: dict[str, SearchSpace] = Field(min_length=1, description="what each value comes from")
    sampling_algorithm: AnySampling = Field(description="`random`, `grid`, `bayesian`, or one with its settings")
    objective: Objective = Field(description="the metric that it is about")
    early_termination: EarlyTermination | None = Field(None, description="when trials are ended early")
    limits: SweepLimits = Field(description="how many trials, and how long; all of it is in the digest")
    resources: Resources | None = Field(None, description="the nodes that each trial takes")
    queue_settings: QueueSettings | None = Field(None, description="its place in the queue of serverless compute")


class Trial(Command):
    """The command of a sweep job."""

    environment_variables: dict[str, Scalar] = Field(
        {}, description="text, numbers, true or false; or references to secrets, `{{ env.AML_SECRET_NAME }}`"
    )


def _written_out(trial: Any) -> Any:
    if isinstance(trial, str):
        raise ValueError("a sweep job writes its trial out; a file or a component serves a sweep node of a pipeline")
    return trial


class SweepJob(Job, Sweep):
    """A sweep: trials of one command over a search space."""

    type: Annotated[Literal["sweep"], IgnoreCase] = Field(description="a sweep")
    trial: Annotated[Trial, BeforeValidator(_written_out)] = Field(
        description="the command, written out; it also knows `${{search_space.x}}`"
    )
