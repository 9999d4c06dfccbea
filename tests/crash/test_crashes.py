"""An apply that is killed at any request: the next one converges, and no run is started twice."""

import signal

import pytest

from tests.crash.gate import MOMENTS, Fate
from tests.crash.laboratory import PARALLELISM, Laboratory, Story

pytestmark = pytest.mark.e2e
SAMPLE = 10


def _points(laboratory: Laboratory, seed: int) -> list[Fate]:
    """The recording pass: every moment at which an apply can be killed."""
    recorded = laboratory.tell(Fate(), seed)
    assert not recorded.problem, recorded
    return [Fate(number, moment) for number in range(1, len(recorded.first.requests) + 1) for moment in MOMENTS]


def _hold(laboratory: Laboratory, stories: list[Story]) -> None:
    wrong = [str(story) for story in stories if story.problem] + laboratory.doubts(story.project for story in stories)
    assert not wrong, "\n".join(wrong)


def test_a_sample_of_points(laboratory: Laboratory) -> None:
    points = _points(laboratory, seed=0)
    every = len(points) // SAMPLE | 1  # an odd number meets both moments
    stories = laboratory.stories(points[::every], seed=0)
    assert [story.code for story in stories] == [-signal.SIGKILL] * len(stories)
    _hold(laboratory, stories)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", PARALLELISM)
def test_every_point(laboratory: Laboratory, seed: int) -> None:
    points = _points(laboratory, seed)
    stories = laboratory.stories(points, seed)
    killed = sum(story.code == -signal.SIGKILL for story in stories)
    assert killed >= len(points) * 0.9, "with another order of requests the last ones may not come"
    _hold(laboratory, stories)
