"""Specs as their files say them, at a commit or now, and where two of them differ.

The component and conda files that a spec names are written out, as they count by what they say.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from runner.desired.document import Document
from runner.desired.schema.base import FILES
from runner.model.plan import Reason

# The documents of a file, by its path from the repository's root; none when there is no such file.
Read = Callable[[str], Sequence[Document]]

_NAMED = frozenset({"component", "conda_file", "trial"})
_DEEPEST = 10  # files inside each other


def spec(read: Read, file: str, name: str) -> Mapping[str, Any] | None:
    """The spec in a file, by its name when the file holds several; None when it is not to be found."""
    values = [document.value for document in read(file) if isinstance(document.value, dict)]
    named = [value for value in values if value.get("name") == name]
    found = next(iter(named or (values if len(values) == 1 else [])), None)
    return found and _written_out(found, posixpath.dirname(file), read)


def _written_out(value: Any, folder: str, read: Read, depth: int = 0) -> Any:
    if isinstance(value, list):
        return [_written_out(item, folder, read, depth) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: _file(item, folder, read, depth)
        if name in _NAMED and isinstance(item, str) and item.endswith(FILES)
        else _written_out(item, folder, read, depth)
        for name, item in value.items()
    }


def _file(text: str, folder: str, read: Read, depth: int) -> Any:
    path = posixpath.normpath(posixpath.join(folder, text.removeprefix("file:").removeprefix("//")))
    documents = read(path) if depth < _DEEPEST else ()
    return _written_out(documents[0].value, posixpath.dirname(path), read, depth + 1) if len(documents) == 1 else text


def differences(place: str, before: Any, after: Any) -> Iterator[Reason]:
    """Where two values differ, leaf by leaf; None is absent. What is new or gone as a whole is one difference."""
    sides = [{} if side is None else side for side in (before, after)]
    whole = None in (before, after) and any(isinstance(item, Mapping) for side in sides for item in _items(side))
    if before != after and not whole and all(isinstance(side, Mapping) for side in sides):
        for name in sorted(sides[0].keys() | sides[1].keys()):
            yield from differences(f"{place}.{name}", sides[0].get(name), sides[1].get(name))
    elif before != after:
        yield Reason(place, before, after)


def _items(side: Any) -> Iterable[Any]:
    return side.values() if isinstance(side, Mapping) else ()


def at(value: Any, path: list[str]) -> Any:
    """What stands at a place; None for nothing."""
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def places(value: Any, text: str, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in a spec exactly this text stands."""
    if value == text:
        yield path
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from places(item, text, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, text, (*path, index))
