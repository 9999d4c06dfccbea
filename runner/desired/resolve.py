"""Specs become desired state: references pinned, trees read, digests taken, in dependency order."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from runner.desired import conda, local
from runner.desired.dirty import is_dirty
from runner.desired.links import Link
from runner.desired.load import Spec
from runner.desired.project import Project
from runner.errors import GitError
from runner.git import tree
from runner.git.repository import Repository
from runner.model import digest
from runner.model.diagnostics import Diagnostic, InvalidSpecsError
from runner.model.keys import Key, Kind
from runner.model.order import dependency_order
from runner.model.references import pinned
from runner.model.resource import DesiredState, External, FieldPath, Origin, Resource, Tree


def resolve(project: Project, specs: tuple[Spec, ...], target: str) -> DesiredState:
    """The desired state of one target. Raises InvalidSpecsError for what cannot be read as it would be sent."""
    repository = Repository(project.repository)
    by_key = {spec.key: spec for spec in specs}
    own = {spec.key: _own_references(spec, by_key) for spec in specs}
    resources: dict[Key, Resource] = {}
    problems: list[Diagnostic] = []
    for key in dependency_order(own):
        try:
            resources[key] = _resource(by_key[key], own[key], resources, repository)
        except InvalidSpecsError as error:
            problems += error.diagnostics
    if problems:
        raise InvalidSpecsError(problems)
    dirty = is_dirty(project, repository, specs, resources.values())
    origin = Origin(project.config.project, target, repository.commit(), repository.ref(), dirty)
    return DesiredState(origin, tuple(resources.values()), tuple(_externals(specs, own)))


def _externals(specs: tuple[Spec, ...], own: Mapping[Key, tuple[Key, ...]]) -> Iterator[External]:
    for spec in specs:
        for link in spec.links:
            if link.reference and link.reference.key not in own[spec.key]:
                yield External(link.reference, spec.document.position(link.path))


def _own_references(spec: Spec, own: Mapping[Key, Spec]) -> tuple[Key, ...]:
    """The resources of this repository that the spec follows. One with another explicit version stays as written."""
    found = set()
    for link in spec.links:
        wanted = link.reference
        if wanted and wanted.key in own and wanted.version in {"", str(own[wanted.key].value.get("version", ""))}:
            found.add(wanted.key)
    return tuple(sorted(found))


def _resource(spec: Spec, own: tuple[Key, ...], known: Mapping[Key, Resource], repository: Repository) -> Resource:
    sent = copy.deepcopy(spec.value)
    trees: dict[FieldPath, Tree] = {}
    for link in spec.links:
        if link.reference and link.reference.key in own and link.reference.key in known:
            _put(sent, link.path, _pinned(link, known))
        elif link.path[-1] == "conda_file":
            _put(sent, link.path, conda.read(spec.document, spec.folder, link))
        elif link.wants:
            trees[link.path] = _tree(spec, link, repository)
    content = digest.deciding(spec.key.kind, _content(sent, trees))
    return Resource(
        key=spec.key,
        spec=sent,
        content=content,
        digest=digest.digest(spec.key.kind, content),
        position=spec.position,
        depends_on=own,
        trees=trees,
        folder=str(spec.folder),
    )


def _pinned(link: Link, known: Mapping[Key, Resource]) -> str:
    assert link.reference  # noqa: S101 - the caller looked
    resource = known[link.reference.key]
    return (
        f"azureml:{resource.key.name}" if resource.key.kind is Kind.COMPUTE else pinned(resource.key, resource.version)
    )


def _tree(spec: Spec, link: Link, repository: Repository) -> Tree:
    try:
        return tree.read(local.resolve(link.text, spec.folder), repository)
    except (GitError, OSError) as error:
        raise InvalidSpecsError([Diagnostic(f"{link.path[-1]}: {error}", spec.document.position(link.path))]) from error


def _content(sent: Mapping[str, Any], trees: Mapping[FieldPath, Tree]) -> dict[str, Any]:
    """The spec with every local tree replaced by its digest, and a compute by its bare name."""
    content = copy.deepcopy(dict(sent))
    for field, found in trees.items():
        _put(content, field, {"tree": digest.tree_digest(found.files)})
    if isinstance(content.get("compute"), str):
        content["compute"] = content["compute"].removeprefix("azureml:")
    return content


def _put(value: dict[str, Any], path: FieldPath, replacement: Any) -> None:
    *outer, last = path
    inner: Any = value
    for step in outer:
        inner = inner[step]
    inner[last] = replacement
