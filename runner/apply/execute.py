"""Carries out a plan: what is needed first, the rest side by side. A failure stops only what depends on it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from threading import Event

from runner.model.events import Finished, Listener, Started
from runner.model.keys import Key
from runner.model.plan import Action, Change, Plan, Result

Send = Callable[[Change], Result]
INTERRUPTED = "the apply was interrupted"


def execute(plan: Plan, send: Send, listener: Listener, *, parallelism: int, stop: Event) -> list[Result]:
    """One result for each pending change, in the plan's order; `parallelism` of them are under way at a time.

    Once `stop` is set nothing new begins; what is under way is finished, what never began is skipped.
    """
    pending = {change.key: change for change in plan.pending}
    needs = {key: _needs(change, pending) for key, change in pending.items()}
    order = TopologicalSorter(needs)
    order.prepare()
    results: dict[Key, Result] = {}
    going: dict[Future[Result], Change] = {}
    ready: list[Key] = []
    with ThreadPoolExecutor(parallelism) as pool:
        while order.is_active():
            ready = sorted([*ready, *order.get_ready()])
            while ready and len(going) < parallelism:
                change = pending[ready.pop(0)]
                unwanted = _unwanted(change, needs[change.key], results, stop)
                if unwanted:
                    _finish(change, unwanted, results, order, listener)
                    ready = sorted([*ready, *order.get_ready()])
                else:
                    listener(Started(change))
                    going[pool.submit(send, change)] = change
            for future, change in _done(going):
                _finish(change, future.result(), results, order, listener)
    return [results[key] for key in pending]


def _done(going: dict[Future[Result], Change]) -> Iterator[tuple[Future[Result], Change]]:
    """What has come to an end; waits for the first."""
    if going:
        for future in wait(going, return_when=FIRST_COMPLETED).done:
            yield future, going.pop(future)


def _finish(
    change: Change, result: Result, results: dict[Key, Result], order: TopologicalSorter[Key], listener: Listener
) -> None:
    results[change.key] = result
    order.done(change.key)
    listener(Finished(change, result))


def _needs(change: Change, pending: Mapping[Key, Change]) -> frozenset[Key]:
    """What is done before: what the change depends on; before a deletion all else, and deletions of its dependents."""
    if change.action is not Action.DELETE:
        return frozenset(pending.keys() & set(change.depends_on))
    return frozenset(
        key
        for key, other in pending.items()
        if other.action is not Action.DELETE or key.kind.rank > change.key.kind.rank
    )


def _unwanted(change: Change, needs: Iterable[Key], results: Mapping[Key, Result], stop: Event) -> Result | None:
    """Why a change is not begun, or None."""
    culprits = [str(key) for key in sorted(needs) if results[key].status != "done"]
    if culprits:
        return skipped(change, f"{', '.join(culprits)} did not succeed")
    return skipped(change, INTERRUPTED) if stop.is_set() else None


def skipped(change: Change, because: str) -> Result:
    """The result of a change that was not begun."""
    return Result(change.key, change.action, change.live_name, "skipped", because=because)


def standing(plan: Plan) -> list[Result]:
    """A result for each job that needed nothing because a run of its content exists."""
    return [
        Result(change.key, change.action, change.live_name, "done")
        for change in plan.changes
        if change.action is Action.NO_OP and change.run_status
    ]
