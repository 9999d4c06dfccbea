"""How we measure: whole processes, interleaved with their floor, medians."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its goal. `detail` says what it was measured against."""

    name: str
    value: float
    goal: float
    unit: str
    detail: str

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.goal else "MISSED"
        return (
            f"{self.name:34} {self.value:7.2f} {self.unit:2} (goal: at most {self.goal:g})  {verdict:6}  {self.detail}"
        )


def seconds(command: Sequence[str], folder: Path) -> float:
    """The wall clock of one process that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - start


def ratio(name: str, command: Sequence[str], folder: Path, goal: float, runs: int = 21) -> Figure:
    """A command against `python -c pass`, in turns, so that noise meets both."""
    floor = [sys.executable, "-c", "pass"]
    seconds(command, folder)  # compiled modules and warm files for both
    pairs = [(seconds(floor, folder), seconds(command, folder)) for _ in range(runs)]
    base, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Figure(name, ours / base, goal, "x", f"{ours * 1000:.0f} ms against {base * 1000:.0f} ms for python -c pass")
