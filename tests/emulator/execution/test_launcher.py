"""Distributed jobs: all their processes on this machine, with the variables that frameworks look for."""

import asyncio
import json
import time
from pathlib import Path

import psutil
import pytest

from runner.emulator.execution.request import World
from tests.emulator.execution.conftest import Workplace


def logs(workplace: Workplace) -> list[str]:
    folder = workplace.root / "blobs" / "job" / "user_logs"
    return [path.read_text() for path in sorted(folder.glob("std_log_process_*.txt"))]


def test_ranks(workplace: Workplace) -> None:
    outcome = workplace.run(
        "echo $RANK $LOCAL_RANK $NODE_RANK $WORLD_SIZE $MASTER_ADDR $MASTER_PORT $AZUREML_NODE_COUNT",
        world=World("PyTorch", nodes=2, per_node=2),
    )
    assert (outcome.status, outcome.error) == ("Completed", "")
    found = [text.split() for text in logs(workplace)]
    assert [line[:5] for line in found] == [[str(n), str(n % 2), str(n // 2), "4", "127.0.0.1"] for n in range(4)]
    assert len({line[5] for line in found}) == 1
    assert {line[6] for line in found} == {"2"}


def test_mpi_and_tensorflow(workplace: Workplace) -> None:
    workplace.run("echo $OMPI_COMM_WORLD_RANK/$OMPI_COMM_WORLD_SIZE", world=World("Mpi", 1, 2))
    assert logs(workplace) == ["0/2\n", "1/2\n"]
    workplace.run("rm -f x; echo $TF_CONFIG", name="tf", world=World("TensorFlow", 1, 3, servers=1))
    folder = workplace.root / "blobs" / "tf" / "user_logs"
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("std_log_process_*.txt"))]
    assert [one["task"] for one in found] == [
        {"type": "worker", "index": 0},
        {"type": "worker", "index": 1},
        {"type": "ps", "index": 0},
    ]
    places = [*found[0]["cluster"]["worker"], *found[0]["cluster"]["ps"]]
    assert len(set(places)) == 3


def test_the_first_failure_ends_all(workplace: Workplace) -> None:
    begun = time.monotonic()
    outcome = workplace.run('[ "$RANK" = 1 ] && exit 3; sleep 60', world=World("PyTorch", 1, 3))
    assert (outcome.status, outcome.exit_code) == ("Failed", 3)
    assert "exited with code 3" in outcome.error
    assert "process 1 exited with code 3" in workplace.log()
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("deaf", ["", "trap '' TERM; "], ids=["obedient", "deaf"])
def test_a_cancel_ends_every_process(workplace: Workplace, tmp_path: Path, deaf: str) -> None:
    command = f"{deaf}echo $$ > {tmp_path}/$RANK.pid; sleep 60; sleep 60"
    files = [tmp_path / f"{rank}.pid" for rank in range(2)]

    def begun() -> bool:
        return all(path.exists() and path.read_text().strip() for path in files)

    outcome = asyncio.run(workplace.run_and_cancel(command, begun, world=World("PyTorch", 1, 2)))
    assert outcome.status == "Canceled"
    for path in files:
        pid = int(path.read_text())
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
