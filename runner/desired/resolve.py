"""Specs become desired state: files written out, references pinned, trees read, digests taken, in dependency order."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runner.desired import fingerprints, includes, local, rules, secrets
from runner.desired.dirty import is_dirty
from runner.desired.links import Link
from runner.desired.project import Project
from runner.desired.spec import Spec
from runner.errors import GitError
from runner.git import tree
from runner.git.repository import Repository
from runner.model import digest
from runner.model.content import deciding
from runner.model.diagnostics import Diagnostic, InvalidSpecsError
from runner.model.keys import Key, Kind
from runner.model.order import dependency_order
from runner.model.references import pinned
from runner.model.resource import DesiredState, External, FieldPath, Origin, Resource, Tree, with_value


def resolve(
    project: Project, specs: tuple[Spec, ...], target: str, etags: Mapping[str, str] = MappingProxyType({})
) -> DesiredState:
    """The desired state of one target. Raises InvalidSpecsError for what cannot be read as it would be sent.

    `etags` maps the URIs of `fingerprints.uris` to their ETags.
    """
    repository = Repository(project.repository)
    by_key = {spec.key: spec for spec in specs}
    depends_on = {spec.key: tuple(sorted(spec.follows(by_key))) for spec in specs}
    resolving = _Resolving(project, repository, by_key, etags)
    problems: list[Diagnostic] = []
    for key in dependency_order(depends_on):
        try:
            resolving.known[key] = resolving.resource(by_key[key], depends_on[key])
        except InvalidSpecsError as error:
            problems += error.diagnostics
    if problems:
        raise InvalidSpecsError(problems)
    resources = tuple(resolving.known.values())
    dirty = is_dirty(project, repository, specs, resources)
    origin = Origin(project.config.project, target, repository.commit(), repository.ref(), dirty)
    warnings = (*rules.idle(project.config.rules, by_key), *resolving.warnings)
    return DesiredState(origin, resources, tuple(_externals(by_key)), warnings)


def _with_includes(
    spec: Spec, sent: Mapping[str, Any], trees: Mapping[FieldPath, Tree]
) -> tuple[Mapping[str, Any], dict[FieldPath, Tree]]:
    try:
        return includes.merged(sent, trees)
    except includes.ConflictError as error:
        position = next(link.position for link in spec.links if link.path == error.place)
        raise InvalidSpecsError([Diagnostic(f"additional_includes: {error}", position)]) from error


def _with_text_tags(value: dict[str, Any]) -> dict[str, Any]:
    """The spec with its tags as texts, as the service keeps them: some specs may state numbers."""
    tags = value.get("tags")
    return {**value, "tags": {name: str(tag) for name, tag in tags.items()}} if tags else value


def _externals(specs: Mapping[Key, Spec]) -> Iterator[External]:
    for spec in specs.values():
        for link in spec.links:
            wanted = link.reference
            if wanted and link.follows and not (wanted.key in specs and specs[wanted.key].is_meant(wanted)):
                yield External(wanted, link.position, spec.key, link.path)


@dataclass(slots=True)
class _Resolving:
    """What is resolved so far. A tree that several specs send is read once."""

    project: Project
    repository: Repository
    specs: Mapping[Key, Spec]
    etags: Mapping[str, str]
    known: dict[Key, Resource] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)
    _trees: dict[Path, Tree] = field(default_factory=dict)

    def resource(self, spec: Spec, depends_on: tuple[Key, ...]) -> Resource:
        sent: Mapping[str, Any] = _with_text_tags(spec.value)
        trees: dict[FieldPath, Tree] = {}
        computes: dict[FieldPath, str] = {}
        for link in spec.links:  # what leads to a component file comes before what stands in it
            if link.target:
                sent = with_value(sent, link.path, link.target.value)
            elif link.wants:
                trees[link.path] = self._tree(link)
                self.warnings += secrets.left_out(link, trees[link.path])
            elif link.reference and link.follows:
                sent = with_value(sent, link.path, self._pinned(link))
                if link.reference.key.kind is Kind.COMPUTE:
                    computes[link.path] = link.reference.key.name
        sent, trees = _with_includes(spec, sent, trees)
        settings = rules.settings(self.project.config.rules, spec.key, spec.value)
        content = _content(sent, trees, computes)
        for place, uri in fingerprints.places(sent) if settings.by_etag else ():
            content = with_value(content, place, {"uri": uri, "etag": self.etags[uri]})
        content = deciding(spec.key.kind, content, settings.ignore_changes)
        return Resource(
            key=spec.key,
            spec=sent,
            content=content,
            digest=digest.digest(spec.key.kind, content),
            position=spec.position,
            depends_on=depends_on,
            trees=trees,
            folder=str(spec.folder),
            files=tuple(dict.fromkeys(self._files(spec))),
            settings=settings,
            needs=secrets.needs(spec),
        )

    def _pinned(self, link: Link) -> str:
        """The reference as it is sent: to the very version if a spec stands for it, else as written."""
        wanted = link.reference
        if not wanted or wanted.key not in self.known or not self.specs[wanted.key].is_meant(wanted):
            return link.text
        resource = self.known[wanted.key]
        return f"azureml:{wanted.key.name}" if not wanted.key.kind.versioned else pinned(wanted.key, resource.version)

    def _tree(self, link: Link) -> Tree:
        path = local.resolve(link.text, link.folder)
        try:
            if path not in self._trees:
                self._trees[path] = tree.read(path, self.repository, self.project.limits)
            return self._trees[path]
        except (GitError, OSError) as error:
            raise InvalidSpecsError([Diagnostic(f"{link.name}: {error}", link.position)]) from error

    def _files(self, spec: Spec) -> Iterator[str]:
        """The files that a spec was read from, as git names them: from the repository's root. Its own comes first."""
        root = self.project.repository
        for file in (spec.document.file, *spec.document.included):
            yield os.path.relpath(self.project.root / file, root).replace(os.sep, "/")
        for link in spec.links:
            if link.target:
                yield local.resolve(link.text, link.folder).relative_to(root.resolve()).as_posix()


def _content(
    sent: Mapping[str, Any], trees: Mapping[FieldPath, Tree], computes: Mapping[FieldPath, str]
) -> Mapping[str, Any]:
    """The spec with every local tree replaced by its digest, and a compute by its bare name."""
    content: Mapping[str, Any] = sent
    for place, found in trees.items():
        content = with_value(content, place, {"tree": digest.tree_digest(found.files)})
    for place, name in computes.items():
        content = with_value(content, place, name)
    return content
