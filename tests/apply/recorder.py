"""A writer that writes things down instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.azureml.filling import NONE, Secrets
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.errors import ServiceError
from runner.model.keys import Kind


@dataclass
class Recorder(Writer):
    """Everything asked of it, in order; the first call that `refused` names fails."""

    refused: str = ""
    calls: list[str] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(Workspace("s", "r", "w"))

    def put(self, kind: Kind, spec: Mapping[str, Any], folder: Path, secrets: Secrets = NONE) -> None:
        self.written.append({"kind": kind, "folder": folder, "secrets": secrets, **spec})
        self._call(f"put {kind} {spec['name']}")

    def describe(self, kind: Kind, name: str, version: str, description: str, tags: Mapping[str, str]) -> None:
        self.written.append({"description": description, "tags": dict(tags)})
        self._call(f"describe {kind} {name}:{version}")

    def delete(self, kind: Kind, name: str) -> None:
        self._call(f"delete {kind} {name}")

    def adopt(self, name: str, properties: Mapping[str, str], tags: Mapping[str, str]) -> None:
        self.written.append({"properties": dict(properties), "tags": dict(tags)})
        self._call(f"adopt {name}")

    def stop(self, name: str) -> None:
        self._call(f"stop {name}")

    def archive(self, kind: Kind, name: str, version: str) -> None:
        self._call(f"archive {kind} {name}:{version}")

    def supersede(self, name: str, by: str) -> None:
        self._call(f"supersede {name} by {by}")

    def _call(self, words: str) -> None:
        self.calls.append(words)
        if self.refused and words.startswith(self.refused):
            raise ServiceError(f"{words}: no quota")
