"""Things that wait for each other."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

Thing = TypeVar("Thing", bound=Any)


def circle(waits: Mapping[Thing, Iterable[Thing]]) -> list[Thing]:
    """A way from a thing back to itself, e.g. [a, b, a], always the same one; empty when there is none."""
    try:
        TopologicalSorter({thing: sorted(waits[thing]) for thing in sorted(waits)}).prepare()
    except CycleError as error:
        found: list[Thing] = error.args[1]
        return found[::-1]
    return []
