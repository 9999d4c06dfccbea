"""The folder of built environments: one per content, built once, used by every job that asks for the same.

A virtual environment cannot be moved, so it is built in its final place. `environment.json`, written last, is what
makes it one: a folder without it is the ruin of an interrupted build. A file lock keeps two builders apart, across
processes.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from runner.emulator.execution.interpreter import Interpreter
from runner.emulator.execution.problems import JobCanceledError
from runner.emulator.execution.resolve import Recipe

_LAYOUT = 1  # raise it when what is inside an environment's folder changes
_MARKER = "environment.json"
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Built:
    """A finished environment."""

    path: Path
    python: str
    packages: Mapping[str, str]  # installed distribution -> version, names normalized
    library_path: str  # for LD_LIBRARY_PATH; empty if nothing is needed
    note: str  # what was substituted for a library of the system; empty if nothing
    seconds: float  # how long building it took
    built_at: str  # ISO UTC

    @property
    def site_packages(self) -> Path:
        return site_packages(self.path, self.python)


def site_packages(environment: Path, python: str) -> Path:
    """Where a virtual environment of a Python version keeps its packages."""
    return environment / "lib" / f"python{'.'.join(python.split('.')[:2])}" / "site-packages"


def key_of(recipe: Recipe, interpreter: Interpreter) -> str:
    """The name of an environment's folder: a hash of all that decides what is installed in it."""
    content = [
        _LAYOUT,
        sorted(recipe.requirements),
        [interpreter.request, interpreter.version, bool(interpreter.substitution)],  # a substitute relaxes pins
        [sys.platform, platform.machine()],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:20]


def load(path: Path) -> Built | None:
    """The finished environment in a folder, stamped as used now; None if there is none."""
    marker = path / _MARKER
    try:
        record = json.loads(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if not (path / "bin" / "python").exists():  # its interpreter was removed from the machine
        return None
    os.utime(marker)  # the time of the last use, for whoever cleans up
    return Built(path=path, **record)


def save(built: Built) -> None:
    """Declare an environment finished."""
    record = {name: value for name, value in asdict(built).items() if name != "path"}
    partial = built.path / f"{_MARKER}.partial"
    partial.write_text(json.dumps(record, indent=2), encoding="utf-8")
    partial.replace(built.path / _MARKER)


def clear(path: Path) -> None:
    """Remove what an interrupted build left, and begin an empty folder."""
    if path.exists():
        shutil.rmtree(path)
    path.mkdir(parents=True)


@asynccontextmanager
async def building(path: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Hold the right to build in `path`; waits while somebody else has it. The lock ends with its holder's process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock").open("w")
    try:
        while not _locked(lock.fileno()):
            if stop.is_set():
                raise JobCanceledError("canceled while another job built the same environment")
            await asyncio.sleep(_POLL)
        yield
    finally:
        lock.close()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
