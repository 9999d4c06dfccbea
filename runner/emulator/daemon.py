"""Starting, finding, stopping and wiping the daemon. Imports nothing heavy: `start` and `status` must be quick."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.emulator.client import answers
from runner.emulator.endpoint import Endpoint
from runner.emulator.errors import CommandError
from runner.emulator.settings import MARKER, StateDir

START_SECONDS = 60.0
STOP_SECONDS = 30.0
MAX_LOG_BYTES = 8 * 1024 * 1024
POLL_SECONDS = 0.02
# What a state directory may hold; anything else in it means that it is not (only) ours.
OWN_NAMES = ("blobs", "daemon.", "endpoint.json", "envs", "jobs", "mlflow", "port", "README", "requests.jsonl",
             "secrets.json", "start.lock", "tls", "uploads", "workspace.sqlite")  # fmt: skip


def running(state: StateDir) -> Endpoint | None:
    """The daemon that holds the lock and answers, if there is one."""
    endpoint = Endpoint.read(state.endpoint)
    if endpoint is None or not is_locked(state.lock):
        return None
    return endpoint if answers(endpoint) else None


def start(state: StateDir, idle_seconds: float) -> Endpoint:
    """Start the daemon, or find the one that runs; return once it answers."""
    state.create()
    found = running(state)
    if found is not None:
        return found
    with held(state.start_lock):  # of two starters the second waits here, and then finds the first's daemon
        found = running(state)
        if found is not None:
            return found
        _end_holder(state)  # one that holds the lock and does not answer is starting, stopping or stuck
        state.endpoint.unlink(missing_ok=True)
        return _wait_until_it_answers(state, _spawn(state, idle_seconds))


def stop(state: StateDir) -> bool:
    """End the daemon, gracefully first. False if none ran."""
    if not is_locked(state.lock):
        return False
    _end_holder(state, patience=0.0)
    return True


def reset(state: StateDir) -> None:
    """Stop the daemon and delete its state, if the directory is really that."""
    if not state.root.exists():
        return
    _refuse_foreign(state)
    stop(state)
    shutil.rmtree(state.root)


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock: the kernel drops it with the process, however that ended."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock file, waiting for it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _spawn(state: StateDir, idle_seconds: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "runner.emulator", "serve", "--idle", str(idle_seconds)]
    environment = {**os.environ, "AML_STATE_DIR": str(state.root)}
    if state.log.exists() and state.log.stat().st_size > MAX_LOG_BYTES:
        state.log.replace(state.log.with_suffix(".log.1"))
    with state.log.open("ab") as log:
        # A session of its own and none of the caller's pipes: the daemon outlives the terminal and blocks nobody.
        return subprocess.Popen(
            command,
            cwd=Path(__file__).parents[2],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_it_answers(state: StateDir, daemon: "subprocess.Popen[bytes]") -> Endpoint:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        endpoint = Endpoint.read(state.endpoint)
        if endpoint is not None and endpoint.pid == daemon.pid and answers(endpoint):
            daemon.returncode = 0  # it is meant to outlive us; without this Popen warns about a child left behind
            return endpoint
        if daemon.poll() is not None:
            raise CommandError(f"The embedded workspace did not start. The end of {state.log}:\n{_tail(state.log)}")
        time.sleep(POLL_SECONDS)
    daemon.kill()
    raise CommandError(f"The embedded workspace did not answer within {START_SECONDS:.0f} s; see {state.log}")


def _end_holder(state: StateDir, patience: float = 5.0) -> None:
    """End whatever process holds the daemon's lock; `patience` lets one that is just stopping finish by itself."""
    if _unlocked_within(state, patience):
        return
    for sign, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
        pid = _holder(state)
        if pid is not None:
            _send(pid, sign)
        if _unlocked_within(state, seconds):
            return
    raise CommandError(f"The embedded workspace of {state.root} does not stop; look for the process in {state.lock}.")


def _send(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return  # it ended between our look and the signal


def _unlocked_within(state: StateDir, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_locked(state.lock):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _holder(state: StateDir) -> int | None:
    """The pid the daemon wrote into its lock file; only meaningful while the lock is held."""
    try:
        return int(state.lock.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _refuse_foreign(state: StateDir) -> None:
    root = state.root
    ours = state.marker.is_file() and state.marker.read_text() == MARKER
    foreign = sorted(entry.name for entry in root.iterdir() if not entry.name.lstrip(".").startswith(OWN_NAMES))
    if ours and not foreign and not root.is_symlink() and root not in (Path.home(), Path("/")):
        return
    why = f"it also holds {foreign[0]}" if foreign else "it does not carry our mark"
    raise CommandError(f"{root} is left alone: {why}. Delete it yourself if it is the workspace's state.")


def _tail(path: Path, lines: int = 20) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
