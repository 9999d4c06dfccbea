"""Each tree is uploaded once, whoever needs it, however many at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.apply.uploads import Uploads
from runner.model.resource import Tree

TREES = [Tree(f"/{number}", {"a": f"{number:040}"}) for number in range(4)]


def test_the_second_waits_for_the_first() -> None:
    uploads, order = Uploads(), list[str]()
    begun, asked = threading.Event(), threading.Event()

    def first() -> None:
        with uploads.turn([TREES[0]]):
            begun.set()
            asked.wait(30)
            order.append("first is through")

    def second() -> None:
        begun.wait(30)
        asked.set()
        with uploads.turn([TREES[0]]):
            order.append("second")

    with ThreadPoolExecutor(2) as pool:
        for each in (pool.submit(first), pool.submit(second)):
            each.result()
    assert order == ["first is through", "second"]


def test_what_is_uploaded_holds_up_nobody() -> None:
    uploads, meeting = Uploads(), threading.Barrier(3, timeout=30)
    with uploads.turn([TREES[0]]):
        pass

    def later() -> None:
        with uploads.turn([TREES[0]]):
            meeting.wait()  # broken, unless all three are inside together

    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(later) for _ in range(3)]:
            each.result()


def test_the_same_files_elsewhere_are_the_same_tree() -> None:
    uploads = Uploads()
    moved = Tree("/elsewhere", TREES[0].files)
    with uploads.turn([TREES[0], moved]):  # one lock, taken once: twice would never end
        pass


def test_other_trees_do_not_wait() -> None:
    uploads = Uploads()
    with uploads.turn([TREES[0]]), uploads.turn([TREES[1]]), uploads.turn([]):
        pass


def test_after_a_failure_the_next_one_uploads() -> None:
    uploads, order = Uploads(), list[str]()
    begun, asked = threading.Event(), threading.Event()

    def fail() -> None:
        with uploads.turn(TREES[:2]):
            raise ValueError("lost")

    def next_one() -> None:
        with uploads.turn(TREES[:1]):
            begun.set()
            asked.wait(30)
            order.append("the next one is through")

    def last() -> None:
        begun.wait(30)
        asked.set()
        with uploads.turn(TREES[:1]):
            order.append("last")

    with pytest.raises(ValueError, match="lost"):
        fail()
    with ThreadPoolExecutor(2) as pool:
        for each in (pool.submit(next_one), pool.submit(last)):
            each.result()
    assert order == ["the next one is through", "last"]


@given(st.lists(st.lists(st.sampled_from(TREES), max_size=3), min_size=2, max_size=6))
def test_nobody_waits_in_a_circle(wanted: list[list[Tree]]) -> None:
    uploads, start = Uploads(), threading.Barrier(len(wanted), timeout=30)

    def take(trees: list[Tree]) -> None:
        start.wait()
        with uploads.turn(trees):
            pass

    with ThreadPoolExecutor(len(wanted)) as pool:
        for each in [pool.submit(take, trees) for trees in wanted]:
            each.result(30)
