"""A smaller year, really applied: by two people with clones of their own, in a workspace that is lost in the middle."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from runner.git import notes
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.model.ledger import FINISH, Entry
from tests.e2e.conftest import Repo
from tests.repositories import git
from tests.year import writing
from tests.year.archive import Archive, is_forgotten
from tests.year.story import Scale, tell
from tests.year.truth import Applied, Run

SCALE = Scale(commits=100, applies=16, real=True)
Told = tuple[Applied, list[Entry]]


@dataclass
class Crew:
    """The clones, what became of the workspace, and which lines of the ledger were looked at."""

    clones: list[Repo]
    ids: list[str]
    reset: Callable[[], object]
    era: int = 0
    number: int = 0
    seen: set[str] = field(default_factory=set)

    def apply(self, applied: Applied) -> Told:
        """Applies it, as whoever is next; what was done, with its lines in the order of the ledger."""
        if applied.era > self.era:
            self.reset()
            self.era = applied.era
        repo = self.clones[self.number % len(self.clones)]
        self.number += 1
        repo.git("checkout", "-q", "-B", applied.ref.removeprefix("refs/heads/"), self.ids[applied.commit])
        repo.git("config", "user.email", applied.actor)
        again = ("--retry-failed", "job/*") if applied.retry else ()
        done = repo.apply("-t", applied.target, "--push-ledger", *again, code=None)
        assert "warning: the ledger" not in done.err, done.err
        new = [entry for entry in read(Repository(repo.root)).entries if entry.id not in self.seen]
        self.seen |= {entry.id for entry in new}
        return _matched(applied, new)


def live(folder: Path, variables: dict[str, str], reset: Callable[[], object]) -> Archive:
    """Goes through the year; what came of it, in a clone that was made afterwards."""
    year = tell(SCALE)
    origin = folder / "origin.git"
    ids = writing.write(year, origin)
    crew = Crew([_clone(origin, name, variables) for name in ("ada", "ben")], ids, reset)
    told = [crew.apply(applied) for applied in year.applies]
    year.applies = [applied for applied, _ in told]
    writing.forget(origin, filter(is_forgotten, year.pulls), len(ids))
    made = Archive(folder, year, ids, [lines for _, lines in told])
    git(folder, "clone", "-q", origin.as_uri(), made.root.name)
    git(made.root, "fetch", "-q", "origin", f"{notes.REF}:{notes.REF}", "+refs/pull/*:refs/pull/*")
    return made


def _clone(origin: Path, name: str, variables: dict[str, str]) -> Repo:
    git(origin.parent, "clone", "-q", origin.as_uri(), name)
    git(origin.parent / name, "fetch", "-q", "origin", "+refs/made/*:refs/made/*")
    return Repo(origin.parent / name, variables)


def _matched(applied: Applied, new: list[Entry]) -> Told:
    """The deeds with the times that only the machines know. It is exactly the right ones that were written down."""
    deeds = {(deed.address, deed.action, deed.status): deed for deed in applied.deeds}
    begun = [entry for entry in new if entry.action != FINISH]
    assert {(entry.address, entry.action, entry.status) for entry in begun} == deeds.keys()
    assert len(begun) == len(deeds)
    runs = {entry.live_name: deeds[entry.address, entry.action, entry.status].run for entry in begun}
    for entry in new:
        if entry.action == FINISH:
            _end(runs[entry.live_name], entry)
    at = datetime.fromisoformat(begun[-1].at) if begun else applied.at
    own = tuple(deeds[entry.address, entry.action, entry.status] for entry in begun)
    return replace(applied, at=at, pull=None, deeds=own), new


def _end(run: Run | None, entry: Entry) -> None:
    assert run
    assert run.ending
    assert entry.run
    assert entry.status == run.ending.status
    run.created = datetime.fromisoformat(entry.run.created_at)
    started, ended = (datetime.fromisoformat(each) for each in (entry.run.started_at, entry.run.ended_at))
    run.ending = replace(run.ending, started=started, ended=ended)
