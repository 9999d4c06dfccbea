"""The clone and the project: everything that is on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.azureml.etag import etag
from runner.desired import fingerprints, load, project, resolve, targets
from runner.desired.project import Project as Files
from runner.desired.spec import Spec
from runner.doctor.facts import Clone, Machines, Project, Target, Unread
from runner.doctor.read.attempt import attempt
from runner.git.repository import Repository
from runner.git.setup import setup
from runner.model.keys import Key, Kind
from runner.model.resource import DesiredState


def clone(start: Path) -> Clone | Unread | None:
    """The git repository around a folder; None when there is none."""
    folder = start.resolve()
    root = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
    if root is None:
        return None
    found = attempt(lambda: setup(Repository(root)))
    if isinstance(found, Unread):
        return found
    return Clone(found.version, found.commit, found.ref, found.shallow, found.remotes, found.with_notes)


def read_project(
    start: Path, name: str | None, variables: Mapping[str, Any], environment: Mapping[str, str]
) -> Project | Unread:
    """The project around a folder, with one of its targets."""
    files = attempt(lambda: project.find(start))
    if isinstance(files, Unread):
        return files
    target = attempt(lambda: _target(files, name, environment))
    specs = attempt(lambda: load.load_project(files, targets.context(files, name, environment, variables)))
    if isinstance(specs, Unread):
        return Project(str(files.root), target, specs)
    desired = attempt(lambda: _desired(files, specs, target))
    return Project(
        root=str(files.root),
        target=target,
        specs=desired if isinstance(desired, Unread) else len(specs),
        dirty=None if isinstance(desired, Unread) or not desired.origin.commit else desired.origin.dirty,
        kinds=frozenset(spec.key.kind for spec in specs),
        machines=tuple(machines(spec.key, spec.value) for spec in specs if spec.key.kind is Kind.COMPUTE),
    )


def _target(files: Files, name: str | None, environment: Mapping[str, str]) -> Target:
    chosen, found = targets.choose(files, name, environment)
    return Target(chosen, found.subscription_id, found.resource_group, found.workspace_name, found.allow_dirty)


def _desired(files: Files, specs: tuple[Spec, ...], target: Target | Unread) -> DesiredState:
    """As `aml plan` resolves it: what cannot be read as it would be sent is found here."""
    etags = {uri: etag(uri) for uri in sorted(fingerprints.uris(files, specs))}
    name = files.config.default_target if isinstance(target, Unread) else target.name
    return resolve.resolve(files, specs, name, etags)


def machines(key: Key, spec: Mapping[str, Any]) -> Machines:
    """What a compute's spec asks of its region."""
    nodes = spec.get("max_instances", 1) if spec.get("type") == "amlcompute" else 1
    return Machines(key, str(spec.get("size") or ""), int(nodes), spec.get("tier") == "low_priority")
