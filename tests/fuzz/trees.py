"""A YAML text as a tree whose parts can be exchanged for any text, and that gives YAML again, right or wrong."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.fuzz.words import KEYS, VALUES


class Pairs(list[list[Any]]):
    """A mapping: its keys are text, its values text or trees. A key may stand in it twice."""


Tree = str | list[Any]
Place = tuple[list[Any], int]  # what holds an item, and its number there


def trees(text: str) -> list[Tree]:
    """The documents of a text."""
    return [_tree(node) for node in yaml.compose_all(text, Loader=yaml.SafeLoader)]


def _tree(node: yaml.Node) -> Tree:
    if isinstance(node, yaml.MappingNode):
        return Pairs([_tree(key), _tree(value)] for key, value in node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_tree(item) for item in node.value]
    return json.dumps(node.value) if node.tag.endswith(":str") else str(node.value)


def text(tree: Tree) -> str:
    """A tree as YAML, an item a line."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Pairs):
        return "{\n" + "".join(f"{key}: {text(value)},\n" for key, value in tree) + "}"
    return "[\n" + "".join(f"{text(item)},\n" for item in tree) + "]"


@dataclass(frozen=True)
class Move:
    """One change of a tree: the numbers choose where, and what else it needs, among what there is."""

    what: str
    where: int
    other: int


def moved(tree: Tree, move: Move) -> Tree:
    """A changed copy."""
    root = [copy.deepcopy(tree)]
    places = list(_places(root))
    holder, number = places[move.where % len(places)]
    _MOVES[move.what](holder, number, move.other, places)
    return root[0] if root else ""


def _places(holder: list[Any]) -> Iterator[Place]:
    for number, item in enumerate(holder):
        yield holder, number
        inner = item[1] if isinstance(holder, Pairs) else item
        if isinstance(inner, list):
            yield from _places(inner)


def _value(holder: list[Any], number: int) -> Any:
    return holder[number][1] if isinstance(holder, Pairs) else holder[number]


def _put(holder: list[Any], number: int, value: Any) -> None:
    if isinstance(holder, Pairs):
        holder[number] = [holder[number][0], value]
    else:
        holder[number] = value


def _exchange(holder: list[Any], number: int, other: int, _: list[Place]) -> None:
    _put(holder, number, VALUES[other % len(VALUES)])


def _drop(holder: list[Any], number: int, _: int, __: list[Place]) -> None:
    del holder[number]


def _twice(holder: list[Any], number: int, _: int, __: list[Place]) -> None:
    holder.append(copy.deepcopy(holder[number]))


def _rename(holder: list[Any], number: int, other: int, _: list[Place]) -> None:
    if isinstance(holder, Pairs):
        holder[number][0] = KEYS[other % len(KEYS)]


def _add(holder: list[Any], number: int, other: int, _: list[Place]) -> None:
    value = VALUES[other // len(KEYS) % len(VALUES)]
    holder.insert(number, [KEYS[other % len(KEYS)], value] if isinstance(holder, Pairs) else value)


def _swap(holder: list[Any], number: int, other: int, places: list[Place]) -> None:
    _put(holder, number, copy.deepcopy(_value(*places[other % len(places)])))


def _wrap(holder: list[Any], number: int, other: int, _: list[Place]) -> None:
    for _ in range((1, 2, 60, 110)[other % 4]):
        _put(holder, number, [_value(holder, number)] if other % 8 < 4 else Pairs([["a", _value(holder, number)]]))


def _name(holder: list[Any], number: int, other: int, places: list[Place]) -> None:
    """An anchor on the one, an alias or a merge of it in the other."""
    _put(holder, number, f"&a {text(_value(holder, number))}")
    there, place = places[other % len(places)]
    if place < len(there):
        _put(there, place, ("*a", Pairs([["<<", "*a"]]))[other % 2])


_MOVES: dict[str, Callable[[list[Any], int, int, list[Place]], None]] = {
    "exchange": _exchange,
    "drop": _drop,
    "twice": _twice,
    "rename": _rename,
    "add": _add,
    "swap": _swap,
    "wrap": _wrap,
    "name": _name,
}
MOVES = tuple(_MOVES)
