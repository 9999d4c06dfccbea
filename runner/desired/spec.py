"""One spec: a resource as written, with everything it refers to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.desired.document import Document
from runner.desired.links import Link, Source
from runner.model.diagnostics import Position
from runner.model.keys import Key
from runner.model.references import Reference


@dataclass(frozen=True, slots=True)
class Spec:
    """One valid resource as written. `folder` is where its relative paths start."""

    key: Key
    document: Document
    folder: Path
    links: tuple[Link, ...] = ()

    @property
    def value(self) -> dict[str, Any]:
        """The YAML mapping."""
        value: dict[str, Any] = self.document.value
        return value

    @property
    def position(self) -> Position:
        """Where it begins."""
        return self.document.position()

    def sources(self) -> Iterator[Source]:
        """The files it is made of: its own, and the component and job files that it reaches."""
        yield Source(self.document, self.folder, kind=self.key.kind)
        for link in self.links:
            if link.target and link.holds:
                yield Source(link.target, link.inside, link.path, link.holds)

    def is_meant(self, reference: Reference) -> bool:
        """Whether a reference is to this spec: another version than it states is something that was there before."""
        return reference.key == self.key and reference.version in {"", str(self.value.get("version", ""))}

    def follows(self, specs: Mapping[Key, "Spec"]) -> dict[Key, Link]:
        """The specs that this one depends on, each with the first place that refers to it."""
        found: dict[Key, Link] = {}
        for link in self.links:
            wanted = link.reference
            if wanted and wanted.key in specs and specs[wanted.key].is_meant(wanted):
                found.setdefault(wanted.key, link)
        return found
