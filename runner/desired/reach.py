"""Follows a spec into the files that it names: conda files, and component and job files, which name files in turn."""

import posixpath
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner.desired import local, models
from runner.desired.document import Document
from runner.desired.links import Link, Source, links
from runner.desired.sources import Sources
from runner.model.diagnostics import Diagnostic
from runner.model.keys import Kind

MAX_DEPTH = 10  # component files inside each other


@dataclass(slots=True)
class Reach:
    """Collects what specs refer to, their files' references included, and what is wrong with those files."""

    repository: Path
    sources: Sources
    alone: bool = False  # whether the files are looked at by themselves: then data may come from elsewhere
    problems: list[Diagnostic] = field(default_factory=list)
    _judged: set[Path] = field(default_factory=set)

    def links(self, kind: Kind, source: Source, path: Path) -> list[Link]:
        """Every link of a spec whose own file is at `path`; those of a component file right after what leads to it."""
        return self._follow(kind, source, (path,))

    def _follow(self, kind: Kind, source: Source, trail: tuple[Path, ...]) -> list[Link]:
        found = []
        for link in links(kind, source):
            wrong = local.problem(link.text, link.folder, self.repository, link.wants) if link.wants else None
            if wrong and self.alone and link.may_come and not local.is_there(local.resolve(link.text, link.folder)):
                continue
            if wrong:
                self._refuse(link, wrong)
            elif link.wants == "conda file":
                found.append(replace(link, target=self._conda(link)))
            elif link.holds:
                found += self._spec(link, link.holds, trail)
            else:
                found.append(link)
        return found

    def _conda(self, link: Link) -> Document | None:
        file = self.sources.read(local.resolve(link.text, link.folder), _shown(link))
        self.problems += file.problems
        if not file.problems and (len(file.documents) != 1 or not isinstance(file.documents[0].value, dict)):
            self._refuse(link, "is no conda specification")
        return file.documents[0] if file.documents else None

    def _spec(self, link: Link, kind: Kind, trail: tuple[Path, ...]) -> list[Link]:
        path = local.resolve(link.text, link.folder)
        if path in trail:
            circle = " -> ".join(each.name for each in (*trail[trail.index(path) :], path))
            self._refuse(link, f"component files name each other in a circle: {circle}")
            return []
        if len(trail) > MAX_DEPTH:
            self._refuse(link, f"more than {MAX_DEPTH} component files inside each other")
            return []
        target = self._spec_in(link, kind, path)
        if target is None:
            return []
        inside = self._follow(kind, Source(target, path.parent, link.path), (*trail, path))
        return [replace(link, target=target), *inside]

    def _spec_in(self, link: Link, kind: Kind, path: Path) -> Document | None:
        """The component or job that a file holds, if it is of the type that is wanted."""
        file = self.sources.read(path, _shown(link))
        self.problems += file.problems
        if file.problems:
            return None
        if len(file.documents) != 1 or not isinstance(file.documents[0].value, dict):
            self._refuse(link, f"{link.text!r} does not hold one {kind}")
            return None
        document = file.documents[0]
        if path not in self._judged:
            self._judged.add(path)
            self.problems += models.judge_part(document, kind)
        held, wanted = str(document.value.get("type", "command")).lower(), link.wants.split()[0]
        if wanted not in {held, kind, "environment"}:
            self._refuse(link, f"{link.text!r} is a {held} component; a {wanted} component is needed here")
            return None
        return document

    def _refuse(self, link: Link, message: str) -> None:
        self.problems.append(Diagnostic(f"{link.name}: {message}", link.position))


def _shown(link: Link) -> str:
    """The file as people name it, like the one it is named in."""
    text = link.text.removeprefix("file:").removeprefix("//")
    return posixpath.normpath(posixpath.join(posixpath.dirname(link.source.document.file), text))
