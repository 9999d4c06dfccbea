"""How many nodes a job takes, and how many processes it starts on each."""

from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import bad_request, not_embedded
from runner.emulator.execution.request import World

MAX_PROCESSES = 64  # more would be pretence on one machine


def world_of(body: Mapping[str, Any]) -> World | None:
    """The processes of a distributed job; None for a job of one process."""
    nodes = _count((body.get("resources") or {}).get("instanceCount"), "instanceCount")
    distribution = body.get("distribution") or {}
    kind = distribution.get("distributionType")
    if kind is None:
        if nodes > 1:
            raise not_embedded(f"second node for a job without `distribution` (instanceCount is {nodes})")
        return None
    if kind == "TensorFlow":
        world = _tensorflow(nodes, distribution)
    elif kind in ("PyTorch", "Mpi"):
        world = World(kind, nodes, _count(distribution.get("processCountPerInstance"), "processCountPerInstance"))
    else:
        raise not_embedded(f"distribution of type {kind}")
    if world.size > MAX_PROCESSES:
        raise bad_request(f"{world.size} processes are too many: the embedded workspace starts {MAX_PROCESSES}.")
    return world


def node_count(body: Mapping[str, Any]) -> int:
    world = world_of(body)
    return world.nodes if world else 1


def _tensorflow(nodes: int, distribution: Mapping[str, Any]) -> World:
    """Workers and parameter servers are spread over the nodes; by default one worker a node."""
    workers = _count(distribution.get("workerCount") or nodes, "workerCount")
    servers = int(distribution.get("parameterServerCount") or 0)
    if (workers + servers) % nodes:
        raise bad_request(f"{workers} workers and {servers} parameter servers cannot be spread evenly: nodes {nodes}.")
    return World("TensorFlow", nodes, (workers + servers) // nodes, servers)


def _count(value: Any, name: str) -> int:
    if value is None:
        return 1
    if not isinstance(value, int) or value < 1:
        raise bad_request(f"{name} must be a positive number, not {value!r}.")
    return value
