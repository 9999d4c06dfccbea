"""Dependency order: what is referred to comes before what refers to it."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from runner.errors import ConfigError
from runner.model.keys import Key


def dependency_order(depends_on: Mapping[Key, Iterable[Key]]) -> list[Key]:
    """All keys, each after everything it depends on; among equals by key, so that the order never varies.

    Raises ConfigError that names the cycle when there is one.
    """
    sorter = TopologicalSorter({key: sorted(set(depends_on[key]) & set(depends_on)) for key in sorted(depends_on)})
    try:
        sorter.prepare()
    except CycleError as error:
        cycle = " -> ".join(str(key) for key in reversed(error.args[1]))
        raise ConfigError(f"the specs depend on each other in a circle: {cycle}") from None
    ordered: list[Key] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += ready
        sorter.done(*ready)
    return ordered
