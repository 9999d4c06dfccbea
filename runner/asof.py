"""The project as it was at a commit: its specs, loaded and resolved in a checkout of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import engine
from runner.desired import fingerprints, load, place, project, targets
from runner.desired.project import Project
from runner.desired.templates.context import EMPTY, Context
from runner.errors import ConfigError
from runner.git.checkout import checkout
from runner.git.repository import Repository
from runner.model.resource import DesiredState


@dataclass(frozen=True, slots=True)
class AsOf:
    """The project in a temporary folder, and what it asked of a target."""

    project: Project
    context: Context
    desired: DesiredState


@contextmanager
def as_of(
    found: Project,
    commit: str,
    target: str,
    environment: Mapping[str, str],
    variables: Mapping[str, Any] = EMPTY,
    *,
    offline: bool = False,
) -> Iterator[AsOf]:
    """The project at a commit, as long as the block lasts. Raises AmlError when it cannot be loaded.

    `offline`: no server is asked for the ETags that rules make count, so that a project with such rules is refused.
    """
    inside = found.root.relative_to(found.repository)
    with checkout(Repository(found.repository), commit) as root:
        there = Path(root, inside)
        if place.root_of(there) != there:
            raise ConfigError(f"there is no specs/{place.FILE} in commit {commit[:12]}")
        then = project.find(there)
        context = targets.context(then, target, environment, variables)
        specs = load.load_project(then, context)
        if offline and fingerprints.uris(then, specs):
            raise ConfigError("a rule counts ETags (fingerprint: etag), and no server is asked for them")
        yield AsOf(then, context, engine.desired(then, specs, target))
