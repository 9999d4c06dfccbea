"""What an apply has to do: the rules of docs/concepts.md and docs/ledger.md, written down once more and simply."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.year.specs import Content, Knobs, wanted
from tests.year.truth import Deed, Run

MODEL = "model/iris"


@dataclass
class Workspace:
    """What is in a workspace. A new one is empty."""

    computes: dict[str, Content] = field(default_factory=dict)
    versions: set[tuple[str, Content]] = field(default_factory=set)
    runs: dict[tuple[str, Content], list[Run]] = field(default_factory=dict)
    models: list[Run] = field(default_factory=list)

    def apply(self, knobs: Knobs, *, at: datetime, retry: bool, refused: str = "") -> Iterator[Deed]:
        """Does what is to be done, but for what is `refused`; jobs that need no run are no-ops."""
        want = wanted(knobs)
        for address, content in want.items():
            if address.startswith("job/"):
                yield self._job(address, content, at, retry=retry)
                continue
            known = self.computes.get(address) == content or (address, content) in self.versions
            if known:
                continue
            action = "update" if address in self.computes else "create"
            if address == refused:
                yield Deed(address, action, content, "failed", "the quota of this region is used up")
            else:
                self._keep(address, content)
                yield Deed(address, action, content)
        for address in sorted(self.computes.keys() - want):
            del self.computes[address]
            yield Deed(address, "delete")

    def register(self, run: Run) -> Iterator[Deed]:
        """Makes a model of a run that completed, once."""
        if run.ending and run.ending.status == "Completed" and run not in self.models:
            self.models.append(run)
            yield Deed(MODEL, "register", run=run, version=len(self.models))

    def _keep(self, address: str, content: Content) -> None:
        if address.startswith("compute/"):
            self.computes[address] = content
        else:
            self.versions.add((address, content))

    def _job(self, address: str, content: Content, at: datetime, *, retry: bool) -> Deed:
        known = self.runs.setdefault((address, content), [])
        latest = known[-1] if known else None
        again = retry and latest is not None and latest.ending is not None and latest.ending.status != "Completed"
        if latest and not again:
            return Deed(address, "no-op", content, run=latest)
        run = Run(address, content, len(known) + 1, at)
        known.append(run)
        return Deed(address, "run", content, run=run)


@dataclass
class Memory:
    """What was told of each job of a target: the content, by commit, oldest first."""

    told: dict[tuple[str, str], list[tuple[int, Content]]] = field(default_factory=dict)

    def worth_telling(self, deed: Deed, target: str, commit: int, behind: set[int]) -> bool:
        """Whether a deed gets a line: all but a job that needs nothing, and of which this history says so already."""
        own = self.told.setdefault((target, deed.address), [])
        last = next((content for at, content in reversed(own) if at in behind), None)
        telling = deed.action != "no-op" or last != deed.content
        if telling and deed.status == "done":
            own.append((commit, deed.content))
        return telling
