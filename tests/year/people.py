"""People at work on a repository: they edit, branch, merge in every way, and rebase."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from tests.year.specs import Knobs
from tests.year.truth import Made, Year

BEGIN = datetime(2025, 1, 6, 8, tzinfo=UTC)
NAMES = ("Ada", "Ben", "Chloé", "Dmitri", "Eun-ji")
# What is edited most stands more often.
_EDITS = (
    "rate", "depth", "shade", "limit", "trainer", "trainer", "scorer", "packages", "packages", "packages", "rows",
    "nodes", "words", "readme",
)  # fmt: skip


class People:
    """The year as it is written; its commits are named by their places."""

    def __init__(self, year: Year, begin: Knobs) -> None:
        self.year, self.random, self.now = year, Random(7), BEGIN  # noqa: S311 - no secret
        self._fresh = count(11)
        year.commits.append(Made((), begin, "Ada", self.now, self.now, "Begin"))

    def anybody(self, among: Sequence[str] = NAMES) -> str:
        """One of them."""
        return self.random.choice(among)

    def at(self, commit: int) -> Knobs:
        """What a commit holds."""
        return self.year.commits[commit].knobs

    def turned(self, commit: int, name: str) -> Knobs:
        """What a commit holds, with one thing as it never was before."""
        gone = name == "nodes" and not self.at(commit).nodes
        return replace(self.at(commit), **{"readme" if gone else name: next(self._fresh)})

    def edited(self, commit: int) -> Knobs:
        """What a commit holds, with an edit."""
        return self.turned(commit, self.random.choice(_EDITS))

    def commit(self, parents: tuple[int, ...], knobs: Knobs, who: str, subject: str, at: datetime | None = None) -> int:
        """Another commit, on no branch yet."""
        self.now += timedelta(minutes=self.random.randint(2, 40))
        self.year.commits.append(Made(parents, knobs, who, at or self.now, self.now, subject))
        return len(self.year.commits) - 1

    def land(self, knobs: Knobs, who: str, subject: str) -> None:
        """Another commit on main."""
        self.year.main = self.commit((self.year.main,), knobs, who, subject)

    def merge(self, number: int, base: int, head: int, who: str, *, squash: bool) -> None:
        """A pull request gets into main."""
        parents = (self.year.main,) if squash else (self.year.main, head)
        squashed = f"{self.year.commits[head].subject} (#{number})"
        knobs = _moved(self.at(base), self.at(head), self.at(self.year.main))
        subject = squashed if squash else f"Merge pull request #{number} from {who}/it"
        self.year.main = self.commit(parents, knobs, who, subject)
        self.year.commits[-1] = replace(self.year.commits[-1], pull=number)

    def revert(self, who: str) -> None:
        """Takes back what the newest commit of main changed."""
        newest = self.year.commits[self.year.main]
        if newest.parents:
            self.land(self.at(newest.parents[0]), who, f'Revert "{newest.subject}"')

    def branch(self, base: int, who: str) -> int:
        """A few commits beside main; the last of them."""
        for _ in range(self.random.randint(1, 4)):
            base = self.commit((base,), self.edited(base), who, self.words("Work on"))
        return base

    def tried(self, head: int, who: str) -> int:
        """A try on a branch, which is taken back."""
        knobs = self.turned(head, self.random.choice(("rate", "words")))
        return self.commit((self.commit((head,), knobs, who, "Try it"),), self.at(head), who, "Take it back")

    def replayed(self, base: int, head: int, onto: int) -> int:
        """A rebase: the same edits once more, on another commit. Authors and their times stay."""
        line = []
        while head != base:
            line.append(head)
            head = self.year.commits[head].parents[0]
        for each in reversed(line):
            old = self.year.commits[each]
            knobs = _moved(self.at(old.parents[0]), old.knobs, self.at(onto))
            onto = self.commit((onto,), knobs, old.author, old.subject, at=old.at)
        return onto

    def words(self, verb: str) -> str:
        """What a commit is called: not always anything else."""
        return f"{verb} {self.random.choice(('rates', 'the data', 'what is | *sent*', 'words', 'packages'))}"


def _moved(before: Knobs, after: Knobs, onto: Knobs) -> Knobs:
    """What somebody changed, done to something else."""
    names = Knobs.__dataclass_fields__
    return replace(onto, **{name: new for name in names if (new := getattr(after, name)) != getattr(before, name)})
