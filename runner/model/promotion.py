"""Promotions: models that a reviewed line of project.yml copies from one workspace to another, or to a registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Promotion:
    """One line. `source` and `to` are names of targets; `to` is empty when it goes to a `registry`."""

    model: str
    version: str
    source: str
    to: str = ""
    registry: str = ""

    @property
    def live_name(self) -> str:
        """What the version is called, there as here."""
        return f"{self.model}:{self.version}"

    @property
    def target(self) -> str:
        """The target that carries it out: the one it goes to, of a registry the one it comes from."""
        return self.to or self.source

    @property
    def where(self) -> str:
        """Where it goes, in words."""
        return self.to or f"registry {self.registry}"


@dataclass(frozen=True, slots=True)
class Model:
    """A version of a model, as a workspace or a registry tells it. `uri` is where its files lie."""

    uri: str = ""
    type: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    flavors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    archived: bool = False


class Standing(StrEnum):
    """What becomes of a promotion."""

    COPY = "copy"
    THERE = "there"
    WITHHELD = "withheld"  # left to the target's branch
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one line, why, and what is copied."""

    promotion: Promotion
    standing: Standing
    why: str = ""
    model: Model = field(default_factory=Model)
