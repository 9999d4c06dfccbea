"""What can be told of where something live comes from: its lineage, with what git knows of its commits and files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.model.commits import Commit
from runner.model.ledger import Entry
from runner.model.lineage import Lineage


@dataclass(frozen=True, slots=True)
class Sent:
    """A file or folder at the commit that was applied: its object in git, and how many files are in it."""

    object: str
    files: int


@dataclass(frozen=True, slots=True)
class Traced:
    """`commits` are those that are in this clone; `sent` is by the place in the spec; `notes` say what is not known."""

    lineage: Lineage
    commits: Mapping[str, Commit] = field(default_factory=dict)
    changed: Commit | None = None  # the last one that touched the spec or what was sent, up to the one applied
    sent: Mapping[str, Sent] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def subject(self) -> Lineage:
        """What decides: of a model the run that it was, else the thing itself."""
        return self.lineage.origin or self.lineage

    @property
    def here(self) -> tuple[Entry, ...]:
        """Lines that say which commits of this clone hold the same content, when the one that was applied does not."""
        entry = self.subject.entry
        if self._holds(entry):
            return ()
        return tuple(each for each in self.subject.again if self._holds(each) and each.digest == entry.digest)

    def _holds(self, entry: Entry) -> bool:
        """Whether what was applied is in its commit, and that in this clone."""
        return entry.commit in self.commits and not entry.dirty

    def pull_request(self, entry: Entry) -> int | None:
        """The pull request that an apply was for, or that its commit came from."""
        commit = self.commits.get(entry.commit)
        return entry.pull_request or (commit.pull_request if commit else None)

    def approved_by(self, entry: Entry) -> tuple[str, ...]:
        """Those who approved it, as the ledger or the commit's trailers tell.

        Most often it was approved after it had run: then a line about what was merged says so.
        """
        number, commit = self.pull_request(entry), self.commits.get(entry.commit)
        lines = [entry, self.lineage.entry, *self.subject.again, *self.lineage.again]
        of_it = [each.approved_by for each in lines if each is entry or (number and each.pull_request == number)]
        told = dict.fromkeys(name for names in of_it for name in names)
        return tuple(told) or (commit.approved_by if commit else ())

    @property
    def explained(self) -> bool:
        """Whether a commit of this clone holds all of it."""
        return self._holds(self.subject.entry) or bool(self.here)
