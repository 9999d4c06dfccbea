"""The project as it was at a commit: its specs, loaded and resolved in a checkout of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import engine
from runner.desired import fingerprints, load, place, project, targets
from runner.desired.blame import blame
from runner.desired.project import Project
from runner.desired.templates.context import EMPTY, Context
from runner.errors import ConfigError
from runner.git.checkout import checkout
from runner.git.repository import Repository
from runner.model import packages
from runner.model.keys import Key
from runner.model.packages import Package
from runner.model.plan import Action, Change, Plan, Reason
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


def told(state: AsOf, reasons: Mapping[Key, tuple[Reason, ...]], since: str) -> dict[Key, tuple[Reason, ...]]:
    """Reasons why jobs differ from what they were at a commit, `since`, as a plan tells them: value by value, file by
    file, with the commit that did it. What git does not know, and jobs that are not here, stay as they are.
    """
    changes = [
        Change(
            each.key,
            Action.RUN,
            live_name=each.key.name,
            digest=each.digest,
            position=each.position,
            reasons=reasons[each.key],
            depends_on=each.depends_on,
            since=since,
            since_target=state.desired.origin.target,
        )
        for each in state.desired.resources
        if each.key in reasons
    ]
    made = blame(Plan(state.desired.origin, tuple(changes)), state.desired, state.project, state.context)
    return {**reasons, **{change.key: change.reasons for change in made.changes}}


def repackaged(before: AsOf, after: AsOf, key: Key, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The reasons, and package by package how the conda files differ that a job is made of."""
    was, now = (packages.of(state.desired, key) for state in (before, after))
    changed = [name for name in sorted(was.keys() | now.keys()) if was.get(name) != now.get(name)]
    # A conda file that one commit changed is told with it; of several, none of them is to blame for a line.
    commits = {each.commit for each in reasons if each.file.endswith((".yml", ".yaml"))}
    commit = commits.pop() if len(commits) == 1 else ""
    return (
        *reasons,
        *(Reason(f"packages.{name}", _version(was, name), _version(now, name), commit=commit) for name in changed),
    )


def _version(found: Mapping[str, Package], name: str) -> str | None:
    """What is stated of a package; None when it is not there."""
    return (found[name].stated or "any") if name in found else None


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Reason, ...]:
    """The parts of a content that are not what they were; what stood in them is not known."""
    return tuple(Reason(name) for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name))
