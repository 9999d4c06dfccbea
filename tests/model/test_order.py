"""What is referred to comes first, and the order never varies."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import ConfigError
from runner.model.keys import Key, Kind
from runner.model.order import dependency_order
from tests.builders import key

NAMES = [Key(kind, name) for kind in Kind for name in "abcde"]


@st.composite
def graphs(draw: st.DrawFn) -> dict[Key, list[Key]]:
    """Keys in an arbitrary order, each depending on some that come before it there."""
    keys = draw(st.permutations(NAMES))[: draw(st.integers(0, len(NAMES)))]
    return {own: draw(st.lists(st.sampled_from(keys[:at]), unique=True)) if at else [] for at, own in enumerate(keys)}


@given(graphs(), st.randoms(use_true_random=False))
def test_dependencies_come_first_and_the_order_is_stable(graph: dict[Key, list[Key]], order: random.Random) -> None:
    ordered = dependency_order(graph)
    assert sorted(ordered) == sorted(graph)
    place = {own: at for at, own in enumerate(ordered)}
    assert all(place[other] < place[own] for own, others in graph.items() for other in others)
    mixed = {own: order.sample(graph[own], len(graph[own])) for own in order.sample(list(graph), len(graph))}
    assert dependency_order(mixed) == ordered


def test_among_equals_by_key() -> None:
    graph = {key("job/b"): [key("data/x")], key("job/a"): [key("data/x")], key("data/x"): [], key("compute/z"): []}
    assert list(map(str, dependency_order(graph))) == ["compute/z", "data/x", "job/a", "job/b"]


def test_what_is_not_there_is_no_dependency() -> None:
    assert dependency_order({key("job/a"): [key("data/elsewhere")]}) == [key("job/a")]


def test_a_circle_is_named() -> None:
    graph = {key("job/a"): [key("job/b")], key("job/b"): [key("job/c")], key("job/c"): [key("job/a")]}
    with pytest.raises(ConfigError) as caught:
        dependency_order(graph)
    text = str(caught.value)
    assert text.startswith("the specs depend on each other in a circle: ")
    steps = text.partition(": ")[2].split(" -> ")
    assert steps[0] == steps[-1]
    assert all(key(after) in graph[key(before)] for before, after in itertools.pairwise(steps))
