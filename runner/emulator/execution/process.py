"""Processes in a group of their own: waiting for them, ending them, leaving nothing behind."""

import asyncio
import os
import signal
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

import psutil

GRACE = 5.0  # seconds between TERM and KILL
_POLL = 0.02
_CLOCK_TOLERANCE = 2.0  # a process's start time is derived from the boot time, which drifts with the clock


class Ending(Enum):
    """Why a wait for a process is over."""

    EXITED = "exited"
    TIMED_OUT = "timed out"
    CANCELED = "canceled"


async def supervise(
    process: asyncio.subprocess.Process, stop: asyncio.Event, limit: float | None = None, grace: float = GRACE
) -> Ending:
    """Wait for the leader of a group until it exits, `limit` seconds pass or `stop` is set; then empty its group."""
    exited = asyncio.ensure_future(process.wait())
    stopped = asyncio.ensure_future(stop.wait())
    try:
        done, _ = await asyncio.wait({exited, stopped}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if exited in done:
            return Ending.EXITED
        await _terminate(process.pid, grace)
        await exited
        return Ending.CANCELED if stopped in done else Ending.TIMED_OUT
    finally:
        # Also when we are torn down ourselves: no job outlives the one that watches it.
        stopped.cancel()
        exited.cancel()
        _send(members(process.pid), signal.SIGKILL)


def members(pgid: int) -> list[psutil.Process]:
    """The living processes of a group and the descendants that left it for a session of their own."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == pgid and process.status() != psutil.STATUS_ZOMBIE:
                found[process.pid] = process
                found |= {child.pid: child for child in process.children(recursive=True)}
        except (psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            continue  # it ended while we looked, or it is none of ours
    return list(found.values())


def _send(processes: Iterable[psutil.Process], number: int) -> None:
    for process in processes:
        try:
            process.send_signal(number)  # psutil compares start times, so a reused pid is not hit
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


async def _terminate(pgid: int, grace: float) -> None:
    """TERM for all of them, then KILL for those that are left when the grace period is over."""
    asked = members(pgid)
    _send(asked, signal.SIGTERM)
    for _ in range(int(grace / _POLL)):  # polled: waiting through psutil would take the exit code from asyncio
        if not any(_alive(process) for process in asked):
            break
        await asyncio.sleep(_POLL)
    _send([*asked, *members(pgid)], signal.SIGKILL)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def start_time(pid: int) -> float:
    """When a process started (seconds since the epoch); 0.0 if it is gone already."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def kill_group(pgid: int, started: float) -> None:
    """End what a crashed daemon left running, unless the number belongs to another process by now.

    `started` is the start time of the group's leader as `start_time` gave it. If the leader is gone, its orphans still
    hold the group's number: they are ended if they are not older than the leader was.
    """
    if psutil.pid_exists(pgid):
        leader = start_time(pgid)
        if leader and abs(leader - started) > _CLOCK_TOLERANCE:
            return
    left = members(pgid)
    _send([process for process in left if start_time(process.pid) >= started - _CLOCK_TOLERANCE], signal.SIGKILL)


def last_line(log: Path, limit: int = 300) -> str:
    """The last line with text in a log, for an error message; empty if there is none."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
    text = next((line for line in reversed(lines) if line), "")
    return text if len(text) <= limit else text[: limit - 3] + "..."
