"""Questions to the real command line about the year: in a process, or faster in this one."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runner.__main__ import run


@dataclass(frozen=True)
class Asking:
    """Asks about a clone. Nothing may be said beside the answer, unless a question expects it."""

    root: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, said: str | None = "") -> str:
        """What a command prints; None: it may say something beside."""
        self.capture.readouterr()
        assert run(["-C", str(self.root), *arguments]) == 0
        answer = self.capture.readouterr()
        assert said in {None, answer.err}
        return answer.out

    def json(self, *arguments: str, said: str | None = "") -> Any:
        """What a command prints, as JSON."""
        return json.loads(self(*arguments, "--json", said=said))

    def process(self, *arguments: str) -> str:
        """As a person asks."""
        command = [sys.executable, "-m", "runner", *arguments]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True, timeout=120)
        assert done.stderr == ""
        return done.stdout
