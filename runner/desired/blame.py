"""Tells reasons by git: the commit that made a difference, and what stood there at the commit of the last run.

A plan is made without git. What git does not know (another clone's commit, a shallow history, an uncommitted edit) is
left out: reasons stay as the run's own properties tell them.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from runner.desired import written
from runner.desired.past import Now, Then
from runner.desired.place import FILE
from runner.desired.project import Project
from runner.desired.templates.context import NOTHING, Context
from runner.desired.templates.files import is_template
from runner.errors import GitError
from runner.git.history import History
from runner.git.repository import Repository
from runner.model.content import deciding
from runner.model.digest import blob_id
from runner.model.plan import Action, Change, Plan, Reason
from runner.model.references import pinned
from runner.model.resource import DesiredState, FieldPath, Resource, Tree


def blame(made: Plan, desired: DesiredState, project: Project, context: Context = NOTHING) -> Plan:
    """The plan, its runs' reasons told as far as git knows more; `context` is what templates were rendered in."""
    resources = {resource.key: resource for resource in desired.resources}
    live_names = {change.key: change.live_name for change in made.changes}
    teller = _Teller(project, resources, live_names, context)
    return replace(made, changes=tuple(teller.told(change) for change in made.changes))


class _Teller:
    def __init__(
        self, project: Project, resources: Mapping[Any, Resource], live_names: Mapping[Any, str], context: Context
    ) -> None:
        self._root = project.repository
        self._repository = Repository(project.repository)
        self._history = History(self._repository)
        self._resources = resources
        self._live_names = live_names
        self._now = Now(project, context)
        self._then: dict[tuple[str, str], Then] = {}  # by commit and target

    @cached_property
    def _recorded(self) -> Mapping[str, str]:
        return self._repository.recorded()

    def told(self, change: Change) -> Change:
        since = change.since  # of a run from a dirty tree it is no commit's name, and no commit tells what it ran
        if change.action is not Action.RUN or not change.reasons:
            return change
        try:
            if not self._history.known(since):
                return change
            resource = self._resources[change.key]
            then = self._at(since, change.since_target)
            finer = (new for old in change.reasons for new in self._finer(old, resource, then))
            return replace(change, reasons=tuple(self._with_commit(each, resource, since) for each in finer))
        except GitError:
            return change

    def _at(self, commit: str, target: str) -> Then:
        if (commit, target) not in self._then:
            self._then[commit, target] = Then(self._history, commit, self._now.project, target)
        return self._then[commit, target]

    def _finer(self, reason: Reason, resource: Resource, then: Then) -> Iterator[Reason]:
        """A reason that names no values as those that do, as far as the commit of the last run tells them."""
        if not reason.untold:
            yield reason
            return
        found = [
            *self._files(reason, resource, then.commit),
            *self._values(reason, resource, then),
            *self._needs(reason, resource, then),
        ]
        yield from found or [reason]

    def _files(self, reason: Reason, resource: Resource, since: str) -> Iterator[Reason]:
        for field, tree in resource.trees.items():
            if tree.is_file or not _within(field, reason.field):
                continue
            before = self._history.files(since, self._path(Path(tree.root)))
            for name in sorted((before.keys() | tree.files.keys()) - tree.elsewhere.keys()) if before else ():
                was, now = before.get(name), tree.files.get(name)
                if was != now and (now or not Path(tree.root, name).exists()):  # else it is there and ignored
                    yield Reason(reason.field, was and was[:8], now and now[:8], name)

    def _values(self, reason: Reason, resource: Resource, then: Then) -> Iterator[Reason]:
        sides = self._sides(resource, then)
        if sides:
            yield from written.differences(reason.field, *(written.at(side, reason.field.split(".")) for side in sides))

    def _sides(self, resource: Resource, then: Then) -> list[Mapping[str, Any]]:
        """What decides in the spec as written (`resource.spec` has references pinned), then and now; empty if new."""
        file, name = next(iter(resource.files), ""), resource.key.name
        before = written.spec(then.documents, file, name)
        after = written.spec(self._now.documents, file, name) if before else None
        kind, ignored = resource.key.kind, resource.settings.ignore_changes
        return [deciding(kind, side, ignored) for side in (before, after)] if before and after else []

    def _needs(self, reason: Reason, resource: Resource, then: Then) -> Iterator[Reason]:
        """The files that made another version of what is referred to from inside the part that differs."""
        for key in resource.depends_on:
            text = pinned(key, self._resources[key].version)
            inside = [place for place in written.places(resource.spec, text) if _within(place, reason.field)]
            for place, path in itertools.product(inside, self._sources(self._resources[key], then)):
                was, now = self._history.files(then.commit, "").get(path), self._blob(path)
                if was != now:
                    yield Reason(".".join(map(str, place)), was and was[:8], now and now[:8], path)

    def _sources(self, resource: Resource, then: Then) -> Iterator[str]:
        """The files that a resource's version is made of, those of what it refers to included."""
        before, after = self._sides(resource, then) or ({}, None)
        if before != after:
            yield from resource.files
        yield from (self._in(tree, name) for tree in resource.trees.values() for name in tree.files)
        for key in resource.depends_on:
            if key.kind.versioned:
                yield from self._sources(self._resources[key], then)

    def _with_commit(self, reason: Reason, resource: Resource, since: str) -> Reason:
        changed = self._history.changed(since)
        for path in self._suspects(reason, resource):
            if path in changed and not self._edited(path):
                return replace(reason, commit=changed[path])
        return reason

    def _suspects(self, reason: Reason, resource: Resource) -> Iterator[str]:
        """The files that can have made a difference, the likeliest first."""
        if reason.file:
            trees = (tree for field, tree in resource.trees.items() if _within(field, reason.field))
            yield from [self._in(tree, reason.file) for tree in trees] or [reason.file]
            return
        for key in resource.depends_on:
            needed = self._resources[key]
            if reason.after == f"azureml:{self._live_names.get(key)}":
                yield from needed.files
                yield from (self._in(tree, name) for tree in needed.trees.values() for name in tree.files)
        # Of a difference in the spec itself the values are told; else it is in a file that the spec reaches.
        own, *reached = resource.files or ("",)
        deeper = reason.untold or not {"component", "conda_file"}.isdisjoint(reason.field.split(".")[:-1])
        yield from (*reached, own) if deeper else (own, *reached)
        if is_template(own):
            yield self._path(self._now.project.specs / FILE)  # which has its values

    def _in(self, tree: Tree, name: str) -> str:
        return self._path(Path(tree.source(name)))

    def _path(self, path: Path) -> str:
        return "" if path == self._root else path.relative_to(self._root).as_posix()

    def _edited(self, path: str) -> bool:
        """Whether the file differs from the commit that is checked out: then no commit is to blame."""
        return self._blob(path) != self._recorded.get(path)

    def _blob(self, path: str) -> str | None:
        file = self._root / path
        return blob_id(file.read_bytes()) if file.is_file() else None


def _within(field: FieldPath, place: str) -> bool:
    """Whether a field lies at this dotted place or below it."""
    return f"{'.'.join(map(str, field))}.".startswith(f"{place}.")
