"""`aml history` and its like over a year of 500 commits, beside `git log` of the same range with the ledger's notes."""

import statistics
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Figure, seconds
from tests.year.archive import make
from tests.year.story import Scale

_AML = str(Path(sysconfig.get_path("scripts"), "aml"))
GOAL = 5
# The same objects are read: the commits, the files that they changed, and the notes on them.
_PEER = ("git", "--no-pager", "log", "--notes=aml", "--name-only")
# For comparison alone: no notes and no files; and an interpreter that does nothing.
_BESIDE = {"git log": _PEER[:3], "python -c pass": (sys.executable, "-c", "pass")}
_ASKED = {
    "aml history": (_AML, "history"),
    "aml history job/train": (_AML, "history", "job/train"),
    "aml blame model/iris:3": (_AML, "blame", "model/iris:3"),
}


def figures(runs: int = 15) -> Iterator[Figure]:
    """Medians of processes that are started in turns."""
    commands = {"peer": _PEER, **_BESIDE, **_ASKED}
    with tempfile.TemporaryDirectory() as folder:
        root = make(Path(folder), Scale()).root
        for command in commands.values():
            seconds(command, root)  # compiled modules and warm files for all
        turns = [{name: seconds(command, root) for name, command in commands.items()} for _ in range(runs)]
    took = {name: statistics.median(turn[name] for turn in turns) for name in commands}
    beside = ", ".join(f"{name} {took[name] * 1000:.0f} ms" for name in _BESIDE)
    peer = f"{took['peer'] * 1000:.0f} ms for git log with notes and names ({beside})"
    for name in _ASKED:
        yield Figure(
            f"{name}, 500 commits", took[name] / took["peer"], GOAL, "x", f"{took[name] * 1000:.0f} ms against {peer}"
        )
