"""What a comment keeps for whoever finishes it."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.github.story import Story, Told, hidden, marker, read
from runner.model.gates import Gate, Goal
from runner.model.keys import Key, Kind
from runner.model.review import Stage

GATES = st.builds(
    Gate,
    metric=st.text(),
    at_least=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    no_worse_than_base=st.booleans(),
    goal=st.none() | st.sampled_from(Goal),
)
JOBS = st.builds(
    Told,
    key=st.builds(Key, st.just(Kind.JOB), st.text()),
    head=st.text(),
    base=st.text(),
    gates=st.lists(GATES, max_size=2).map(tuple),
    reused=st.booleans(),
)
STORIES = st.builds(Story, st.sampled_from(Stage), st.text(), st.lists(JOBS, max_size=3).map(tuple), st.text())


@given(STORIES)
def test_a_story_is_read_as_it_was_written_and_shows_nothing(story: Story) -> None:
    line = hidden(story)
    assert read(f"text\n{line}\n") == story
    assert line.count("-->") == 1
    assert "\n" not in line


@pytest.mark.parametrize(
    "body",
    ["", "text", "<!-- aml-runner story AAAA -->", "<!-- aml-runner story e30= -->", "<!-- aml-runner story = -->"],
)
def test_what_is_no_story_is_none(body: str) -> None:
    assert read(body) is None


def test_the_last_story_counts() -> None:
    first, last = Story(Stage.RUNNING, "a"), Story(Stage.FINISHED, "b")
    assert read(f"{hidden(first)}\n{hidden(last)}") == last


def test_three_hundred_runs_are_kept_in_little_room() -> None:
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(301)]
    pairs = pairwise(names)
    gates = (Gate("loss", no_worse_than_base=True), Gate("accuracy", at_least=0.9))
    jobs = tuple(Told(Key(Kind.JOB, f"j{head[:5]}"), f"j-{head[:12]}", f"j-{base[:12]}", gates) for head, base in pairs)
    story = Story(Stage.RUNNING, "a", jobs)
    assert read(hidden(story)) == story
    assert len(hidden(story)) < 20_000


def test_a_story_that_takes_too_much_room_is_kept_without_its_runs() -> None:
    """Told of some of them alone it would end too early, and the commit's status would be green."""
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(3_000)]
    story = Story(Stage.RUNNING, "a", tuple(Told(Key(Kind.JOB, name), name) for name in names))
    assert read(hidden(story)) == Story(Stage.RUNNING, "a")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_marker_stays_one_comment(target: str) -> None:
    assert marker(target).count("--") == 2
    assert "\n" not in marker(target)


def test_targets_have_markers_of_their_own() -> None:
    assert len({marker(name) for name in ("prod", "prod-2", "prod_2", "prod 2", "prod%2D2", "")}) == 6
