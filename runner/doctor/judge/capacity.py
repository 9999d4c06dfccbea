"""Findings about what the computes of the specs would take: sizes, cores, money."""

import re
from collections.abc import Iterable, Iterator

from runner.doctor.facts import Capacity, Machines, Size, Unread, Usage
from runner.model.findings import Finding, Level

CAPACITY = "capacity"
_TAIL = "clusterdedicatedvcpus"  # how the portal ends the name of a family's quota


def capacity(found: Capacity, machines: Iterable[Machines], region: str) -> Iterator[Finding]:
    """Whether the region has the sizes, the quota has the cores, and what an hour of it all costs."""
    sizes, usages = found.sizes, found.usages
    if isinstance(sizes, Unread) or not sizes:
        why = f"cannot be read: {sizes.why}" if isinstance(sizes, Unread) else f"{region} lists none"
        yield Finding(CAPACITY, "sizes", Level.UNKNOWN, why)
        return
    if isinstance(usages, Unread):
        yield Finding(CAPACITY, "quota", Level.UNKNOWN, f"cannot be read: {usages.why}")
    by_name = {size.name.lower(): size for size in sizes}
    for wanted in machines:
        size = by_name.get(wanted.size.lower())
        if not wanted.size:
            yield Finding(CAPACITY, str(wanted.key), Level.UNKNOWN, "names no size: the service chooses one")
        elif size is None:
            message = f"{wanted.size} is not among the sizes that {region} lists"
            yield Finding(CAPACITY, str(wanted.key), Level.WARNING, message, "name another size, or use another region")
        else:
            yield _fits(wanted, size, () if isinstance(usages, Unread) else usages)


def _fits(wanted: Machines, size: Size, usages: tuple[Usage, ...]) -> Finding:
    cores = size.cores * wanted.nodes
    nodes = f"{wanted.nodes} {'node' if wanted.nodes == 1 else 'nodes'} of {size.name}"
    need = f"{nodes}: {cores} cores, {_price(wanted, size)}"
    bound = min(_bounds(usages, size.family, low_priority=wanted.low_priority), key=_left, default=None)
    if bound is None:
        return Finding(CAPACITY, str(wanted.key), Level.OK, f"{need}; quota unknown")
    if _left(bound) >= cores:
        return Finding(CAPACITY, str(wanted.key), Level.OK, f"{need}; {_left(bound)} of {bound.limit} are free")
    message = f"{need}; of {bound.limit} in {bound.name} only {max(_left(bound), 0)} are free"
    return Finding(CAPACITY, str(wanted.key), Level.WARNING, message, "lower max_instances, or ask for more quota")


def _price(wanted: Machines, size: Size) -> str:
    hour = size.prices.get("LowPriority" if wanted.low_priority else "Standard")
    return "price unknown" if hour is None else f"at most {hour * wanted.nodes:.2f} USD an hour"


def _left(usage: Usage) -> int:
    return usage.limit - usage.used


def _bounds(usages: Iterable[Usage], family: str, *, low_priority: bool) -> Iterator[Usage]:
    """The quotas that nodes of a family count in. Low priority is one pool for all families."""
    for usage in usages:
        name = re.sub(r"[^a-z0-9]", "", usage.name.lower())
        if name.startswith("total") and "cores" not in name and "vcpus" not in name:
            continue  # numbers of clusters, not cores
        is_low, is_total = "lowpriority" in name, name.startswith("total")
        own = name.removesuffix(_TAIL) == re.sub(r"[^a-z0-9]", "", family.lower())
        if is_low == low_priority and (is_total or (own and not low_priority)):
            yield usage
