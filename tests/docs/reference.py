"""Writes the reference of specs from the JSON Schemas: `make docs`. test_reference.py fails while it is stale."""

import json
from collections.abc import Iterator
from typing import Any

from runner.cli.schema import NAMES
from runner.desired.models import BY_SDK
from runner.desired.schemas import BINDING, PROJECT, schema
from runner.model.keys import Kind
from tests.docs.markdown import ROOT

FOLDER = ROOT / "docs" / "reference"
SCHEMA = ROOT / "specs" / ".schema" / "project.json"
MADE = "<!-- Made of the models in runner/desired/schema by `make docs`: edit those. -->"
_SCALAR = ["text", "a whole number", "a number", "true or false"]
_AS_THEY_ARE = {"AmlCompute", "ComputeInstance", "QUniform", "QNormal"}
_ABOUT_PROJECT = """
`specs/project.yml` is the only file with a schema of ours. [Specs](../specs.md#project) says what is behind the fields,
[Azure](../azure.md#targets) how targets are used.
"""
_ABOUT_SPECS = """
Every field of every kind that models of ours judge. [Specs](../specs.md) says what holds for all of them, what the SDK
judges, and what is behind the fields. Defaults are Azure ML's: aml sends what is written. In nodes with a component a
binding (`${{parent.inputs.x}}`) may also stand where a number or a word is wanted.
"""


def pages() -> dict[str, str]:
    """File name -> text."""
    project = schema(PROJECT)
    kinds = [name for name in NAMES if name != PROJECT]
    parts = {name: part for kind in kinds for name, part in schema(kind)["$defs"].items()}
    own = {kind: [_name(each) for each in schema(kind)["anyOf"] if "$ref" in each] for kind in kinds}
    shared = sorted(parts.keys() - {name for names in own.values() for name in names}, key=_heading)
    of_specs = [
        *(line for kind in kinds for line in _kind(Kind(kind), own[kind], parts)),
        *_title("Parts", 2, "What stands inside of these."),
        *(line for name in shared for line in _table(name, parts[name], 3)),
    ]
    of_project = [
        *_table("Project", project, 2),
        *(line for name, part in sorted(project["$defs"].items()) for line in _table(name, part, 2)),
    ]
    return {
        "project.md": _page("project.yml", _ABOUT_PROJECT, of_project),
        "specs.md": _page("Fields of specs", _ABOUT_SPECS, of_specs),
    }


def project_schema() -> str:
    """What stands beside this repository's `project.yml`."""
    return json.dumps(schema(PROJECT), indent=2) + "\n"


def _page(title: str, about: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", "", MADE, about, *lines]).rstrip("\n") + "\n"


def _title(heading: str, level: int, about: str) -> list[str]:
    return [f"{'#' * level} {heading}", "", about, ""]


def _kind(kind: Kind, names: list[str], parts: dict[str, Any]) -> Iterator[str]:
    if len(names) == 1:
        yield from _table(names[0], parts[names[0]], 2)
        return
    by_sdk = f" The SDK judges {', '.join(f'`{each}`' for each in BY_SDK[kind])}." if kind in BY_SDK else ""
    yield from _title(kind.capitalize(), 2, f"By its `type`, one of those below.{by_sdk}")
    for name in names:
        yield from _table(name, parts[name], 3)


def _table(name: str, part: dict[str, Any], level: int) -> Iterator[str]:
    yield from _title(_heading(name), level, " ".join(part["description"].split()))
    yield from ("| field | value | default | |", "|---|---|---|---|")
    for field, what in part["properties"].items():
        default = "needed" if field in part.get("required", ()) else _default(what.get("default"))
        yield f"| `{field}` | {_value(what)} | {default} | {what['description']} |"
    yield ""


def _default(value: Any) -> str:
    return "" if value in (None, "", [], {}) else f"`{json.dumps(value)}`"


def _value(what: dict[str, Any]) -> str:
    """What a field takes, in words."""
    match what:
        case {"$ref": _}:
            heading = _heading(_name(what))
            return f"[{heading.lower()}](#{heading.lower().replace(' ', '-')})"
        case {"const": value}:
            return f"`{value}`"
        case {"enum": values}:
            return _either(values)
        case {"anyOf": branches} | {"oneOf": branches}:
            words = [_value(each) for each in branches if each not in (BINDING, {"type": "null"})]
            return (
                "text, a number, true or false"
                if sorted(words) == sorted(_SCALAR)
                else " or ".join(dict.fromkeys(words))
            )
        case {"type": "array", "items": items}:
            return f"a list: {_value(items)}"
        case {"type": "object", "additionalProperties": dict(each)}:
            return f"name -> {_value(each)}"
    return _plain(what)


def _plain(what: dict[str, Any]) -> str:
    match what.get("type"):
        case "string":
            return "text"
        case "integer":
            bounds = f" from {what['minimum']}" if "minimum" in what else ""
            return f"a whole number{bounds}" + (f" to {what['maximum']}" if "maximum" in what else "")
        case "number":
            return "a number"
        case "boolean":
            return "true or false"
        case "object":
            return "a mapping"
    return "anything"


def _either(values: Any) -> str:
    *first, last = [f"`{value}`" for value in values]
    return f"{', '.join(first)} or {last}" if first else last


def _name(reference: dict[str, str]) -> str:
    return reference["$ref"].rsplit("/", 1)[-1]


def _heading(name: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return name if name in _AS_THEY_ARE else words.capitalize()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, "utf-8")
    SCHEMA.write_text(project_schema(), "utf-8")
