"""The child process: one, private, restarted when it dies, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from runner.emulator.tracking.child import TrackingError, _private_folder
from runner.emulator.tracking.service import Tracking

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Mounted

PARENT = """
import asyncio, pathlib, sys, time
from runner.emulator.tracking.service import Tracking

async def main():
    folder = pathlib.Path(sys.argv[1])
    tracking = Tracking(folder, folder / "artifacts")
    tracking.start()
    if sys.argv[2] == "ready":
        await tracking.ready()
    print(tracking._child.pid, tracking._child._folder, flush=True)
    time.sleep(600)

asyncio.run(main())
"""


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_it_is_one_process_of_bounded_size_behind_a_private_socket(mounted: Mounted) -> None:
    mounted.call(mounted.tracking.ready())
    process = psutil.Process(mounted.child_pid())
    assert process.children(recursive=True) == []
    assert process.memory_info().rss < 400e6
    listening = [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening == []
    child = mounted.tracking._child
    assert child is not None
    assert stat.S_IMODE(child._folder.stat().st_mode) == 0o700


def test_killed_it_comes_back_with_its_data(own: Mounted) -> None:
    own.create("survivor")
    first = own.child_pid()
    os.kill(first, signal.SIGKILL)
    with own.http() as http:
        reply = http.get(f"{own.uri}/api/2.0/mlflow/runs/get", params={"run_id": "survivor"})
        if reply.status_code == 502:  # the request met it while it died; clients try again, and so do we
            reply = http.get(f"{own.uri}/api/2.0/mlflow/runs/get", params={"run_id": "survivor"})
    assert reply.json()["run"]["info"]["run_id"] == "survivor"
    assert own.child_pid() != first
    own.call(own.tracking.end_run("survivor", "FINISHED"))


def test_the_daemons_own_calls_outlive_a_death(own: Mounted) -> None:
    own.create("first")
    os.kill(own.child_pid(), signal.SIGKILL)
    own.create("second")
    own.call(own.tracking.end_run("first", "KILLED"))


@pytest.mark.parametrize("moment", ["starting", "ready"])
def test_it_dies_with_a_killed_parent(tmp_path: Path, moment: str) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path), moment], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout
        pid, folder = parent.stdout.readline().split()
        assert psutil.pid_exists(int(pid))
        parent.kill()
    until(lambda: not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE)
    assert not Path(folder).exists()


def test_a_child_whose_parent_is_gone_already_leaves_nothing(tmp_path: Path) -> None:
    for number in range(20):  # a race: it was lost once in six times
        socket = tmp_path / str(number) / "s"
        socket.parent.mkdir()
        places = ["--socket", str(socket), "--backend", "sqlite://", "--artifacts", str(tmp_path)]
        subprocess.run([sys.executable, "-m", "runner.emulator.tracking", *places], stdin=subprocess.DEVNULL)
        assert not socket.parent.exists()


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "mlflow.sqlite").write_text("this is no database, and long enough for SQLite to notice it " * 20)

    async def scenario() -> list[str]:
        tracking = Tracking(tmp_path, tmp_path / "artifacts")
        tracking.start()
        try:
            waiting = await asyncio.gather(tracking.ready(), tracking.ready(), return_exceptions=True)
        finally:
            await tracking.stop()
        assert all(isinstance(error, TrackingError) for error in waiting)
        return [str(error) for error in waiting]

    for message in asyncio.run(scenario()):
        assert "ended with exit code 1 while it started" in message
        assert "file is not a database" in message
        assert str(tmp_path / "mlflow.log") in message


def test_stopped_and_started_again_it_serves_the_same_runs(tmp_path: Path) -> None:
    async def scenario() -> None:
        tracking = Tracking(tmp_path, tmp_path / "artifacts")
        for _ in range(2):
            tracking.start()
            await tracking.create_run(run_id="kept", experiment="iris", display_name="kept", tags={})
            await tracking.stop()
        await tracking.stop()

    asyncio.run(scenario())
    with sqlite3.connect(tmp_path / "mlflow.sqlite") as database:
        assert database.execute("SELECT run_uuid FROM runs").fetchall() == [("kept",)]
    database.close()


def test_stopping_while_it_starts_frees_who_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        tracking = Tracking(tmp_path, tmp_path / "artifacts")
        tracking.start()
        waiting = asyncio.create_task(tracking.ready())
        await asyncio.sleep(0.01)
        await tracking.stop()
        with pytest.raises(TrackingError, match="was stopped while it started"):
            await waiting

    asyncio.run(scenario())


@pytest.mark.slow
def test_an_older_schema_is_upgraded(tmp_path: Path) -> None:
    """A database that an older MLflow left: ours, taken back by one migration."""
    back = (
        "import sys; from alembic import command; from mlflow.store.db import utils;"
        "u = f'sqlite:///{sys.argv[1]}'; e = utils.create_sqlalchemy_engine(u); utils._initialize_tables(e);"
        "h = utils._get_latest_schema_revision(); c = utils._get_alembic_config(u);"
        "n = e.connect(); c.attributes['connection'] = n; command.downgrade(c, '-1'); n.commit(); print(h)"
    )
    database = tmp_path / "mlflow.sqlite"
    done = subprocess.run([sys.executable, "-c", back, str(database)], capture_output=True, text=True)
    head = done.stdout.strip().splitlines()[-1]

    def revision() -> str:
        connection = sqlite3.connect(database)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.close()
        return str(row[0])

    assert revision() != head, done.stderr

    async def scenario() -> None:
        tracking = Tracking(tmp_path, tmp_path / "artifacts")
        try:
            await tracking.ready()
        finally:
            await tracking.stop()

    asyncio.run(scenario())
    assert revision() == head


def test_a_long_temporary_folder_gives_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    folder = _private_folder()
    assert len(str(folder / "s")) < 100
    folder.rmdir()
