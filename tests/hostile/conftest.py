"""`aml` as a process, in a repository that somebody hostile wrote, and what it took."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.repositories import Repo

MEASURE = Path(__file__).parent / "measure.py"
TABLE = "AML_HOSTILE_TABLE"  # where what each row took is written, if this variable names a file


@dataclass(frozen=True)
class Done:
    """A finished command; the repository's root stands as `.` in what it said."""

    code: int
    out: str
    err: str
    seconds: float  # of processor time, children included
    megabytes: float  # at the peak of the largest of them


@dataclass(frozen=True)
class Victim:
    """A repository, and whoever works in it. Nothing can be sent: there is no workspace, and no way out."""

    repo: Repo
    state: Path

    def run(self, *command: str) -> Done:
        """Runs a Python program, e.g. `-m runner`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AML", "AZURE", "MLFLOW"))}
        out = {"AML_STATE_DIR": str(self.state), "AML_CACHE_DIR": str(self.state.parent / "cache"), "NO_COLOR": "1"}
        dead = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
        measured = [sys.executable, "-I", "-S", str(MEASURE), sys.executable, *command]
        done = subprocess.run(measured, cwd=self.repo.root, env=kept | out | dead, capture_output=True, check=True)
        found = json.loads(done.stdout.replace(str(self.repo.root).encode(), b"."))
        return Done(**found)

    def aml(self, *command: str) -> Done:
        """Runs `aml`: it shows no traceback, starts no workspace and runs nothing of the repository."""
        done = self.run("-m", "runner", *command)
        assert "Traceback" not in done.err
        assert "a bug of ours" not in done.err
        assert not self.state.exists(), "a workspace was started: something could have been sent"
        assert not list(self.repo.root.rglob("pwned"))
        return done


@pytest.fixture
def victim(repo: Repo, tmp_path: Path) -> Victim:
    """An empty repository."""
    return Victim(repo, tmp_path / "state")


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Iterator[list[Done]]:
    """What a test puts in here is written to the table."""
    taken: list[Done] = []
    yield taken
    if os.environ.get(TABLE):
        with Path(os.environ[TABLE]).open("a", encoding="utf-8") as table:
            table.writelines(f"{done.seconds:.2f}\t{done.megabytes:.0f}\t{request.node.name}\n" for done in taken)
