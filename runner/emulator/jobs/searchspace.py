"""The search space of a sweep, as the wire writes it: `{"rate": ["uniform", [0.1, 0.9]], "k": ["choice", [[1, 2]]]}`.

A value is made of numbers that a sampler draws evenly from 0 to 1, so that every sampler can draw from every
distribution.
"""

import math
from collections.abc import Callable, Mapping
from itertools import product
from statistics import NormalDist
from typing import Any, Protocol

from runner.emulator.errors import bad_request

Values = dict[str, Any]  # parameter -> value
EDGE = 1e-9  # a normal distribution has no value at exactly 0 or 1
ARGUMENTS = {
    "choice": 1,
    "randint": 1,
    "uniform": 2,
    "loguniform": 2,
    "normal": 2,
    "lognormal": 2,
    "quniform": 3,
    "qloguniform": 3,
    "qnormal": 3,
    "qlognormal": 3,
}
ALLOWED = {
    "random": tuple(ARGUMENTS),
    "grid": ("choice",),
    "bayesian": ("choice", "uniform", "quniform"),
}


def _normal(share: float, mean: float, deviation: float) -> float:
    return mean + deviation * NormalDist().inv_cdf(min(max(share, EDGE), 1 - EDGE))


CONTINUOUS: Mapping[str, Callable[[float, float, float], float]] = {
    "uniform": lambda share, low, high: low + share * (high - low),
    "loguniform": lambda share, low, high: math.exp(low + share * (high - low)),
    "normal": _normal,
    "lognormal": lambda share, mean, deviation: math.exp(_normal(share, mean, deviation)),
}


class Draw(Protocol):
    """One draw of a sampler; each name is asked for once."""

    def share(self, name: str) -> float:
        """Evenly from 0 to 1."""
        ...

    def index(self, name: str, count: int, *, ordered: bool) -> int:
        """Evenly from 0 to count - 1; `ordered` tells whether neighbours are alike."""
        ...


def check_space(space: Any, sampling: str) -> None:
    """Refuse what this sampling cannot draw from."""
    if sampling not in ALLOWED:
        raise bad_request(f"The sampling algorithm {sampling!r} is none of {', '.join(ALLOWED)}.")
    if not isinstance(space, dict) or not space:
        raise bad_request("The sweep has no search space.")
    for name, distribution in space.items():
        kind, _ = _parts(name, distribution)
        if kind not in ALLOWED[sampling]:
            allowed = ", ".join(ALLOWED[sampling])
            raise bad_request(f"search_space.{name} is a {kind}: {sampling} sampling can draw from {allowed}.")


def draw_values(space: Mapping[str, Any], draw: Draw) -> Values:
    return {name: _value(name, distribution, draw) for name, distribution in space.items()}


def grid(space: Mapping[str, Any]) -> list[Values]:
    """Every combination, the first parameter changing slowest."""
    choices = [distribution[1][0] for distribution in space.values()]
    return [dict(zip(space, values, strict=True)) for values in product(*choices)]


def _value(name: str, distribution: Any, draw: Draw) -> Any:
    kind, arguments = _parts(name, distribution)
    if kind == "choice":
        place = draw.index(name, len(arguments[0]), ordered=False)
        return _chosen(f"{name}.{place}", arguments[0][place], draw)
    if kind == "randint":
        return draw.index(name, arguments[0], ordered=True)
    value = CONTINUOUS[kind.removeprefix("q")](draw.share(name), *arguments[:2])
    return round(value / arguments[2]) * arguments[2] if len(arguments) == 3 else value


def _chosen(name: str, option: Any, draw: Draw) -> Any:
    """An option may hold distributions of its own, which count only if it is chosen."""
    if not isinstance(option, dict):
        return option
    return {
        key: _value(f"{name}.{key}", inner, draw) if _is_distribution(inner) else inner for key, inner in option.items()
    }


def _is_distribution(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] in ARGUMENTS and isinstance(value[1], list)


def _parts(name: str, distribution: Any) -> tuple[str, list[Any]]:
    if not _is_distribution(distribution):
        raise bad_request(f"search_space.{name} is no distribution: one of {', '.join(ARGUMENTS)} is needed.")
    kind, arguments = distribution
    if len(arguments) != ARGUMENTS[kind] or not _sensible(kind, arguments):
        raise bad_request(f"search_space.{name}: {arguments} is no argument list of {kind}.")
    return kind, arguments


def _sensible(kind: str, arguments: list[Any]) -> bool:
    if kind == "choice":
        return isinstance(arguments[0], list) and bool(arguments[0])
    if any(isinstance(argument, bool) or not isinstance(argument, int | float) for argument in arguments):
        return False
    if kind == "randint":
        return isinstance(arguments[0], int) and arguments[0] > 0
    spread = arguments[1] >= 0 if kind.endswith("normal") else arguments[0] <= arguments[1]
    return spread and (len(arguments) == 2 or arguments[2] > 0)
