"""Search spaces: every distribution, drawn from shares that the test chooses."""

import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from runner.emulator.errors import ServiceError
from runner.emulator.jobs.searchspace import check_space, draw_values, grid


@dataclass
class Fixed:
    """Draws the same share and the same place for everything."""

    at: float
    place: int = 0
    asked: list[str] = field(default_factory=list)

    def share(self, name: str) -> float:
        self.asked.append(name)
        return self.at

    def index(self, name: str, count: int, *, ordered: bool) -> int:
        assert isinstance(ordered, bool)
        self.asked.append(name)
        return min(self.place, count - 1)


@pytest.mark.parametrize(
    ("distribution", "low", "middle", "high"),
    [
        (["uniform", [1, 3]], 1, 2, 3),
        (["quniform", [1, 10, 4]], 0, 4, 8),
        (["loguniform", [0, math.log(100)]], 1, 10, 100),
        (["qloguniform", [0, math.log(100), 5]], 0, 10, 100),
        (["normal", [5, 0]], 5, 5, 5),
        (["normal", [5, 2]], None, 5, None),
        (["lognormal", [math.log(7), 2]], None, 7, None),
        (["qnormal", [5, 2, 2]], None, 4, None),
        (["qlognormal", [math.log(7), 2, 3]], None, 6, None),
    ],
)
def test_continuous(distribution: list[Any], low: float | None, middle: float, high: float | None) -> None:
    for share, expected in ((0.0, low), (0.5, middle), (1.0, high)):
        value = draw_values({"x": distribution}, Fixed(share))["x"]
        assert math.isfinite(value)
        assert expected is None or value == pytest.approx(expected)


def test_quantised_numbers_are_whole_where_the_step_is() -> None:
    assert repr(draw_values({"x": ["quniform", [16, 64, 16]]}, Fixed(0.4))["x"]) == "32"


def test_discrete() -> None:
    space = {"k": ["choice", [["a", 2, True]]], "n": ["randint", [5]]}
    assert draw_values(space, Fixed(0, place=2)) == {"k": True, "n": 2}
    assert draw_values(space, Fixed(0, place=9)) == {"k": True, "n": 4}


def test_an_option_s_own_distributions_count_only_if_it_is_chosen() -> None:
    space = {"m": ["choice", [[{"name": "svm", "c": ["uniform", [0, 2]]}, {"name": "tree", "d": ["randint", [3]]}]]]}
    first, second = Fixed(0.5, place=0), Fixed(0.5, place=1)
    assert draw_values(space, first) == {"m": {"name": "svm", "c": 1.0}}
    assert draw_values(space, second) == {"m": {"name": "tree", "d": 1}}
    assert (first.asked, second.asked) == (["m", "m.0.c"], ["m", "m.1.d"])


def test_a_grid_is_every_combination_in_order() -> None:
    assert grid({"a": ["choice", [[1, 2]]], "b": ["choice", [["x", "y"]]]}) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


@pytest.mark.parametrize(
    ("space", "sampling", "message"),
    [
        ({}, "random", "no search space"),
        (None, "random", "no search space"),
        ({"x": ["uniform", [0, 1]]}, "evolution", "none of random, grid, bayesian"),
        ({"x": ["uniform", [0, 1]]}, "grid", "search_space.x is a uniform: grid sampling can draw from choice"),
        ({"x": ["lognormal", [0, 1]]}, "bayesian", "bayesian sampling can draw from choice, uniform, quniform"),
        ({"x": ["beta", [0, 1]]}, "random", "search_space.x is no distribution"),
        ({"x": 5}, "random", "no distribution"),
        ({"x": ["uniform", [1, 0]]}, "random", "no argument list of uniform"),
        ({"x": ["uniform", [None, 1]]}, "random", "no argument list"),
        ({"x": ["uniform", ["0", 1]]}, "random", "no argument list"),
        ({"x": ["quniform", [0, 1, 0]]}, "random", "no argument list"),
        ({"x": ["normal", [0, -1]]}, "random", "no argument list"),
        ({"x": ["randint", [0]]}, "random", "no argument list"),
        ({"x": ["choice", [[]]]}, "grid", "no argument list"),
    ],
)
def test_refusals(space: Any, sampling: str, message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        check_space(space, sampling)
