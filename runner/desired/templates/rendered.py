"""A rendered template as YAML: numbers stand for values in it, and every place leads back to the template's line."""

import bisect
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from runner.desired.yamltext import BREAK, HARMLESS, UnfitError, YamlText
from runner.model.diagnostics import Position
from runner.model.secrets import hidden_in_line

_NUMBER = re.compile("\ue000([0-9]{1,9})\ue001")
_LONGEST = 100
_STR = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Rendered(YamlText):
    """The text that a template gave. `places` says from which offset on the text is from which file and line.

    `included` are the files of `templates/` that were needed. `outside` says whether the template uses what neither
    the repository nor the target says: then the same files may give something else elsewhere.
    """

    places: Sequence[tuple[int, str, int]] = ()
    values: Sequence[Any] = ()
    included: tuple[str, ...] = ()
    outside: bool = False
    # An alias is filled in once. The nodes themselves are kept: the id of one that is gone is the next one's.
    _filled: dict[yaml.Node, yaml.Node] = field(default_factory=dict)
    _told: dict[int, str] = field(default_factory=dict)

    def place(self, line: int, column: int) -> Position:
        """The template's line that made this place, and how the rendered line reads."""
        if line >= len(self._lines):
            line, column = len(self._lines) - 1, 0
        start, _ = self._lines[line]
        number = bisect.bisect_right(self._offsets, start + column) - 1
        _, file, from_line = self.places[max(number, 0)] if self.places else (0, self.file, 1)
        return Position(file, from_line, 1, rendered=self._shown(line))

    def harmless(self) -> frozenset[tuple[str, int]]:
        """The lines of the templates that made a line which is marked as holding no secret."""
        found = set()
        for start, text in self._lines:
            if HARMLESS.search(text):
                first = max(bisect.bisect_right(self._offsets, start) - 1, 0)
                end = bisect.bisect_right(self._offsets, start + len(text))
                found |= {(file, line) for _, file, line in self.places[first:end]}
        return frozenset(found)

    def filled(self, node: yaml.Node) -> yaml.Node:
        """The node with the values in their places. A value that is all of it keeps its type; with more, it is text."""
        if not isinstance(node, yaml.ScalarNode) or not _NUMBER.search(node.value):
            return node
        if node not in self._filled:
            alone = _NUMBER.fullmatch(node.value) if not node.style else None
            number = int(alone[1]) if alone else len(self.values)
            is_ours = number < len(self.values)
            self._filled[node] = _placed(self.values[number], node) if is_ours else self._composed(node)
        return self._filled[node]

    def filled_key(self, node: yaml.Node) -> yaml.Node:
        """A key with the values in their places: always text."""
        is_made = isinstance(node, yaml.ScalarNode) and _NUMBER.search(node.value)
        return self._composed(node) if is_made else node

    def _composed(self, node: yaml.Node) -> yaml.Node:
        text = _NUMBER.sub(self._worded, node.value)
        return yaml.ScalarNode(_STR, text, node.start_mark, node.end_mark, style='"')

    def _worded(self, found: re.Match[str]) -> str:
        """The value as text. An escape of YAML can spell such a number out: one that we did not give is a text."""
        number = int(found[1])
        return _text(self.values[number]) if number < len(self.values) else found[0]

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        starts = [0, *(found.end() for found in BREAK.finditer(self.text))]
        ends = [*(found.start() for found in BREAK.finditer(self.text)), len(self.text)]
        return [(start, self.text[start:end]) for start, end in zip(starts, ends, strict=True)]

    @cached_property
    def _offsets(self) -> list[int]:
        return [offset for offset, _, _ in self.places]

    def _shown(self, line: int) -> str:
        """The line as YAML would have it; empty when the template has it just so."""
        if line not in self._told:
            _, text = self._lines[line]
            whole = _NUMBER.sub(lambda found: _json(self.values[int(found[1])]), text).strip()
            self._told[line] = hidden_in_line(whole)[:_LONGEST] if _NUMBER.search(text) else ""
        return self._told[line]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(value: Any) -> str:
    """A value inside a text, as YAML writes it."""
    if isinstance(value, dict | list):
        what = "mapping" if isinstance(value, dict) else "list"
        raise UnfitError(f"a {what} cannot stand inside a text: let it stand alone, or as text: {{{{ ... | tojson }}}}")
    return value if isinstance(value, str) else _json(value)


def _placed(value: Any, node: yaml.Node) -> yaml.Node:
    """A value as a node, all of it at one place."""
    made = yaml.representer.SafeRepresenter().represent_data(value)
    _move(made, node)
    return made


def _move(node: yaml.Node, place: yaml.Node) -> None:
    node.start_mark, node.end_mark = place.start_mark, place.end_mark
    for item in node.value if isinstance(node, yaml.CollectionNode) else ():
        for inner in item if isinstance(item, tuple) else (item,):
            _move(inner, place)
