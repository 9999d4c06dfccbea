"""Process groups: ending them whole, and never somebody else's."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from runner.emulator.execution.process import Ending, kill_group, last_line, start_time, supervise

MARK = f"AML_TEST_{os.getpid()}"
STUBBORN = "trap '' TERM; sleep 60 & echo ready; while true; do sleep 0.05; done"


def group(command: str) -> subprocess.Popen[bytes]:
    """A shell in a group of its own that has said `ready`."""
    process = subprocess.Popen(["bash", "-c", command], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def living(pgid: int) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if group_of(process) == pgid]


def group_of(process: psutil.Process) -> int | None:
    """None for what has ended, a moment ago or as a zombie."""
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getpgid(process.pid)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return None


def wait_until_empty(pgid: int) -> None:
    deadline = time.monotonic() + 5
    while living(pgid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not living(pgid)


@pytest.mark.parametrize("orphaned", [False, True])
def test_kill_group_after_a_crash(*, orphaned: bool) -> None:
    with group("sleep 60 & echo ready" if orphaned else STUBBORN) as leader:
        started = start_time(leader.pid)
        if orphaned:
            leader.wait()
        kill_group(leader.pid, started)
        wait_until_empty(leader.pid)


def test_a_reused_number_is_left_alone() -> None:
    with group(STUBBORN) as leader:
        kill_group(leader.pid, start_time(leader.pid) - 3600)
        assert living(leader.pid)
        kill_group(leader.pid, start_time(leader.pid))
        wait_until_empty(leader.pid)


def test_kill_group_of_nothing() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    kill_group(done.pid, time.time())


@pytest.mark.parametrize(
    ("command", "limit", "ending"),
    [
        ("sleep 60 & exit 0", None, Ending.EXITED),
        (STUBBORN, 0.1, Ending.TIMED_OUT),
        ("sleep 60 & sleep 60", 0.1, Ending.TIMED_OUT),
        ("setsid sleep 60 & sleep 60", 0.2, Ending.TIMED_OUT),
    ],
)
def test_nothing_is_left_of_a_group(command: str, limit: float | None, ending: Ending) -> None:
    async def run() -> tuple[int, Ending]:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", command), env=os.environ | {MARK: MARK}, start_new_session=True
        )
        return process.pid, await supervise(process, asyncio.Event(), limit, grace=0.2)

    pgid, how = asyncio.run(run())
    assert how is ending
    wait_until_empty(pgid)
    assert not [process for process in psutil.process_iter() if is_marked(process)]


def is_marked(process: psutil.Process) -> bool:
    """Whether it came from this test, whatever session it is in by now."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and MARK in process.environ()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def test_a_watcher_that_is_torn_down_leaves_nothing() -> None:
    async def run() -> int:
        process = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
        watching = asyncio.ensure_future(supervise(process, asyncio.Event()))
        await asyncio.sleep(0.01)
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        await process.wait()
        return process.pid

    wait_until_empty(asyncio.run(run()))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", ""),
        ("one\ntwo\n\n  \n", "two"),
        ("x" * 20_000, "x" * 297 + "..."),
        ("progress 1\rprogress 2", "progress 2"),
    ],
)
def test_last_line(tmp_path: Path, content: str, line: str) -> None:
    (tmp_path / "log").write_text(content)
    assert last_line(tmp_path / "log") == line
    assert last_line(tmp_path / "absent") == ""
