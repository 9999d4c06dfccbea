"""What a resource is made of and refers to, place by place: what the ledger keeps of it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.model.keys import Key, Kind
from runner.model.references import is_local, pinned
from runner.model.resource import DesiredState, FieldPath, Resource

_COMPUTES = frozenset({"compute", "default_compute"})
# Fields that name something elsewhere by an address of its own: a URI or an ARM id.
_ADDRESSES = frozenset({"path", "environment", "component", "model"})


def uses(desired: DesiredState, resource: Resource, names: Mapping[Key, str]) -> dict[str, str]:
    """Dotted place -> what it refers to, exactly: `environment/plain:c0123` or `compute/cpu` for what is of this
    repository, and as written for what others own. `names` are live names.
    """
    own = {each.key: each for each in desired.resources}
    versions = {
        pinned(key, own[key].version): f"{key.kind}/{names.get(key, f'{key.name}:{own[key].version}')}"
        for key in resource.depends_on
        if key.kind.versioned
    }
    computes = {key.name for key in resource.depends_on if key.kind is Kind.COMPUTE}
    others = {each.field: str(each.reference) for each in desired.externals if each.key == resource.key}
    found: dict[str, str] = {}
    for place, text in _leaves(resource.spec):
        name = text.removeprefix("azureml:")
        known = versions.get(text) or others.get(place)
        if known:
            found[dotted(place)] = known
        elif place[-1] in _COMPUTES and name in computes:
            found[dotted(place)] = f"compute/{name}"
        elif place[-1] == "image" or (place[-1] in _ADDRESSES and not is_local(text)):
            found[dotted(place)] = text
    return found


def sources(resource: Resource, repository: Path) -> dict[str, str]:
    """Dotted place -> the local file or folder that was sent for it: its path from the repository's root."""
    return {dotted(place): _inside(tree.root, repository) for place, tree in resource.trees.items()}


def dotted(place: FieldPath) -> str:
    """A place as people write it: inputs.iris.path."""
    return ".".join(map(str, place))


def _inside(path: str, repository: Path) -> str:
    found = Path(path)
    return found.relative_to(repository).as_posix() if found.is_relative_to(repository) else found.name


def _leaves(value: Any, place: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Every text in a spec that is no description of it, with its place."""
    items: Iterable[tuple[Any, Any]] = ()
    match value:
        case str() if place:
            yield place, value
        case Mapping():
            items = value.items()
        case list():
            items = enumerate(value)
    for name, item in items:
        if name not in {"$schema", "description", "tags", "properties"}:
            yield from _leaves(item, (*place, name))
