"""The nodes of all computes, and of serverless: who gets some, and when idle ones go."""

import asyncio
import math
import os

from runner.emulator.jobs.distribution import node_count
from runner.emulator.jobs.durations import seconds
from runner.emulator.jobs.nodes import NodePool
from runner.emulator.store.computes import Compute, Computes
from runner.emulator.store.jobs import Job

SERVERLESS_NODES = max(2, os.cpu_count() or 2)
IDLE_SECONDS = 120.0  # the service's default


class Pools:
    """One pool a compute, by its name in lower case; serverless is the one without a name."""

    def __init__(self, computes: Computes) -> None:
        self._computes = computes
        self._pools: dict[str, NodePool] = {}

    def fit(self) -> None:
        """Take over what the computes' settings are now, and let go of nodes that have been idle for long."""
        for compute in self._computes.all():
            minimum, maximum, idle = bounds(compute)
            pool = self._pools.setdefault(compute.name.lower(), NodePool(minimum, maximum, idle))
            pool.resize(minimum, maximum, idle, _now())
        self._pools.setdefault("", NodePool(0, SERVERLESS_NODES, 0.0)).settle(_now())

    def acquire(self, job: Job) -> bool:
        """Give the job all nodes it needs, or none."""
        pool = self._pools.get(pool_of(job))
        return pool is not None and pool.acquire(job.name, node_count(job.body))

    def release(self, job: str) -> None:
        for pool in self._pools.values():
            pool.release(job, _now())

    def forget(self, compute: str) -> None:
        self._pools.pop(compute.lower(), None)

    def counts(self, compute: str) -> tuple[int, int]:
        """(idle, running) nodes of a compute."""
        pool = self._pools.get(compute.lower())
        return pool.counts() if pool else (0, 0)

    def next_change(self) -> float | None:
        """In how many seconds the next idle node goes."""
        moments = [moment for pool in self._pools.values() if (moment := pool.next_change()) is not None]
        return max(0.0, min(moments) - _now()) if moments else None


def pool_of(job: Job) -> str:
    """The key of the compute a job runs on; empty for serverless."""
    return str(job.body["computeId"] or "").rpartition("/")[2].lower()


def most_nodes(compute: Compute | None) -> int:
    """How many nodes one job can ever get; of serverless if there is no compute."""
    if compute is None:
        return SERVERLESS_NODES
    return 1 if compute.kind == "ComputeInstance" else bounds(compute)[1]


def bounds(compute: Compute) -> tuple[int, int, float]:
    """(minimum, maximum, idle seconds) of a compute as it stands now."""
    if compute.kind == "ComputeInstance":
        return (1, 1, math.inf) if compute.state == "Running" else (0, 0, 0.0)
    scale = compute.settings.get("scaleSettings") or {}
    idle = seconds(scale.get("nodeIdleTimeBeforeScaleDown"))
    minimum, maximum = int(scale.get("minNodeCount") or 0), int(scale.get("maxNodeCount") or 1)
    return minimum, maximum, IDLE_SECONDS if idle is None else idle


def _now() -> float:
    return asyncio.get_running_loop().time()
