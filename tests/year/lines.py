"""The ledger of the year: lines made of what is true, with the times of the year, written and pushed by two at once."""

import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from runner import engine
from runner.desired import load, project, targets
from runner.git import notes, remote
from runner.git.checkout import checkout
from runner.git.repository import Repository
from runner.model.digest import parts
from runner.model.ledger import FINISH, Entry, Outcome, line
from runner.model.resource import DesiredState, Resource
from tests.builders import key
from tests.repositories import git
from tests.year.specs import sources, uses
from tests.year.truth import Applied, Deed, Run, Year

WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ml"
    "/providers/Microsoft.MachineLearningServices/workspaces/mlw-{}"
)
_PUSHES = 6  # of each writer


@dataclass(frozen=True)
class Desires:
    """What the engine makes of a commit: digests and names, which no truth can know."""

    repository: Repository

    def at(self, commit: str, target: str) -> DesiredState:
        """The desired state for a target."""
        with checkout(self.repository, commit) as root:
            found = project.find(root)
            context = targets.context(found, target, {}, {})
            return engine.desired(found, load.load_project(found, context), target)


class Scribe:
    """Writes down what happened, as aml would have at the time."""

    def __init__(self, year: Year, ids: list[str], desires: Desires) -> None:
        self._year, self._ids, self._random = year, ids, Random(11)  # noqa: S311 - no secret
        self._at = cache(desires.at)

    def lines(self, applied: Applied) -> Iterator[Entry]:
        """The lines of an apply, and of the ends of its runs."""
        for place, deed in enumerate(applied.deeds):
            entry = replace(self._entry(applied, deed), at=iso(applied.at + timedelta(microseconds=place)))
            yield entry
            if deed.action == "run" and deed.run:
                yield from _ended(entry, deed.run)

    def name(self, applied: Applied, deed: Deed) -> str:
        """What it is called in the workspace."""
        if deed.action == "register":
            return f"iris:{deed.version}"
        if deed.action == "delete":
            return deed.address.partition("/")[2]
        state, resource = self._found(applied, deed.address)
        return state.live_name(resource, deed.run.attempt if deed.run else 1)

    def digest(self, applied: Applied, address: str) -> str:
        """The digest of a resource in what was applied."""
        return self._found(applied, address)[1].digest

    def _found(self, applied: Applied, address: str) -> tuple[DesiredState, Resource]:
        state = self._at(self._ids[applied.commit], applied.target)
        return state, next(each for each in state.resources if each.key == key(address))

    def _entry(self, applied: Applied, deed: Deed) -> Entry:
        own = Entry(
            at=iso(applied.at),
            id=uuid.UUID(int=self._random.getrandbits(128)).hex,
            project="iris",
            target=applied.target,
            workspace=WORKSPACE.format(applied.target),
            commit=self._ids[applied.commit],
            address=deed.address,
            action=deed.action,
            status=deed.status,
            live_name=self.name(applied, deed),
            dirty=applied.dirty,
            ref=applied.ref,
            error=deed.error,
            actor=applied.actor,
            pull_request=applied.pull,
            tool_version="0.1.0",
        )
        if deed.action == "delete":
            return own
        if deed.action == "register" and deed.run:
            train = Deed(deed.run.address, "run", deed.run.content, run=deed.run)
            return replace(own, from_run=self.name(applied, train))
        resource = self._found(applied, deed.address)[1]
        place = f"{resource.position.file}:{resource.position.line}"
        return replace(
            own,
            digest=resource.digest,
            digest_scheme="1",
            parts=parts(resource.content),
            spec=place,
            gates=("loss",) if deed.address == "job/train" else (),
            sources=sources(deed.address),
            uses={place: self._used(applied, other) for place, other in uses(deed.address).items()},
        )

    def _used(self, applied: Applied, address: str) -> str:
        return f"{address.partition('/')[0]}/{self.name(applied, Deed(address, 'create'))}"


def _ended(entry: Entry, run: Run) -> Iterator[Entry]:
    ending = run.ending
    if ending:
        outcome = Outcome(
            ending.status, iso(run.created), iso(ending.started), iso(ending.ended),
            metrics={"loss": ending.loss}, parameters={"value": str(run.content[0])},
        )  # fmt: skip
        yield replace(
            entry, at=iso(ending.told), id=f"{entry.id[:24]}-ended", action=FINISH, status=ending.status, run=outcome,
            parts={}, spec="",
        )  # fmt: skip


def push(origin: Path, writers: Iterable[str], lines: Iterable[Iterable[Entry]]) -> None:
    """Deals the lines of each apply out to people with clones of their own, who append and push all at once."""
    clones = [_clone(origin, name) for name in writers]
    hands: list[list[Entry]] = [[] for _ in clones]
    for number, entries in enumerate(lines):
        hands[number % len(hands)] += entries

    def work(clone: Path, entries: list[Entry]) -> None:
        size = len(entries) // _PUSHES + 1
        for start in range(0, len(entries), size):
            new: dict[str, list[str]] = {}
            for entry in entries[start : start + size]:
                new.setdefault(entry.commit, []).append(line(entry))
            notes.append(Repository(clone), new)
            remote.push(Repository(clone), pause=0.01)

    with ThreadPoolExecutor(len(clones)) as pool:
        list(pool.map(work, clones, hands))


def _clone(origin: Path, name: str) -> Path:
    """Without the heads of pull requests: what is not here goes on the commit that is checked out."""
    git(origin.parent, "clone", "-q", origin.as_uri(), name)
    return origin.parent / name


def iso(at: datetime) -> str:
    """A time as lines have it."""
    return at.isoformat(timespec="microseconds")
