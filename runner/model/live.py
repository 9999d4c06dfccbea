"""Live state: what the workspace holds, in the words of the specs, so that both sides compare field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.model.keys import Key
from runner.model.references import Reference

Asset = tuple[Key, str]  # an environment or data asset and one of its versions


@dataclass(frozen=True, slots=True)
class LiveResource:
    """A compute, or one version of an asset. `spec` holds the fields in the form a spec writes them."""

    spec: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)
    state: str = ""  # e.g. Succeeded, Failed, Running
    archived: bool = False
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """One run of a job. Times are ISO 8601; `spec` holds what decides it, in the form a spec writes it."""

    name: str
    status: str
    created_at: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""

    @property
    def key(self) -> str:
        """The logical job it is a run of, e.g. `job/iris-train`; empty when it is none of ours."""
        return self.properties.get("aml.key", "")

    @property
    def digest(self) -> str:
        """The content it was submitted for."""
        return self.properties.get("aml.digest", "")


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a read found. What is in none of the maps is absent; what could not be read is in `unknown`, with why."""

    computes: Mapping[str, LiveResource] = field(default_factory=dict)
    assets: Mapping[Asset, LiveResource] = field(default_factory=dict)
    runs: tuple[LiveRun, ...] = ()
    unknown: Mapping[Key, str] = field(default_factory=dict)
    missing: frozenset[Reference] = frozenset()  # what specs refer to, others own, and is not there
