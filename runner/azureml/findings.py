"""What the SDK finds wrong with a spec: a tree in JSON within a message, which may hold another such message."""

import json
import re
from typing import Any

Place = tuple[str | int, ...]

_NOTHING = "no reason given"
_TREE = re.compile(r"(?:\A|failed:)\s*(?=\{)")
_STEP = re.compile(r"[^.\[\]]+")
_REFUSED_TYPE = re.compile(r"Value '?(?P<given>[^']*)'? passed is not in set (?P<allowed>\[.*\])")


def told(text: str) -> tuple[Place, str]:
    """The first finding of a message, in one line, and its place; of one that holds no tree the first line."""
    found = _TREE.search(text)
    if not found:
        return (), first_line(text)
    try:
        tree, _ = json.JSONDecoder().raw_decode(text, found.end())
    except ValueError:
        return (), first_line(text)
    place, words = _finding(tree)
    deeper, inner = told(words)
    return (*place, *deeper), inner


def _finding(tree: Any) -> tuple[Place, str]:
    """The first finding of a tree: keys are fields, a list of trees are the forms that a field may have."""
    match tree:
        case {"errors": [{"message": str() as words, **rest}, *_], **_others}:
            return _steps(str(rest.get("path", ""))), words
        case dict() if tree:
            name, inner = next(iter(tree.items()))
            place, words = _finding(inner)
            return (place if name == "_schema" else (_step(name), *place)), words
        case [str() as words, *_]:
            return (), words
        case [_, *_]:
            return _finding(_wrong_type(tree) or min(reversed(tree), key=_misfit))
    return (), str(tree or _NOTHING)


def _wrong_type(forms: list[Any]) -> dict[str, Any] | None:
    """What to say when the `type` selects none of the forms that a field may have."""
    said = [form.get("type") if isinstance(form, dict) else None for form in forms]
    found = [_REFUSED_TYPE.fullmatch(words[0]) if isinstance(words, list) else None for words in said]
    if not all(found):
        return None
    allowed = ", ".join(match["allowed"].strip("[]") for match in found if match)
    given = next(match["given"] for match in found if match)
    return {"type": [f"expected one of {allowed}, not {given!r}"]}


def _misfit(form: Any) -> tuple[bool, int]:
    """How little a form is meant: it is another `type`, or much is wrong by it."""
    return isinstance(form, dict) and "type" in form, _size(form)


def _size(tree: Any) -> int:
    items = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return sum(map(_size, items)) or 1


def _steps(path: str) -> Place:
    return tuple(_step(step) for step in _STEP.findall(path)) if path != "*" else ()


def _step(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def first_line(text: str) -> str:
    """One line without terminal colours: the SDK paints some of its messages."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\\n", "\n")
    return next((line.strip() for line in plain.splitlines() if line.strip()), _NOTHING)
