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

    type: Literal["choice"]
    values: list[Any] = Field(min_length=1)


class Uniform(Spec):
    """Any number between two; `loguniform` gives e to the power of it."""

    type: Literal["uniform", "loguniform"]
    min_value: Number
    max_value: Number


class QUniform(Spec):
    """As `uniform`, rounded to multiples of `q`."""

    type: Literal["quniform", "qloguniform"]
    min_value: Number
    max_value: Number
    q: Number


class Normal(Spec):
    """A number around `mu`; `lognormal` gives e to the power of it."""

    type: Literal["normal", "lognormal"]
    mu: Number
    sigma: Number


class QNormal(Spec):
    """As `normal`, rounded to multiples of `q`."""

    type: Literal["qnormal", "qlognormal"]
    mu: Number
    sigma: Number
    q: Number


class Randint(Spec):
    """A whole number from 0 up to, and without, `upper`."""

    type: Literal["randint"]
    upper: Positive


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

    type: Literal["random", "grid", "bayesian"]
    seed: Count | None = None
    rule: Literal["random", "sobol"] | None = None
    logbase: Number | Literal["e"] | None = None


_Sampling = Annotated[Literal["random", "grid", "bayesian"], IgnoreCase]
AnySampling = Annotated[Annotated[SamplingAlgorithm, Tag(MAPPING)] | Annotated[_Sampling, Tag(VALUE)], BY_SHAPE]


class Objective(Spec):
    """The metric that a sweep is about."""

    goal: Literal["minimize", "maximize"]
    primary_metric: Text


class Bandit(Spec):
    """Ends trials that fall behind the best by more than a slack."""

    type: Literal["bandit"]
    evaluation_interval: Count | None = None
    delay_evaluation: Count | None = None
    slack_factor: Number | None = None
    slack_amount: Number | None = None


class MedianStopping(Spec):
    """Ends trials that are worse than the median."""

    type: Literal["median_stopping"]
    evaluation_interval: Count | None = None
    delay_evaluation: Count | None = None


class TruncationSelection(Spec):
    """Ends the worst trials, by percentage."""

    type: Literal["truncation_selection"]
    evaluation_interval: Count | None = None
    delay_evaluation: Count | None = None
    truncation_percentage: Positive


EarlyTermination = Annotated[
    Annotated[Bandit, Tag(f"{TAG}bandit")]
    | Annotated[MedianStopping, Tag(f"{TAG}median_stopping")]
    | Annotated[TruncationSelection, Tag(f"{TAG}truncation_selection")],
    BY_TYPE,
]


class SweepLimits(Spec):
    """How many trials, and how long, in seconds."""

    max_total_trials: Positive
    max_concurrent_trials: Positive | None = None
    timeout: Positive | None = None
    trial_timeout: Positive | None = None


class Sweep(Spec):
    """What sweep jobs and the sweep nodes of pipelines share."""

    search_space: dict[str, SearchSpace] = Field(min_length=1)
    sampling_algorithm: AnySampling
    objective: Objective
    early_termination: EarlyTermination | None = None
    limits: SweepLimits
    resources: Resources | None = None
    queue_settings: QueueSettings | None = None


class Trial(Command):
    """The command of a sweep job."""

    environment_variables: dict[str, Scalar] = {}


def _written_out(trial: Any) -> Any:
    if isinstance(trial, str):
        raise ValueError("a sweep job writes its trial out; a file or a component serves a sweep node of a pipeline")
    return trial


class SweepJob(Job, Sweep):
    """A sweep: trials of one command over a search space."""

    type: Annotated[Literal["sweep"], IgnoreCase]
    trial: Annotated[Trial, BeforeValidator(_written_out)]
