"""`additional_includes` of a component: files and folders beside its code, which are sent as a part of it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.model.resource import FieldPath, Tree, with_value

_FIELD = "additional_includes"


class ConflictError(ValueError):
    """A file that is included has the name of another. `place` is the include."""

    def __init__(self, name: str, place: FieldPath) -> None:
        super().__init__(f"{name!r} is in the code already, or included twice")
        self.place = place


def merged(spec: Mapping[str, Any], trees: Mapping[FieldPath, Tree]) -> tuple[Mapping[str, Any], dict[FieldPath, Tree]]:
    """The spec and its trees with each include in the tree of the code. Raises ConflictError."""
    kept = {place: tree for place, tree in trees.items() if _FIELD not in place}
    for base in dict.fromkeys(place[:-2] for place in trees if place[-2:-1] == (_FIELD,)):
        own = {place: tree for place, tree in trees.items() if place[:-1] == (*base, _FIELD)}
        kept[(*base, "code")] = _with(trees.get((*base, "code")), own)
        component = {name: value for name, value in _at(spec, base).items() if name != _FIELD}
        spec = with_value(spec, base, {**component, "code": component.get("code", ".")})
    return spec, kept


def _with(code: Tree | None, includes: Mapping[FieldPath, Tree]) -> Tree:
    tree = code or Tree(next(iter(includes.values())).root, {})
    files, elsewhere = dict(tree.files), {}
    for place, each in includes.items():
        own = Path(each.root).name
        for path, blob in each.files.items():
            name = own if each.is_file else f"{own}/{path}"
            if name in files:
                raise ConflictError(name, place)
            files[name], elsewhere[name] = blob, each.root if each.is_file else f"{each.root}/{path}"
    return replace(tree, files=dict(sorted(files.items())), elsewhere=elsewhere)


def _at(value: Any, place: FieldPath) -> Any:
    for step in place:
        value = value[step]
    return value
