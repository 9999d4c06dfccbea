"""What becomes of what a template prints: values are numbered and kept aside, and lines remember where they are from.

In the text that YAML reads, a number stands for each value, between two characters that mean nothing to YAML. Only when
the structure is known, the values take their places (runner/desired/templates/rendered.py): no value can add a field.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from jinja2 import TemplateRuntimeError, Undefined

# Private characters of Unicode: around the number of a value, and around the number of a template's line.
VALUE, LINE = "\ue000{}\ue001", "\ue002{}\ue003"
PRIVATE = re.compile("[\ue000-\ue003]")
_NUMBER = re.compile("\ue000(\\d+)\ue001")
_MARK = re.compile("\ue002(\\d+)\ue003")
_COMPUTED = "what a macro or a block makes can be printed and indented, and nothing else"


class Piece:
    """What a macro or a block made: text of the template with values in it. It can be printed and indented."""

    __slots__ = ("raw",)
    __hash__ = None  # type: ignore[assignment]  # like a list

    def __init__(self, raw: str) -> None:
        self.raw = raw

    def __str__(self) -> NoReturn:
        raise TemplateRuntimeError(_COMPUTED)

    def __eq__(self, other: object) -> NoReturn:
        raise TemplateRuntimeError(_COMPUTED)


@dataclass(slots=True)
class Ledger:
    """The values and lines of one rendering, by their numbers. A value is kept as JSON."""

    values: list[str] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _marks: dict[tuple[str, int], str] = field(default_factory=dict)

    def printed(self, value: Any) -> str:
        """What stands in the text for what a template prints."""
        if isinstance(value, Piece):
            return value.raw
        encoded = json.dumps(value, ensure_ascii=False, default=_no_value)
        encoded.encode("utf-8")  # half a surrogate pair is no text
        if PRIVATE.search(encoded):
            raise TemplateRuntimeError(f"{_COMPUTED}; or it holds one of the characters U+E000 to U+E003")
        if encoded not in self._numbers:
            self._numbers[encoded] = len(self.values)
            self.values.append(encoded)
        return VALUE.format(self._numbers[encoded])

    def mark(self, file: str, line: int) -> str:
        """What stands where text of this line of a template begins."""
        if (file, line) not in self._marks:
            self._marks[file, line] = LINE.format(len(self.lines))
            self.lines.append((file, line))
        return self._marks[file, line]

    def unmarked(self, raw: str) -> tuple[str, list[tuple[int, str, int]]]:
        """The text without its marks, and from which offset on it is from which file and line."""
        parts = _MARK.split(raw)
        text, places = parts[0], []
        pieces, offset = [text], len(text)
        for number, part in zip(parts[1::2], parts[2::2], strict=True):
            places.append((offset, *self.lines[int(number)]))
            pieces.append(part)
            offset += len(part)
        return "".join(pieces), places

    def size(self, text: str) -> int:
        """How many characters the text has with its values in it, roughly."""
        return len(text) + sum(len(self.values[int(number)]) for number in _NUMBER.findall(text))


def joined(pieces: Iterable[Any]) -> Piece:
    """The text of a macro or a block."""
    return Piece("".join(piece.raw if isinstance(piece, Piece) else piece for piece in pieces))


def _no_value(value: Any) -> NoReturn:
    if isinstance(value, Undefined):
        str(value)  # says what is not defined
    if isinstance(value, Piece):
        raise TemplateRuntimeError(_COMPUTED)
    hint = ": add | list" if type(value).__name__ == "generator" else ""
    raise TemplateRuntimeError(f"a {type(value).__name__} is no value for a spec{hint}")
