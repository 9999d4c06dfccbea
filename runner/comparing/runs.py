"""The runs of contents: those that the ledger knows, and of the rest those that the workspace has."""

from collections.abc import Iterator
from functools import cached_property

from runner.asking import Place
from runner.azureml.rest import Rest
from runner.errors import AmlError
from runner.live import runs as live
from runner.model.contrast import Ran
from runner.model.events import Listener, Working
from runner.model.keys import Key
from runner.model.live import LiveRun
from runner.model.outcome import Outcome
from runner.model.runs import COMPLETED, TERMINAL


class Runs:
    """Looks runs up by job and digest, so that it does not matter what became of the commit. Asks only if need be."""

    def __init__(self, place: Place, listener: Listener) -> None:
        self._place, self._listener = place, listener
        self._known = dict(_known(place))
        self.asked: list[str] = []

    def of(self, key: Key, digest: str, *, ask: bool) -> Ran | None:
        """The run of this content: the newest that completed, else the newest. None when nobody knows one.

        `ask`: the workspace is asked if the ledger knows none that is over.
        """
        found = _best(self._known.get((str(key), digest), ()))
        over = found and found.outcome.status in TERMINAL
        if not ask or over or not self._rest:
            return found
        self.asked.append(str(key))
        return self._asked(key, digest) or found

    def _asked(self, key: Key, digest: str) -> Ran | None:
        try:
            same = [run for run in self._live if (run.key, run.digest) == (str(key), digest)]
            latest = next((run for run in reversed(same) if run.status == COMPLETED), same[-1] if same else None)
            return self._ran(latest) if latest else None
        except AmlError as error:
            self._place.close(error)
            return None

    def _ran(self, run: LiveRun) -> Ran:
        found = self._place.outcome(run.name)
        return Ran(run.name, "workspace", found or Outcome(run.status))

    @property
    def _rest(self) -> Rest | None:
        if not self._place.offline and not self.asked and not self._place.problem:
            self._listener(Working("asking the workspace for what the ledger does not know"))
        return self._place.rest

    @cached_property
    def _live(self) -> tuple[LiveRun, ...]:
        rest = self._place.rest
        return live.runs(rest, self._place.project.config.project) if rest else ()


def _known(place: Place) -> Iterator[tuple[tuple[str, str], list[Ran]]]:
    """The runs of the ledger in the order in which they began: address and digest -> runs."""
    outcomes, seen = place.recorded.outcomes(), set()
    found: dict[tuple[str, str], list[Ran]] = {}
    for entry in place.recorded.entries:
        own = (entry.project, entry.target) == (place.project.config.project, place.target)
        outcome = outcomes.get(entry.id, Outcome(""))
        if own and entry.stands and (entry.live, outcome.ended_at) not in seen:
            seen.add((entry.live, outcome.ended_at))
            ran = Ran(entry.live_name, "ledger", outcome)
            found.setdefault((entry.address, entry.digest), []).append(ran)
    yield from found.items()


def _best(runs: list[Ran] | tuple[()]) -> Ran | None:
    completed = (ran for ran in reversed(runs) if ran.outcome.status == COMPLETED)
    return next(completed, runs[-1] if runs else None)
