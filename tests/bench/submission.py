"""From an accepted submission to the first line of the user's process, once the environment is cached."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests.bench.measure import Figure

_SPECS = {
    "project.yml": "version: 1\nproject: bench\n",
    "environments/plain.yml": "name: plain\nimage: python:3.11\n",
    "jobs/clock.yml": (
        "name: clock\ninputs: {turn: 0}\nenvironment: azureml:plain@latest\n"
        "command: python -c 'import time; print(time.time())' ${{inputs.turn}}\n"
    ),
}


def figure(runs: int = 5) -> Figure:
    """The median over runs that differ in an input; the first one, which builds the environment, is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        variables = os.environ | {"AML_STATE_DIR": str(root / "state")}
        for name, text in _SPECS.items():
            path = root / "specs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        try:
            waits = sorted([_one(root, variables, turn) for turn in range(runs + 1)][1:])
        finally:
            _aml(root, variables, "workspace", "stop")
    middle = waits[len(waits) // 2]
    return Figure("submission to first line", middle, 1.0, "s", f"{runs} runs, {waits[0]:.2f} to {waits[-1]:.2f} s")


def _one(root: Path, variables: dict[str, str], turn: int) -> float:
    job = root / "specs/jobs/clock.yml"
    job.write_text(_SPECS["jobs/clock.yml"].replace("turn: 0", f"turn: {turn}"), "utf-8")
    _aml(root, variables, "apply", "--auto-approve", "--wait")
    status = json.loads(_aml(root, variables, "status", "--json", "job/clock"))
    run = next(item for item in status["resources"] if item["kind"] == "job")["run"]
    accepted = datetime.fromisoformat(run["created_at"]).timestamp()
    return float(_aml(root, variables, "logs", "clock").split()[0]) - accepted


def _aml(root: Path, variables: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "runner", *arguments]
    return subprocess.run(command, cwd=root, env=variables, check=True, capture_output=True, text=True).stdout
