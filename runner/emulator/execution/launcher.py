"""Starts the processes of a distributed job: `python launcher.py WORLD FOLDER COMMAND`. Standard library only.

It leads the job's process group, so that whoever ends the group ends them all. WORLD is JSON: kind, nodes, per_node,
servers. Each process writes to FOLDER/std_log_process_NN.txt. The first that fails ends the others, and gives the code.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

HOST = "127.0.0.1"
POLL_SECONDS = 0.02
GRACE_SECONDS = 5.0


class World(TypedDict):
    """What WORLD holds."""

    kind: str
    nodes: int
    per_node: int
    servers: int


def main(world_text: str, folder: str, command: str) -> int:
    world: World = json.loads(world_text)
    size = world["nodes"] * world["per_node"]
    ports = _free_ports(size)
    running = {
        rank: _start(command, _variables(world, rank, size, ports), Path(folder) / f"std_log_process_{rank:02}.txt")
        for rank in range(size)
    }
    return _wait(running)


def _start(command: str, variables: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as file:
        return subprocess.Popen(["bash", "-c", command], env={**os.environ, **variables}, stdout=file, stderr=file)


def _wait(running: "dict[int, subprocess.Popen[bytes]]") -> int:
    """0 when all have succeeded; the code of the first that did not, after the others were ended."""
    while running:
        for rank, process in list(running.items()):
            code = process.poll()
            if code is None:
                continue
            del running[rank]
            if code != 0:
                print(f"process {rank} exited with code {code}; the others are ended", flush=True)
                _end(list(running.values()))
                return code if code > 0 else 128 - code
        time.sleep(POLL_SECONDS)
    return 0


def _end(left: "list[subprocess.Popen[bytes]]") -> None:
    for process in left:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for process in left:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def _variables(world: World, rank: int, size: int, ports: list[int]) -> dict[str, str]:
    """What the frameworks' launchers would set, and Azure ML sets for them."""
    per_node = world["per_node"]
    node, local = divmod(rank, per_node)
    common = {
        "MASTER_ADDR": HOST,
        "MASTER_PORT": str(ports[0]),
        "WORLD_SIZE": str(size),
        "RANK": str(rank),
        "LOCAL_RANK": str(local),
        "NODE_RANK": str(node),
        "AZUREML_NODE_COUNT": str(world["nodes"]),
        "AZ_BATCHAI_TASK_INDEX": str(node),
        "AZUREML_PROCESS_NAME": f"rank_{rank}",
    }
    if world["kind"] == "Mpi":
        mpi = {"RANK": rank, "SIZE": size, "LOCAL_RANK": local, "LOCAL_SIZE": per_node, "NODE_RANK": node}
        return common | {f"OMPI_COMM_WORLD_{name}": str(value) for name, value in mpi.items()}
    if world["kind"] == "TensorFlow":
        return common | {"TF_CONFIG": _tf_config(rank, size, world["servers"], ports)}
    return common


def _tf_config(rank: int, size: int, servers: int, ports: list[int]) -> str:
    """Workers come first, then parameter servers."""
    workers = size - servers
    places = [f"{HOST}:{port}" for port in ports]
    cluster = {"worker": places[:workers], **({"ps": places[workers:]} if servers else {})}
    task = {"type": "worker", "index": rank} if rank < workers else {"type": "ps", "index": rank - workers}
    return json.dumps({"cluster": cluster, "task": task, "environment": "cloud"})


def _free_ports(count: int) -> list[int]:
    """Ports that are free now; held all at once, so that they differ."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
