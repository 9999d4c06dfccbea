"""Puts secrets into what the SDK made of a spec: in memory, after every file that is written on the way there."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runner.model.resource import FieldPath
from runner.model.secrets import variable

Secrets = Mapping[FieldPath, str]  # place in the spec -> value
NONE: Secrets = MappingProxyType({})


def fill(entity: Any, secrets: Secrets) -> None:
    """Replaces the references at these places. Raises ValueError when the SDK keeps something else there."""
    for place, value in secrets.items():
        *outer, last = place
        inner = entity
        for step in outer:
            inner = _at(inner, step)
        if variable(_at(inner, last)) is None:
            raise ValueError(f"the secret for {'.'.join(map(str, place))} cannot be put in its place")
        if type(inner) is dict:
            inner[last] = value
        else:
            setattr(inner, str(last), value)


def _at(value: Any, step: str | int) -> Any:
    return value.get(step) if type(value) is dict else getattr(value, str(step), None)
