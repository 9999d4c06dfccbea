"""A team with a repository in memory: specs, commits, branches, and a target that may be fenced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha1
from itertools import count
from typing import Any

from runner.model.fence import Fence, Standing, bare
from runner.model.keys import Key, Kind
from runner.model.live import LiveState
from runner.model.order import dependency_order
from runner.model.references import pinned
from runner.model.resource import DesiredState, Origin, Resource
from runner.model.rules import DEFAULT, Settings
from tests.builders import resource

MAIN = "main"
Specs = Mapping[Key, tuple[Mapping[str, Any] | None, Settings]]  # a rule may outlive its spec


@dataclass(frozen=True)
class Commit:
    """What a commit holds, and what it comes after."""

    specs: Specs
    parent: str = ""


@dataclass
class Team:
    """One project and one target. `head` is checked out on the branch `ref`; `heads` are what was pushed."""

    project: str
    target: str
    fenced: bool = False
    ref: str = MAIN
    head: str = ""
    commits: dict[str, Commit] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def name(self) -> tuple[str, str]:
        """As tags tell it."""
        return self.project, self.target

    @property
    def specs(self) -> Specs:
        """What is checked out."""
        return self.commits[self.head].specs if self.head else {}

    def commit(self, specs: Specs) -> None:
        """Commits these specs on the branch, and pushes it, with force."""
        name = sha1(f"{self.project} {next(self.numbers)}".encode(), usedforsecurity=False).hexdigest()
        self.commits[name] = Commit(specs, self.head)
        self.head = self.heads[self.ref] = name

    def edit(self, key: Key, spec: Mapping[str, Any] | None, settings: Settings = DEFAULT) -> None:
        """Writes one spec, or removes it, with what rules say of it; commits. Cases do not tell names apart."""
        kept = {own: it for own, it in self.specs.items() if str(own).lower() != str(key).lower()}
        self.commit({**kept, key: (spec, settings)})

    def settings(self, key: Key) -> Settings:
        """What rules settle for a key, whether or not there is a spec."""
        return self.specs[key][1] if key in self.specs else DEFAULT

    def switch(self, ref: str) -> None:
        """Checks a branch out; one that is new begins here."""
        self.ref = ref
        self.head = self.heads.setdefault(ref, self.head)

    def back(self, steps: int) -> None:
        """An older checkout of the branch: a workflow that runs again, a clone that nobody has pulled."""
        for _ in range(steps):
            self.head = (self.commits[self.head].parent or self.head) if self.head else ""

    def fence(self, live: LiveState) -> Fence | None:
        """Where the commits of everything that is live stand, seen from here."""
        things = [*live.computes.values(), *live.datastores.values(), *live.assets.values(), *live.runs]
        known = {bare(thing.commit) for thing in things} - {""}
        standings = {commit: self.standing(commit) for commit in known}
        return Fence(MAIN, self.ref == MAIN, standings) if self.fenced else None

    def standing(self, commit: str) -> Standing:
        """Where a commit stands, seen from the one that is checked out."""
        if commit not in self.commits:
            return Standing.MISSING
        if commit in self._line(self.head):
            return Standing.BEHIND
        return Standing.AHEAD if self.head in self._line(commit) else Standing.ASIDE

    def _line(self, commit: str) -> Iterator[str]:
        while commit:
            yield commit
            commit = self.commits[commit].parent

    def desired(self) -> DesiredState:
        """What is checked out asks for: jobs use everything else that there is."""
        made = {key: self._resource(key) for key, (spec, _) in self.specs.items() if spec is not None}
        needs = {key: sorted(each for each in made if each.kind is not Kind.JOB) for key in made}
        jobs = {key: self._job(made[key], needs[key], made) for key in made if key.kind is Kind.JOB}
        order = dependency_order({key: needs[key] if key in jobs else () for key in made})
        origin = Origin(self.project, self.target, self.head, f"refs/heads/{self.ref}")
        return DesiredState(origin, tuple(jobs.get(key, made[key]) for key in order))

    def _resource(self, key: Key, more: Mapping[str, Any] | None = None, *needs: Key) -> Resource:
        spec, settings = self.specs[key]
        return resource(str(key), {**(spec or {}), **(more or {})}, settings=settings, depends_on=map(str, needs))

    def _job(self, job: Resource, needs: list[Key], made: Mapping[Key, Resource]) -> Resource:
        versions = {key.name: pinned(key, made[key].version) for key in needs if key.kind.versioned}
        computes = [key.name for key in needs if key.kind is Kind.COMPUTE]
        uses = {"inputs": versions, **({"compute": computes[0]} if computes else {})}
        return replace(self._resource(job.key, uses, *needs))
