"""Processes of `aml` that cost little: each is forked from one that has imported everything, the SDK included."""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.crash import gate

SECONDS = 90
FORKS = multiprocessing.get_context("forkserver")  # a process of its own without threads, so that a fork is sound
FORKS.set_forkserver_preload(["tests.crash.preloaded", "pytest"])  # a child imports the test's own main module, too


@dataclass(frozen=True, slots=True)
class Process:
    """An `aml` that runs, or has ended. What it says and asks for is beside `place`."""

    process: ForkServerProcess
    place: Path

    @property
    def output(self) -> str:
        """What it said so far, on both streams."""
        return _text(self.place.with_suffix(".out"))

    @property
    def requests(self) -> list[str]:
        """`METHOD path` of every request so far, in the order in which they came."""
        return _text(self.place.with_suffix(".requests")).splitlines()

    def end(self) -> int:
        """Waits for it; its exit code, or the negative number of the signal that ended it."""
        self.process.join(SECONDS)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            self.process.join()
        assert code is not None, f"it hangs:\n{self.output}"
        self.process.close()
        assert "Traceback" not in self.output, self.output
        return code


def start(
    folder: Path,
    variables: Mapping[str, str],
    arguments: Sequence[str],
    place: Path,
    fate: gate.Fate = gate.NONE,
    seed: int = 0,
) -> Process:
    """Starts `aml ARGUMENTS` in a folder. `fate` strikes at one of its requests."""
    process = FORKS.Process(target=_child, args=(folder, dict(variables), list(arguments), place, fate, seed))
    process.start()
    return Process(process, place)


def _child(
    folder: Path, variables: dict[str, str], arguments: list[str], place: Path, fate: gate.Fate, seed: int
) -> None:
    from runner.__main__ import run

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    output = os.open(place.with_suffix(".out"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    gate.install(fate, place.with_suffix(".requests"), seed)
    sys.exit(run(arguments))


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
