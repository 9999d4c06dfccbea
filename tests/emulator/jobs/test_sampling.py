"""Samplers: what they draw is in the space, seeded ones repeat themselves, and the Bayesian one learns."""

from typing import Any

import pytest

from runner.emulator.jobs.sampling import Sampler, sampler_of

SPACE = {"x": ["uniform", [-4, 4]], "k": ["choice", [[1, 2, 3]]]}


def sampler(kind: str, space: Any = SPACE, goal: str = "minimize", **rest: Any) -> Sampler:
    algorithm = {"samplingAlgorithmType": kind, **rest}
    return sampler_of({"samplingAlgorithm": algorithm, "searchSpace": space, "objective": {"goal": goal}})


def draws(found: Sampler, count: int) -> list[dict[str, Any]]:
    drawn = []
    for number in range(count):
        values = found.ask()
        assert values is not None
        found.tell(number, values["x"] ** 2)
        drawn.append(values)
    return drawn


@pytest.mark.parametrize("rest", [{}, {"rule": "sobol"}], ids=["random", "sobol"])
def test_random(rest: dict[str, Any]) -> None:
    first, again, other = (draws(sampler("Random", seed=seed, **rest), 8) for seed in (7, 7, 8))
    assert first == again != other
    assert all(-4 <= values["x"] <= 4 and values["k"] in (1, 2, 3) for values in first)


def test_a_grid_ends() -> None:
    found = sampler("Grid", {"a": ["choice", [[1, 2]]]})
    assert [found.ask(), found.ask(), found.ask()] == [{"a": 1}, {"a": 2}, None]


@pytest.mark.parametrize(("goal", "sign"), [("minimize", 1), ("maximize", -1)])
def test_bayesian_sampling_learns(goal: str, sign: int) -> None:
    found = sampler("Bayesian", goal=goal, seed=1)
    tried = []
    for number in range(40):
        values = found.ask()
        assert values is not None
        tried.append(abs(values["x"] - 3))
        found.tell(number, sign * tried[-1] if number % 5 else None)  # some trials fail
    assert sum(tried[-10:]) < sum(tried[:10]) / 2


def test_trials_that_run_at_once_differ() -> None:
    found = sampler("Bayesian", {"x": ["uniform", [0, 1]]}, seed=1)
    assert len({str(found.ask()) for _ in range(20)}) == 20
