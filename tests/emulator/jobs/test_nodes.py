"""Nodes of a compute, on a clock of the test's own."""

from runner.emulator.jobs.nodes import NodePool


def test_the_maximum_bounds_concurrency() -> None:
    pool = NodePool(0, 2, 120)
    assert [pool.acquire(job) for job in ("a", "b", "c")] == [True, True, False]
    assert pool.counts() == (0, 2)
    pool.release("a", now=10)
    assert pool.counts() == (1, 1)
    assert pool.acquire("c")
    assert pool.counts() == (0, 2)


def test_idle_nodes_go_down_after_their_time() -> None:
    pool = NodePool(0, 4, 120)
    for job in ("a", "b"):
        pool.acquire(job)
    pool.release("a", now=10)
    pool.release("b", now=50)
    assert pool.next_change() == 130
    pool.settle(now=129)
    assert pool.counts() == (2, 0)
    pool.settle(now=130)
    assert pool.counts() == (1, 0)
    pool.settle(now=170)
    assert pool.counts() == (0, 0)
    assert pool.next_change() is None


def test_the_minimum_is_kept_up_without_work() -> None:
    pool = NodePool(2, 4, 0)
    pool.settle(now=0)
    assert pool.counts() == (2, 0)
    assert pool.next_change() is None
    pool.settle(now=1000)
    assert pool.counts() == (2, 0)


def test_a_smaller_maximum_lets_running_jobs_finish() -> None:
    pool = NodePool(0, 3, 120)
    for job in ("a", "b", "c"):
        pool.acquire(job)
    pool.release("a", now=0)
    pool.resize(0, 1, 120, now=1)
    assert pool.counts() == (0, 2)
    assert not pool.acquire("d")
    pool.release("b", now=2)
    pool.release("c", now=2)
    assert pool.counts() == (1, 0)


def test_without_nodes_everything_waits() -> None:
    pool = NodePool(0, 0, 0)
    assert not pool.acquire("a")
    assert pool.counts() == (0, 0)


def test_several_nodes_are_given_at_once_or_not_at_all() -> None:
    pool = NodePool(0, 3, 120)
    assert pool.acquire("a", 2)
    assert not pool.acquire("b", 2)
    assert pool.counts() == (0, 2)
    assert pool.acquire("c")
    pool.release("a", now=0)
    assert pool.acquire("b", 2)
    assert pool.counts() == (0, 3)
