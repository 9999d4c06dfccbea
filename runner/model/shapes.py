"""Holds what a line of JSON says against a dataclass, strictly: no text becomes a number, and no number a text.

pydantic would do, but its import alone takes longer than git takes for the history of a year.
"""

import dataclasses
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, get_args

T = TypeVar("T")
_Wrong = list[str]  # dotted places
_Check = Callable[[Any, str, _Wrong], Any]  # a value and its place -> the value as it is kept


class ShapeError(ValueError):
    """Values are missing or of another type, at these dotted places; no place: it is no object at all."""

    def __init__(self, places: _Wrong) -> None:
        super().__init__(", ".join(places))
        self.places = places


def shaped(kind: type[T], told: Any) -> T:
    """The dataclass with what is told of it; keys that it does not know are passed over. Raises ShapeError."""
    wrong: _Wrong = []
    kind_of: Any = kind  # mypy takes no class for a key
    found: T = _object(kind_of)(told, "", wrong)
    if wrong:
        raise ShapeError(sorted(filter(None, wrong)))
    return found


@cache
def _object(kind: Any) -> _Check:
    checks = {field.name: _check(field.type) for field in dataclasses.fields(kind)}
    required = {field.name for field in dataclasses.fields(kind) if _is_required(field)}

    def check(value: Any, place: str, wrong: _Wrong) -> Any:
        if not isinstance(value, dict):
            wrong.append(place)
            return None
        start = f"{place}." if place else ""
        wrong += [start + name for name in required - value.keys()]
        known = {name: checks[name](item, start + name, wrong) for name, item in value.items() if name in checks}
        return None if wrong else kind(**known)

    return check


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _check(kind: Any) -> _Check:
    simple: dict[Any, _Check] = {
        str: _text,
        bool: _of(bool),
        int: _of(int),
        float: _number,
        tuple[str, ...]: _texts,
        Mapping[str, str]: _named(_text),
        Mapping[str, float | None]: _named(_or_none(_number)),
    }
    if kind in simple:
        return simple[kind]
    inner, *rest = get_args(kind) or (kind,)
    return _or_none(_check(inner)) if rest == [type(None)] else _object(kind)


def _or_none(check: _Check) -> _Check:
    return lambda value, place, wrong: None if value is None else check(value, place, wrong)


def _of(kind: type) -> _Check:
    def check(value: Any, place: str, wrong: _Wrong) -> Any:
        if type(value) is not kind:  # not isinstance: a truth is a number of Python's
            wrong.append(place)
        return value

    return check


def _text(value: Any, place: str, wrong: _Wrong) -> Any:
    if type(value) is not str or not (value.isascii() or _is_whole(value)):
        wrong.append(place)
    return value


def _is_whole(text: str) -> bool:
    """Whether there are no halves of characters in it: JSON can spell them, and nothing can print them."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _number(value: Any, place: str, wrong: _Wrong) -> Any:
    """As JSON has numbers: what Python's reader takes for infinite, or for none at all, is nothing."""
    if type(value) not in {int, float}:
        wrong.append(place)
        return value
    return float(value) if abs(value) <= sys.float_info.max else None


def _texts(value: Any, place: str, wrong: _Wrong) -> Any:
    if not isinstance(value, list):
        wrong.append(place)
        return ()
    return tuple(_text(each, f"{place}.{number}", wrong) for number, each in enumerate(value))


def _named(check: _Check) -> _Check:
    def look(value: Any, place: str, wrong: _Wrong) -> Any:
        if not isinstance(value, dict):
            wrong.append(place)
            return {}
        start = f"{place}."
        return {_text(name, place, wrong): check(item, start + name, wrong) for name, item in value.items()}

    return look
