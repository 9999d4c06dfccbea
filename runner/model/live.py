"""Live state: what the workspace holds, in the words of the specs, so that both sides compare field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.model.keys import Key
from runner.model.references import Reference
from runner.model.runs import SUPERSEDED, Cause

Asset = tuple[Key, str]  # an asset and one of its versions


@dataclass(frozen=True, slots=True)
class LiveResource:
    """A compute, a datastore, or one version of an asset. `spec` holds the fields in the form a spec writes them."""

    spec: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)
    state: str = ""  # e.g. Succeeded, Failed, Running
    archived: bool = False
    created_at: str = ""
    has_credentials: bool = False  # of a datastore: what they are, no read returns
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

    @property
    def key(self) -> str:
        """The logical job it is a run of, e.g. `job/iris-train`; empty when it is none of ours."""
        return self.properties.get("aml.key", "")

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
    assets: Mapping[Asset, LiveResource] = field(default_factory=dict)
    runs: tuple[LiveRun, ...] = ()
    unknown: Mapping[Key, str] = field(default_factory=dict)
    missing: frozenset[Reference] = frozenset()  # what specs refer to, others own, and is not there
    resolved: Mapping[Reference, str] = field(default_factory=dict)  # the versions that others' labels stand for now
    namesakes: Mapping[Key, LiveRun] = field(default_factory=dict)  # runs of nobody that are called as a job's spec is
    likenesses: Mapping[Key, Likeness] = field(default_factory=dict)  # of what may be adopted
