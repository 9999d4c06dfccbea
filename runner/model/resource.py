"""Desired resources: what the repository says should exist, with everything a plan needs to know about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.model.diagnostics import Diagnostic, Position
from runner.model.digest import content_version, run_name
from runner.model.keys import Key, Kind
from runner.model.references import Reference
from runner.model.rules import DEFAULT, Settings
from runner.model.secrets import Need

FieldPath = tuple[str | int, ...]  # a place in a spec, e.g. ("inputs", "iris_csv", "path")


@dataclass(frozen=True, slots=True)
class Tree:
    """A local file or folder as it would be sent: relative POSIX path -> git blob id. A single file has one entry."""

    root: str  # absolute path of the folder, or of the file itself
    files: Mapping[str, str]
    is_file: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # the absolute paths of files that do not lie in it
    secret: tuple[str, ...] = ()  # files in the folder that are left out: their names say that they are secret

    def source(self, name: str) -> str:
        """The absolute path of one of the files."""
        return self.root if self.is_file else self.elsewhere.get(name, f"{self.root}/{name}")


@dataclass(frozen=True, slots=True)
class Resource:
    """One desired resource.

    `spec` is as written, with references of this repository pinned (`azureml:iris@latest` -> `azureml:iris:c0123...`).
    `content` is what the digest was taken over. `trees` maps the places that name local files (`code`, `path`) to them.
    """

    key: Key
    spec: Mapping[str, Any]
    content: Mapping[str, Any]
    digest: str
    position: Position
    depends_on: tuple[Key, ...] = ()
    trees: Mapping[FieldPath, Tree] = field(default_factory=dict)
    folder: str = ""  # absolute; relative paths in `spec` start here
    files: tuple[str, ...] = ()  # what it was read from: paths from the repository's root
    settings: Settings = DEFAULT
    needs: Mapping[FieldPath, Need] = field(default_factory=dict)  # the places in `spec` that refer to secrets

    @property
    def version(self) -> str:
        """The version of an asset: as written, else made from the content.

        A model's versions are integers that only the workspace knows: there it stands for the number.
        """
        stated = self.spec.get("version")
        return content_version(self.digest) if stated is None else str(stated)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes: what is recorded with everything we create."""

    project: str
    target: str
    commit: str = ""  # empty outside git, or before the first commit
    ref: str = ""
    dirty: bool = False

    @property
    def recorded(self) -> str:
        """The commit as it is recorded: with `-dirty` when the tree differed from it."""
        return self.commit + ("-dirty" if self.commit and self.dirty else "")

    def tags(self, resource: Resource) -> dict[str, str]:
        """The tags that say whose a resource is; the same names are used for a run's properties."""
        tags = {
            "aml.project": self.project,
            "aml.target": self.target,
            "aml.key": str(resource.key),
            "aml.digest": resource.digest,
            "aml.commit": self.recorded,
            "aml.ref": self.ref,
        }
        return {name: value for name, value in tags.items() if value}


@dataclass(frozen=True, slots=True)
class External:
    """Something that a spec refers to and others own: it must be there, and is never touched."""

    reference: Reference
    position: Position
    key: Key  # who refers to it
    field: FieldPath = ()  # and where


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Everything the repository asks of one target, in dependency order."""

    origin: Origin
    resources: tuple[Resource, ...]
    externals: tuple[External, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()  # warnings only: errors are raised

    def live_name(self, resource: Resource, attempt: int = 1) -> str:
        """What the resource is called in the workspace; assets as `name:version`."""
        name = resource.key.name
        if resource.key.kind is Kind.JOB:
            rerun = resource.settings.rerun
            return run_name(name, self.origin.project, resource.digest, rerun=rerun, attempt=attempt)
        return f"{name}:{resource.version}" if resource.key.kind.versioned else name

    def closure(self, key: Key) -> tuple[Resource, ...]:
        """A resource and all that it refers to, in dependency order; nothing when it is not here."""
        wanted = {key}
        for resource in reversed(self.resources):  # whoever needs a resource comes after it
            if resource.key in wanted:
                wanted.update(resource.depends_on)
        return tuple(resource for resource in self.resources if resource.key in wanted)


def with_value(value: Any, place: FieldPath, replacement: Any) -> Any:
    """The value with another one at a place. Only what leads there is copied; all else is shared."""
    if not place:
        return replacement
    copy = value.copy()
    copy[place[0]] = with_value(value[place[0]], place[1:], replacement)
    return copy
