"""Which files of a folder are compared: those that say of themselves that they are something a workspace holds."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runner.desired.files import kind_of
from runner.model.keys import Kind

_STATED = re.compile(r"^(\$schema|type):[ \t]*['\"]?([^\s'\"#]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file with the kind that it says to be; None with why it is not compared."""

    path: Path
    kind: Kind | None
    why: str = ""


def choose(folder: Path) -> Iterator[Chosen]:
    """Every YAML file of a folder, sorted. `$schema` and `type` are found as text: what is no YAML states them, too."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith((".yml", ".yaml")):
                yield _judged(Path(place, name))


def _judged(path: Path) -> Chosen:
    text = path.read_bytes().decode("utf-8", "replace")
    stated = dict(reversed(_STATED.findall(text)))
    if not stated:
        return Chosen(path, None, "neither $schema nor type")
    kind = kind_of(Path(path.name), stated, None)
    return Chosen(path, kind, "" if kind else _shown(stated))


def _shown(stated: dict[str, str]) -> str:
    schema = stated.get("$schema", "").rsplit("/", 1)[-1]
    return f"$schema: {schema}" if schema else f"type: {stated['type']}"
