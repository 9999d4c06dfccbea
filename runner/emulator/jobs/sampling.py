"""Who chooses the parameters of a sweep's next trial: a grid, chance, or what was learnt from the trials before."""

import warnings
from collections.abc import Mapping
from typing import Any, Protocol

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, QMCSampler, RandomSampler, TPESampler
from optuna.study import StudyDirection
from optuna.trial import TrialState

from runner.emulator.jobs.searchspace import Values, draw_values, grid
from runner.emulator.jobs.sweeps import sampling

FIRST_AT_RANDOM = 10  # trials that Bayesian sampling draws by chance before it learns


class Sampler(Protocol):
    """`ask` and `tell` name a trial by its number, from 0."""

    def ask(self) -> Values | None:
        """The parameters of the next trial; None when every combination was tried."""
        ...

    def tell(self, number: int, value: float | None) -> None:
        """How a trial did; None if it has no metric."""
        ...


def sampler_of(sweep: Mapping[str, Any]) -> Sampler:
    """The sampler a sweep asks for."""
    if sampling(sweep) == "grid":
        return _Grid(sweep["searchSpace"])
    larger_is_better = str(sweep["objective"]["goal"]).lower() == "maximize"
    direction = StudyDirection.MAXIMIZE if larger_is_better else StudyDirection.MINIMIZE
    return _Drawn(sweep["searchSpace"], _optuna_sampler(sweep), direction)


class _Grid:
    def __init__(self, space: Mapping[str, Any]) -> None:
        self._left = iter(grid(space))

    def ask(self) -> Values | None:
        return next(self._left, None)

    def tell(self, number: int, value: float | None) -> None:
        """A grid learns nothing."""


class _Drawn:
    """Optuna's ask and tell."""

    def __init__(self, space: Mapping[str, Any], sampler: BaseSampler, direction: StudyDirection) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = space
        self._study = optuna.create_study(sampler=sampler, direction=direction)

    def ask(self) -> Values | None:
        return draw_values(self._space, _Trial(self._study.ask()))

    def tell(self, number: int, value: float | None) -> None:
        if value is None:
            self._study.tell(number, state=TrialState.FAIL)
        else:
            self._study.tell(number, value)


class _Trial:
    """A draw, by an Optuna trial."""

    def __init__(self, trial: optuna.Trial) -> None:
        self._trial = trial

    def share(self, name: str) -> float:
        return self._trial.suggest_float(name, 0.0, 1.0)

    def index(self, name: str, count: int, *, ordered: bool) -> int:
        if ordered:
            return self._trial.suggest_int(name, 0, count - 1)
        return int(self._trial.suggest_categorical(name, range(count)))


def _optuna_sampler(sweep: Mapping[str, Any]) -> BaseSampler:
    algorithm = sweep["samplingAlgorithm"]
    seed = algorithm.get("seed")
    if sampling(sweep) == "bayesian":
        # Trials that still run count as if they had done badly, so that those at once are not all alike.
        return TPESampler(seed=seed, n_startup_trials=FIRST_AT_RANDOM, constant_liar=True)
    if str(algorithm.get("rule")).lower() == "sobol":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            # Choices are drawn by chance: a sequence over them means nothing.
            return QMCSampler(seed=seed, scramble=True, warn_independent_sampling=False)
    return RandomSampler(seed=seed)
