"""What happened in the year, as the generator knows it: commits, applies, runs. None of it is asked of aml."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.year.specs import Content, Knobs


@dataclass(frozen=True, slots=True)
class Made:
    """A commit: its parents (places in `Year.commits`), what it holds, who wrote it, when, and when it landed."""

    parents: tuple[int, ...]
    knobs: Knobs
    author: str
    at: datetime
    landed: datetime
    subject: str
    pull: int | None = None  # the pull request that it is the merge or the squash of


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, and when that was written down."""

    status: str
    started: datetime
    ended: datetime
    loss: float
    told: datetime


@dataclass(eq=False)
class Run:
    """A run of a job's content in one workspace. Its name comes of the content and the attempt."""

    address: str
    content: Content
    attempt: int
    created: datetime
    ending: Ending | None = None


@dataclass(frozen=True)
class Deed:
    """What an apply did to one resource; `content` is what it made of it."""

    address: str
    action: str
    content: Content = ()
    status: str = "done"
    error: str = ""
    run: Run | None = None  # of a job its own, of a model the one that it came of
    version: int = 0  # of a model


@dataclass(frozen=True)
class Applied:
    """An apply: of which commit, where, when and by whom."""

    commit: int
    target: str
    at: datetime
    actor: str
    ref: str
    pull: int | None
    dirty: bool
    retry: bool
    era: int  # how many workspaces this target has lost before
    deeds: tuple[Deed, ...]


@dataclass
class Year:
    """All of it. `main` is the place of the newest commit of main, `pulls` are the heads of pull requests by number."""

    project: str  # the text of project.yml
    commits: list[Made] = field(default_factory=list)
    main: int = 0
    pulls: dict[int, int] = field(default_factory=dict)
    applies: list[Applied] = field(default_factory=list)

    def behind(self, commit: int) -> set[int]:
        """A commit and all before it."""
        found: set[int] = set()
        left = [commit]
        while left:
            each = left.pop()
            if each not in found:
                found.add(each)
                left += self.commits[each].parents
        return found

    def runs(self) -> Iterator[Run]:
        """Every run, once."""
        deeds = (deed for applied in self.applies for deed in applied.deeds)
        yield from (deed.run for deed in deeds if deed.run and deed.action == "run")
