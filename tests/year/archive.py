"""The year on disk: an origin, and a clone with its ledger long after. It is made once, and read from there."""

import pickle
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from runner.git import notes
from runner.git.repository import Repository
from runner.model.ledger import Entry
from tests.repositories import git
from tests.year import lines, writing
from tests.year.story import Scale, tell
from tests.year.truth import Year

_WRITERS = ("ada", "ben")


@dataclass(frozen=True)
class Archive:
    """A clone at `root`, of which everything is known: the ids of commits, and the lines of each apply."""

    folder: Path
    year: Year
    ids: list[str]
    lines: list[list[Entry]]

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.folder / "origin.git"

    @property
    def root(self) -> Path:
        """The clone that is asked: with main, the ledger, and the heads of pull requests that the server kept."""
        return self.folder / "clone"

    @cached_property
    def here(self) -> set[int]:
        """The commits that are in the clone, by their places."""
        kept = (head for number, head in self.year.pulls.items() if not is_forgotten(number))
        return self.year.behind(self.year.main).union(*map(self.year.behind, kept))


def make(folder: Path, scale: Scale) -> Archive:
    """Makes it; takes some seconds."""
    year = tell(scale)
    origin, whole = folder / "origin.git", folder / "whole"
    ids = writing.write(year, origin)
    git(folder, "clone", "-q", origin.as_uri(), whole.name)
    git(whole, "fetch", "-q", "origin", "+refs/made/*:refs/made/*")
    scribe = lines.Scribe(year, ids, lines.Desires(Repository(whole)))
    written = [list(scribe.lines(applied)) for applied in year.applies]
    writing.forget(origin, filter(is_forgotten, year.pulls), len(ids))
    lines.push(origin, _WRITERS, written)
    made = Archive(folder, year, ids, written)
    git(folder, "clone", "-q", origin.as_uri(), made.root.name)
    git(made.root, "fetch", "-q", "origin", f"{notes.REF}:{notes.REF}", "+refs/pull/*:refs/pull/*")
    return made


def kept(folder: Path, scale: Scale) -> Archive:
    """The one in a folder, which is made if it is not there."""
    place = folder / "archive"
    if not place.exists():
        place.write_bytes(pickle.dumps(make(folder, scale)))
    found = pickle.loads(place.read_bytes())  # noqa: S301 - our own
    assert isinstance(found, Archive)
    return found


def is_forgotten(number: int) -> bool:
    """Whether the server keeps nothing of a pull request."""
    return number % 2 == 1
