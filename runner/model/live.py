"""Live state: what the workspace holds, in the words of the specs, so that both sides compare field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.model.keys import Key, Kind
from runner.model.references import Reference
from runner.model.runs import SUPERSEDED, Cause

Asset = tuple[Key, str]  # an asset and one of its versions


@dataclass(frozen=True, slots=True)
class LiveResource:
    """Something that can change, or one version of an asset. `spec` holds the fields in the form a spec writes them."""

    spec: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)  # more fields: not compared, and repeated by an update
    state: str = ""  # e.g. Succeeded, Failed, Running
    archived: bool = False
    created_at: str = ""
    has_credentials: bool = False  # of a datastore or a connection: what they are, no read returns
    uses: frozenset[str] = frozenset()  # of a component: the versions that it names, as "environment/plain:3"
    changed_by: str = ""  # who changed it last and when, as far as the service tells
    changed_at: str = ""

    @property
    def commit(self) -> str:
        """The commit it was applied from; with `-dirty` when the tree differed from it."""
        return self.tags.get("aml.commit", "")


@dataclass(frozen=True, slots=True)
class LiveRun:
    """One run of a job. Times are ISO 8601; `spec` holds what decides it, in the form a spec writes it."""

    name: str
    status: str
    created_at: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    timeout: int | None = None  # seconds that its command may take
    cause: Cause | None = None  # why it failed; read only where it matters
    schedule: str = ""  # the name of the schedule that started it, if one did

    @property
    def key(self) -> str:
        """The logical job it is a run of, e.g. `job/iris-train`; empty when it is none of ours."""
        return self.properties.get("aml.key", "")

    @property
    def target(self) -> str:
        """The target that it was submitted to."""
        return self.properties.get("aml.target", "")

    @property
    def digest(self) -> str:
        """The content it was submitted for."""
        return self.properties.get("aml.digest", "")

    @property
    def commit(self) -> str:
        """The commit it was submitted from; with `-dirty` when the tree differed from it."""
        return self.properties.get("aml.commit", "")

    @property
    def superseded(self) -> bool:
        """Whether we canceled it for a newer one: then it says nothing about its content."""
        return SUPERSEDED in self.tags and self.status == "Canceled"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far something live holds the content of a spec: the parts that differ, or why nobody can say."""

    differing: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Stray:
    """Something live that no spec explains. `address` is its key, with the version of an asset."""

    address: str
    why: str


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a read found. What is in none of the maps is absent; what could not be read is in `unknown`, with why."""

    computes: Mapping[str, LiveResource] = field(default_factory=dict)  # by lower-case name
    datastores: Mapping[str, LiveResource] = field(default_factory=dict)
    connections: Mapping[str, LiveResource] = field(default_factory=dict)
    schedules: Mapping[str, LiveResource] = field(default_factory=dict)
    assets: Mapping[Asset, LiveResource] = field(default_factory=dict)
    runs: tuple[LiveRun, ...] = ()
    unknown: Mapping[Key, str] = field(default_factory=dict)
    missing: frozenset[Reference] = frozenset()  # what specs refer to, others own, and is not there
    archived: frozenset[Reference] = frozenset()  # versions that specs refer to, others own, and are archived
    resolved: Mapping[Reference, str] = field(default_factory=dict)  # the versions that others' labels stand for now
    namesakes: Mapping[Key, LiveRun] = field(default_factory=dict)  # runs of nobody that are called as a job's spec is
    likenesses: Mapping[Key, Likeness] = field(default_factory=dict)  # of what may be adopted

    def mutable(self) -> Iterator[tuple[Key, LiveResource]]:
        """What has no versions and is no run: it changes in place."""
        for name, found in self.computes.items():
            yield Key(Kind.COMPUTE, str(found.spec.get("name", name))), found
        for kind, collection in self._named().items():
            yield from ((Key(kind, name), found) for name, found in collection.items())

    def counterpart(self, key: Key) -> LiveResource | None:
        """What is live of something that has no versions. The service does not tell cases of a compute's name apart."""
        if key.kind is Kind.COMPUTE:
            return self.computes.get(key.name.lower())
        return self._named()[key.kind].get(key.name)

    def _named(self) -> dict[Kind, Mapping[str, LiveResource]]:
        return {Kind.DATASTORE: self.datastores, Kind.CONNECTION: self.connections, Kind.SCHEDULE: self.schedules}
