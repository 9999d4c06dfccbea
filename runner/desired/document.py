"""YAML as plain values, with the place in the file of every key and value.

YAML is read as the Azure ML SDK reads it (PyYAML's safe resolver, YAML 1.1). What YAML lets pass silently and nobody
means is an error here: duplicate keys, keys that are no text, dates, binary, numbers in base 8 and 60, recursive
anchors, alias bombs.
"""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from runner.desired.yamltext import BREAK, UnfitError, YamlText
from runner.model.diagnostics import Diagnostic, Position

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str")}
_MERGE = "tag:yaml.org,2002:merge"
MAX_VALUES = 20_000  # values a file may hold after its aliases are expanded
MAX_DEPTH = 100
TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"
_TOO_DEEP_FOR_LIBYAML = "exceeded maximum nesting depth"  # newer ones give up before we do: they read ahead in a line
MAX_BITS = 64
_LONGEST_NUMBER = 100  # characters; reading a number takes time that grows with their square
_BASE_8 = re.compile(r"[-+]?0[0-7_]+")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # what no text holds, in a request neither

_QUOTES = "put quotes around it if text is meant"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document. `keys` holds where a mapping's key stands, `values` where a value begins.

    `harmless` are the lines, as file and number, whose comment says that no secret begins there. `included` are other
    files that it is made of: places may lead there.
    """

    file: str
    value: Any
    keys: Mapping[Path, Position] = field(default_factory=dict)
    values: Mapping[Path, Position] = field(default_factory=dict)
    harmless: frozenset[tuple[str, int]] = frozenset()
    included: tuple[str, ...] = ()

    def position(self, path: Path = (), *, key: bool = False) -> Position:
        """The place of a value, or of its key; that of the nearest enclosing value when it does not exist."""
        places = self.keys if key else self.values
        while path and path not in places:
            path, places = path[:-1], self.values
        return places.get(path, Position(self.file))


def parse(text: str, file: str) -> tuple[list[Document], list[Diagnostic]]:
    """All documents of a YAML text that hold something, and what is wrong with it."""
    return read(YamlText(file, text))


def read(source: YamlText) -> tuple[list[Document], list[Diagnostic]]:
    """All documents that hold something, and what is wrong with them."""
    documents: list[Document] = []
    problems: list[Diagnostic] = []
    harmless = source.harmless()
    count = 0
    try:
        for node in _compose(source.text):
            reader = _Reader(source, count)
            value = reader.value(node, ())
            problems += reader.problems
            count = reader.count
            if value is not None:
                document = Document(source.file, value, reader.keys, reader.values, harmless, source.included)
                documents.append(document)
    except _TooMuchError as error:
        problems.append(Diagnostic(error.problem, _marked(error, source)))
    except yaml.MarkedYAMLError as error:
        problem = error.problem or error.context
        said = TOO_DEEP if problem == _TOO_DEEP_FOR_LIBYAML else f"not YAML: {problem}"
        problems.append(Diagnostic(said, _marked(error, source)))
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(Diagnostic(f"not YAML: {_first_line(error)}", Position(source.file)))
    return documents, problems


class _TooMuchError(yaml.MarkedYAMLError):
    """The text is YAML, and more of it than any spec needs."""

    problem: str


def _compose(text: str) -> Iterator[yaml.Node]:
    _measure(text)
    loader = _Loader(text)
    try:
        while loader.check_node():
            yield cast("yaml.Node", loader.get_node())
    finally:
        loader.dispose()


def _measure(text: str) -> None:
    """Refuses what is too much before it is composed: libyaml composes by recursion and would crash."""
    depth = count = 0
    for event in _events(text):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        count += isinstance(event, yaml.NodeEvent)
        _limit(2 * MAX_VALUES - count, depth, cast("yaml.Mark", event.start_mark))  # keys are no values, but nodes


def _limit(left: int, depth: int, mark: yaml.Mark) -> None:
    if left < 0:
        raise _TooMuchError(problem=f"more than {MAX_VALUES:,} values, aliases included", problem_mark=mark)
    if depth > MAX_DEPTH:
        raise _TooMuchError(problem=TOO_DEEP, problem_mark=mark)


def _events(text: str) -> Iterator[yaml.Event]:
    # What is no YAML is said when it is composed, after the documents before it.
    with suppress(yaml.YAMLError):
        yield from yaml.parse(text, Loader=_Loader)


def _marked(error: yaml.MarkedYAMLError, source: YamlText) -> Position:
    mark = error.problem_mark or error.context_mark
    lines = BREAK.split(source.text)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if line >= len(lines):  # libyaml ends the last line, and begins one that is not there
        line, column = len(lines) - 1, len(lines[-1])
    return source.place(line, column)


def _misread(text: str) -> str | None:
    """Why nobody means the number that YAML takes this text for, or None."""
    if len(text) > _LONGEST_NUMBER:
        return f"a number of {len(text):,} characters; {_QUOTES}"
    if _BASE_60.fullmatch(text):
        return f"{text!r} is a number in base 60 to YAML; {_QUOTES}"
    if _BASE_8.fullmatch(text) and int(text, 8) != int(text):
        return f"{text!r} is {int(text, 8)} to YAML, a number in base 8; {_QUOTES}"
    return None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _Reader:
    """Turns the nodes of one document into values and remembers where each stood.

    `count` is of the values of the whole file so far.
    """

    def __init__(self, source: YamlText, count: int) -> None:
        self.source = source
        self.count = count
        self.keys: dict[Path, Position] = {}
        self.values: dict[Path, Position] = {}
        self.problems: list[Diagnostic] = []
        self._open: set[int] = set()  # the nodes we are inside of: meeting one again is recursion
        self._outermost: yaml.Node | None = None  # of the keys that we are inside of
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Path) -> Any:
        place = self._place(node)
        self.values.setdefault(path, place)
        self.count += 1
        _limit(MAX_VALUES - self.count, len(path), (self._outermost or node).start_mark)
        try:
            node = self.source.filled(node)
        except UnfitError as error:
            return self._refuse(str(error), place)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if id(node) in self._open:
            return self._refuse("an anchor that contains itself", place)
        self._open.add(id(node))
        try:
            return self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._sequence(node, path)
        finally:
            self._open.discard(id(node))

    def _scalar(self, node: yaml.ScalarNode, place: Position) -> Any:
        name = node.tag.rsplit(":", 1)[-1]
        if node.tag not in _PLAIN:
            return self._refuse(f"a YAML {name[:60]}, which no spec needs; {_QUOTES}", place)
        if name in {"int", "float"} and (wrong := _misread(node.value)):
            return self._refuse(wrong, place)
        try:
            value = self._scalars.construct_object(node)
        except (ValueError, LookupError, yaml.YAMLError):
            return self._refuse(f"{node.value[:60]!r} is no YAML {name}", place)
        if isinstance(value, float) and not math.isfinite(value):
            return self._refuse(f"{node.value!r} is no finite number; {_QUOTES}", place)
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            return self._refuse(f"a number of more than {MAX_BITS} bits; {_QUOTES}", place)
        if isinstance(value, str) and (found := _NO_TEXT.search(value)):
            return self._refuse(f"the character U+{ord(found[0]):04X} has no place in a text", place)
        return value

    def _sequence(self, node: yaml.Node, path: Path) -> Any:
        if node.tag != "tag:yaml.org,2002:seq":
            return self._refuse(f"the YAML tag {node.tag!r}, which no spec needs", self._place(node))
        return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Any:
        if node.tag != "tag:yaml.org,2002:map":
            return self._refuse(f"the YAML tag {node.tag!r}, which no spec needs", self._place(node))
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                merged = self._merged(value_node, path) | merged
                continue
            key = self._key(key_node, path)
            if key is None:
                continue
            if key in own:
                self._refuse(f"duplicate key {key!r}; the first is at {self.keys[*path, key]}", self._place(key_node))
                continue
            self.keys[*path, key] = self._place(key_node)
            self._outermost = self._outermost if path else key_node
            self.values.pop((*path, key), None)  # a merged value gave way
            own[key] = self.value(value_node, (*path, key))
        return merged | own

    def _merged(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(source, yaml.MappingNode):
                self._refuse("'<<' merges mappings only", self._place(source))
                continue
            inner = self.value(source, (*path, "<<"))
            found = (inner if isinstance(inner, dict) else {}) | found
        return found

    def _key(self, node: yaml.Node, path: Path) -> str | None:
        try:
            node = self.source.filled_key(node)
        except UnfitError as error:
            self._refuse(str(error), self._place(node))
            return None
        if isinstance(node, yaml.ScalarNode) and node.value == "on" and path[-1:] == ("retry",):
            return "on"  # a truth value to YAML 1.1; but project.yml, which holds `retry`, is read by nobody else
        if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str":
            shown = repr(node.value[:60]) if isinstance(node, yaml.ScalarNode) else "a collection"
            self._refuse(f"the key {shown} is no text; put quotes around it", self._place(node))
            return None
        if found := _NO_TEXT.search(node.value):
            self._refuse(f"the character U+{ord(found[0]):04X} has no place in a key", self._place(node))
            return None
        return str(node.value)

    def _place(self, node: yaml.Node) -> Position:
        return self.source.place(node.start_mark.line, node.start_mark.column)

    def _refuse(self, what: str, place: Position) -> None:
        self.problems.append(Diagnostic(what, place))
