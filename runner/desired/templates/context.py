"""What templates may use, beside the files of the repository."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Context:
    """The names that a template finds."""

    project: str = ""
    target: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)  # of the target, in project.yml
    vars: Mapping[str, Any] = field(default_factory=dict)  # of the command line: -V NAME=VALUE
    env: Mapping[str, str] = field(default_factory=dict)  # of the environment, what may be read of it

    def plain(self) -> dict[str, Any]:
        """As values of JSON."""
        mappings = {"values": self.values, "vars": self.vars, "env": self.env}
        return {"project": self.project, "target": self.target} | {name: dict(each) for name, each in mappings.items()}


NOTHING = Context()
