"""Written specs as files: which path each has, and what stands in it. Pure.

A resource has `specs/<folder>/<name>.yml`; its conda file, and the components it states in place, lie beside it. Code
that has the same content is one folder of `specs/code/`.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import dirname, relpath
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from runner.live.written.around import Written
from runner.live.written.references import references
from runner.live.written.text import as_yaml
from runner.model.digest import canonical, sha256
from runner.model.imports import ImportedFile
from runner.model.keys import Key, Kind
from runner.model.resource import FieldPath, with_value

CODE = "specs/code"
_LONGEST = 250
_ID = re.compile(r"(upload-)?[0-9a-f-]{32,}")


@dataclass(slots=True)
class Layout:
    """Files and folders by their path from the project's root, and whose each is."""

    files: dict[str, str] = field(default_factory=dict)  # path -> text
    folders: dict[str, str] = field(default_factory=dict)  # path -> URL of what goes there
    owners: dict[str, set[Key]] = field(default_factory=dict)
    reused: set[str] = field(default_factory=set)  # folders that are there already
    shared: dict[str, str] = field(default_factory=dict)  # content of a component or a tree -> path

    def add(self, path: str, key: Key, text: str) -> None:
        self.files[path] = text
        self.owners.setdefault(path, set()).add(key)

    def told(self) -> tuple[ImportedFile, ...]:
        """What is written, for those who show it; folders end with a slash."""
        names = {**{path: path for path in self.files}, **{path: f"{path}/" for path in self.folders}}
        return tuple(ImportedFile(names[path], tuple(sorted(self.owners[path]))) for path in sorted(names))


def lay_out(
    specs: Mapping[Key, Written],
    stands_for: Mapping[Key, str],
    digests: Mapping[str, str] = MappingProxyType({}),
    present: Mapping[str, str] = MappingProxyType({}),
) -> Layout:
    """The files of these specs.

    `stands_for` has the versions that the project's assets stand for; a reference to such a version follows it as
    `@latest`. `digests` tell the content of URLs where it is known; `present` does for what `specs/code/` has, by path:
    code that is there already is not written again.
    """
    layout = Layout(shared={f"tree {digest}": path for path, digest in present.items()})
    versions = {**stands_for, **{key: str(each.spec.get("version", "")) for key, each in specs.items()}}
    for key, each in sorted(specs.items()):
        _Placing(layout, key, each, digests, frozenset(present)).place(_following(each.spec, versions))
    return layout


def _following(spec: Mapping[str, Any], versions: Mapping[Key, str]) -> Mapping[str, Any]:
    for place, found in references(spec):
        if found.version and versions.get(found.key) == found.version:
            spec = with_value(spec, place, f"azureml:{found.key.name}@latest")
    return spec


@dataclass(frozen=True, slots=True)
class _Placing:
    """Lays out one resource."""

    layout: Layout
    key: Key
    written: Written
    digests: Mapping[str, str]
    taken: frozenset[str]

    def place(self, spec: Mapping[str, Any]) -> None:
        path = f"specs/{self.key.kind.folder}/{self.key.name}.yml"
        for place, url in self.written.trees.items():
            spec = with_value(spec, place, relpath(self._folder(url, place), dirname(path)))
        if self.key.kind is Kind.ENVIRONMENT and "conda_file" in spec:
            self.layout.add(f"{path.removesuffix('.yml')}.conda.yml", self.key, as_yaml(spec["conda_file"]))
            spec = {**spec, "conda_file": f"{self.key.name}.conda.yml"}
        self.layout.add(path, self.key, self._text(spec, path.removesuffix(".yml")))

    def _folder(self, url: str, place: FieldPath) -> str:
        """The folder of a tree: shared by all that have this content."""
        shared = f"tree {self.digests.get(url, url)}"
        if shared not in self.layout.shared:
            of_own = self.key.kind is Kind.ENVIRONMENT and place == ("build", "path")
            path = f"specs/environments/{self.key.name}" if of_own else self._free(url)
            self.layout.shared[shared] = path
            self.layout.folders[path] = url
        path = self.layout.shared[shared]
        if path in self.layout.folders:
            self.layout.owners.setdefault(path, set()).add(self.key)
        else:
            self.layout.reused.add(path)
        return path

    def _free(self, url: str) -> str:
        name = f"{CODE}/{_readable(url)}"
        names = itertools.chain([name], (f"{name}-{count}" for count in itertools.count(2)))
        return next(name for name in names if name not in self.taken and name not in self.layout.folders)

    def _text(self, spec: Mapping[str, Any], stem: str) -> str:
        """What stands in `<stem>.yml`: a component that stands in place goes to a file beside it, named by its node."""
        found = self._less_component(spec, f"{stem}.component")
        if isinstance(spec.get("jobs"), Mapping):
            found["jobs"] = {
                name: self._less_component(node, _fitting(f"{stem}.{name}")) for name, node in spec["jobs"].items()
            }
        return as_yaml(found)

    def _less_component(self, value: Mapping[str, Any], stem: str) -> dict[str, Any]:
        # The trial of a sweep job is no component, has no type, and stays.
        inside = {name: value[name] for name in ("component", "trial") if isinstance(value.get(name), Mapping)}
        return {**value, **{name: self._file(each, stem) for name, each in inside.items() if "type" in each}}

    def _file(self, component: Mapping[str, Any], stem: str) -> str:
        """The file of a component, as its neighbours name it: one for all in this folder that state the same."""
        place = self.layout.shared.setdefault(f"component {dirname(stem)} {canonical(component)}", stem)
        self.layout.add(f"{place}.yml", self.key, self._text(component, place))
        return f"./{place.rpartition('/')[2]}.yml"


def _fitting(stem: str) -> str:
    """A path whose last part is no longer than file systems take, with `.yml`."""
    folder, _, name = stem.rpartition("/")
    return stem if len(name) <= _LONGEST else f"{folder}/{name[: _LONGEST - 13]}-{sha256(name)[:12]}"


def _readable(url: str) -> str:
    """A name for a folder: that of the folder which was once uploaded, where one can be made out."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", last).strip("-")[:60]
    return name if name and not _ID.fullmatch(name) else "code"
