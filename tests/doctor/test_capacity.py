"""What the computes of the specs would take of a region, and what it has left."""

import pytest

from runner.doctor.facts import Capacity, Machines, Size, Unread, Usage
from runner.doctor.judge.capacity import capacity
from runner.model.findings import Level
from runner.model.keys import Key, Kind

OK, WARNING, UNKNOWN = Level.OK, Level.WARNING, Level.UNKNOWN
SIZES = (
    Size("Standard_DS3_v2", "standardDSv2Family", 4, {"Standard": 0.27, "LowPriority": 0.05}),
    Size("Standard_NC6s_v3", "Standard NCSv3 Family", 6, {}),
)
USAGES = (
    Usage("Total Cluster Dedicated Regional vCPUs", 10, 100),
    Usage("Total Cluster LowPriority Regional vCPUs", 0, 20),
    Usage("Total Clusters", 199, 200),
    Usage("standardDSv2Family", 8, 24),
    Usage("Standard NCSv3 Family Cluster Dedicated vCPUs", 0, 0),
    Usage("standardDSv3Family", 0, 0),
)
REGION = Capacity(SIZES, USAGES)


def machines(size: str = "Standard_DS3_v2", nodes: int = 4, *, low_priority: bool = False) -> Machines:
    return Machines(Key(Kind.COMPUTE, "cpu"), size, nodes, low_priority)


@pytest.mark.parametrize(
    ("wanted", "level", "message"),
    [
        (machines(), OK, "4 nodes of Standard_DS3_v2: 16 cores, at most 1.08 USD an hour; 16 of 24 are free"),
        (machines("STANDARD_DS3_V2", 1), OK, "1 node of Standard_DS3_v2: 4 cores, at most 0.27 USD an hour; 16 of"),
        (machines(nodes=5), WARNING, "5 nodes of Standard_DS3_v2: 20 cores, at most 1.35 USD an hour; of 24 in stan"),
        (
            machines(nodes=4, low_priority=True),
            OK,
            "4 nodes of Standard_DS3_v2: 16 cores, at most 0.20 USD an hour; 20",
        ),
        (machines(nodes=6, low_priority=True), WARNING, "6 nodes of Standard_DS3_v2: 24 cores, at most 0.30 USD an h"),
        (machines("Standard_NC6s_v3", 1), WARNING, "1 node of Standard_NC6s_v3: 6 cores, price unknown; of 0 in Stan"),
        (machines("Standard_XX1"), WARNING, "Standard_XX1 is not among the sizes that westeurope lists"),
        (machines(""), UNKNOWN, "names no size"),
    ],
)
def test_one_compute(wanted: Machines, level: Level, message: str) -> None:
    (found,) = capacity(REGION, [wanted], "westeurope")
    assert (found.check, found.level) == ("compute/cpu", level)
    assert found.message.startswith(message)


def test_the_region_as_a_whole_is_a_bound_too() -> None:
    full = Capacity(SIZES, (Usage("Total Cluster Dedicated Regional vCPUs", 98, 100), USAGES[3]))
    (found,) = capacity(full, [machines(nodes=1)], "westeurope")
    assert "of 100 in Total Cluster Dedicated Regional vCPUs only 2 are free" in found.message


def test_a_region_without_sizes_proves_nothing() -> None:
    (found,) = capacity(Capacity((), USAGES), [machines()], "x")
    assert (found.level, found.message) == (UNKNOWN, "x lists none")


def test_what_cannot_be_read_is_unknown() -> None:
    sizes, usages = Unread("no sizes", 403), Unread("no usages", 403)
    assert [found.level for found in capacity(Capacity(sizes, usages), [machines()], "x")] == [UNKNOWN]
    quota, compute = capacity(Capacity(SIZES, usages), [machines()], "x")
    assert (quota.check, quota.level) == ("quota", UNKNOWN)
    assert (compute.level, compute.message.endswith("; quota unknown")) == (OK, True)
