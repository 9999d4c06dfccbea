"""A spec as the text of a file, as a person would lay it out."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import yaml

# A line of a log that begins with two colons is a command to GitHub Actions.
_COMMAND = re.compile(r"(^|\s)::")


class _Dumper(yaml.SafeDumper):
    """Lists are indented, long commands stand on lines of their own, and nothing is an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return True


class _Quoted(str):
    """Text that keeps its quotes, though YAML would take it for text without them."""

    __slots__ = ()


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if isinstance(value, _Quoted) or _COMMAND.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Quoted, _text)


def as_yaml(spec: Mapping[str, Any]) -> str:
    """The text of a spec. What turns the direction of text or hides in it is written as an escape."""
    shown = {**spec, "version": _Quoted(spec["version"])} if "version" in spec else dict(spec)
    plain = yaml.dump(shown, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    if any(unicodedata.category(char) in {"Cf", "Zl", "Zp"} for char in plain):
        return yaml.dump(shown, Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=120)
    return plain
