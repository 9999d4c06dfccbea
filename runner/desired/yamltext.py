"""A YAML text, and what each place in it leads back to: a file as it is, or the template that gave the text."""

import re
from dataclasses import dataclass

import yaml

from runner.model.diagnostics import Position
from runner.model.secrets import MARK

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML takes for the end of a line
HARMLESS = re.compile(re.escape(MARK).replace(r"\ ", r"\s*") + r"\b")


class UnfitError(ValueError):
    """What stands in a node cannot stand there; its message says why."""


@dataclass(frozen=True)
class YamlText:
    """The text of a file. Lines and columns count from 0, as YAML's own marks do."""

    file: str
    text: str

    included: tuple[str, ...] = ()  # other files that the text is made of

    def place(self, line: int, column: int) -> Position:
        """The place in a file that a place in the text leads back to."""
        return Position(self.file, line + 1, column + 1)

    def harmless(self) -> frozenset[tuple[str, int]]:
        """The file and number of each line whose comment says that no secret begins there."""
        lines = enumerate(self.text.splitlines(), start=1)
        return frozenset((self.file, number) for number, line in lines if HARMLESS.search(line))

    def filled(self, node: yaml.Node) -> yaml.Node:
        """The node as the text means it. Raises UnfitError."""
        return node

    def filled_key(self, node: yaml.Node) -> yaml.Node:
        """The node of a key as the text means it. Raises UnfitError."""
        return node
