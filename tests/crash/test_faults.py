"""A service that fails once, at any request: the same apply converges or the next one, and no run is started twice."""

from itertools import product

import pytest

from tests.crash.gate import DROP, Fate
from tests.crash.laboratory import PARALLELISM, Laboratory, Story

pytestmark = pytest.mark.e2e
SAMPLE = 10
# The answer to what was done is lost; nothing was done; it was done, and the answer says it was not.
FAULTS = [(DROP, "after"), ("429", "before"), ("500", "before"), ("500", "after")]


def _fates(laboratory: Laboratory, seed: int) -> list[Fate]:
    recorded = laboratory.tell(Fate(), seed)
    assert not recorded.problem, recorded
    numbers = range(1, len(recorded.first.requests) + 1)
    return [Fate(number, moment, kind) for (kind, moment), number in product(FAULTS, numbers)]


def _hold(laboratory: Laboratory, stories: list[Story]) -> None:
    wrong = [str(story) for story in stories if story.problem or story.code not in {0, 1}]
    wrong += laboratory.doubts(story.project for story in stories)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_a_sample_of_faults(laboratory: Laboratory) -> None:
    fates = _fates(laboratory, seed=0)
    _hold(laboratory, laboratory.stories(fates[:: len(fates) // SAMPLE], seed=0))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", PARALLELISM)
def test_every_fault(laboratory: Laboratory, seed: int) -> None:
    _hold(laboratory, laboratory.stories(_fates(laboratory, seed), seed))
