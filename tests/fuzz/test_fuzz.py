"""A few examples of everything in `make test`, the same each time; many more in `make test-all`.

`FUZZ=60` lets the long run take an hour: each round has a seed of its own, and more time brings more rounds.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some

from tests.fuzz import drawn
from tests.fuzz.ground import Ground

MINUTES = float(os.environ.get("FUZZ", "4"))  # of the long run, all targets together
ROUND = 200  # examples


@dataclass(frozen=True)
class Target:
    """What is drawn, what must hold of it, and of how many examples always."""

    examples: some.SearchStrategy[Any]
    holds: Callable[[Ground, Any], None]
    few: int


TARGETS = {
    "project.yml": Target(drawn.PROJECTS, Ground.holds, 40),
    "specs that we judge": Target(drawn.OURS, Ground.holds, 40),
    "specs that the SDK judges": Target(drawn.SDKS, Ground.holds, 20),
    "files by themselves": Target(drawn.OURS, Ground.holds_alone, 40),
    "noise": Target(drawn.NOISE, Ground.holds, 80),
    "templates": Target(drawn.TEMPLATES, Ground.holds, 5),
}


def fuzz(target: Target, ground: Ground, number: int, examples: int) -> None:
    """One round: its number decides the examples. What fails is told as it is: to make it smaller takes minutes."""

    @seed(number)
    @settings(
        max_examples=examples, derandomize=False, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(target.examples)
    def holds(example: Any) -> None:
        target.holds(ground, example)

    holds()


@pytest.mark.parametrize("name", TARGETS)
def test_a_few(ground: Ground, name: str) -> None:
    fuzz(TARGETS[name], ground, 0, TARGETS[name].few)


@pytest.mark.slow
@pytest.mark.timeout(MINUTES * 60 + 600)
@pytest.mark.parametrize("name", TARGETS)
def test_for_a_while(ground: Ground, name: str) -> None:
    end = time.monotonic() + MINUTES * 60 / len(TARGETS)
    for number in count(1):
        if time.monotonic() > end:
            break
        fuzz(TARGETS[name], ground, number, ROUND)
