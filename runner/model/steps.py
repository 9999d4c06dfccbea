"""What became of resources, commit by commit: what git says of each commit, beside what the ledger says was applied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from runner.model.commits import Commit
from runner.model.keys import Key
from runner.model.ledger import FINISH, Entry, Ledger


@dataclass(frozen=True, slots=True)
class Step:
    """A commit and what was applied of it, in the order of time. Jobs' entries have how their run ended, if known.

    Without entries: it changed a spec, and nobody wrote down that it was applied.
    """

    commit: Commit
    entries: tuple[Entry, ...] = ()

    @property
    def at(self) -> datetime:
        """When it was applied first, else when it was written."""
        return _moment(self.entries[0].at if self.entries else self.commit.at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the ledger is asked for. None is all; `since` has its zone."""

    keys: frozenset[Key] | None = None
    target: str | None = None
    since: datetime | None = None
    commit: str | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is in that part; the end of a run is told with its beginning."""
        return (
            entry.action != FINISH
            and (self.keys is None or entry.key in self.keys)
            and (self.target is None or entry.target == self.target)
            and (self.commit is None or entry.commit == self.commit)
            and (self.since is None or _moment(entry.at) >= self.since)
        )


def steps(
    ledger: Ledger, wanted: Wanted, known: Mapping[str, Commit], touching: Iterable[str] = ()
) -> tuple[Step, ...]:
    """The steps, oldest first. `known` are the commits that are here, `touching` those that changed what is wanted."""
    outcomes = ledger.outcomes()
    found: dict[str, list[Entry]] = {}
    for entry in ledger.entries:
        if wanted.takes(entry):
            found.setdefault(entry.commit, []).append(replace(entry, run=outcomes.get(entry.id)))
    for commit in touching:
        if wanted.since is None or _moment(known[commit].at) >= wanted.since:
            found.setdefault(commit, [])
    made = [Step(known.get(commit, Commit(commit)), tuple(entries)) for commit, entries in found.items()]
    return tuple(sorted(made, key=lambda step: (step.at, step.commit.id)))


@dataclass(frozen=True, slots=True)
class Series:
    """The values of a metric in the runs of one job, oldest first."""

    key: Key
    metric: str
    values: tuple[float, ...] = field(default=())


def series(found: Iterable[Step], most: int = 3) -> tuple[Series, ...]:
    """The metrics that each job's gates asked for last, else its first ones by name; each run counts once."""
    values: dict[tuple[Key, str], list[float]] = {}
    gates: dict[Key, tuple[str, ...]] = {}
    seen = set()
    # A commit may be applied again after others were.
    for entry in sorted((entry for step in found for entry in step.entries), key=lambda entry: _moment(entry.at)):
        gates[entry.key] = entry.gates
        if entry.run and (entry.live, entry.run.ended_at) not in seen:
            seen.add((entry.live, entry.run.ended_at))
            for name, value in sorted(entry.run.metrics.items()):
                if value is not None:
                    values.setdefault((entry.key, name), []).append(value)
    told: list[Series] = []
    for key in dict.fromkeys(key for key, _ in values):
        own = [name for each, name in values if each == key]
        names = [name for name in gates[key] if name in own] or sorted(own)[:most]
        told += [Series(key, name, tuple(values[key, name])) for name in dict.fromkeys(names)]
    return tuple(told)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text or "1970-01-01T00:00:00+00:00")
