"""An apply that somebody stops says where things stand, and the next one goes on from there."""

import json
import signal
import subprocess
import sys

import pytest

from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e
COUNT = 40


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_the_next_apply_continues(repo: Repo, number: signal.Signals) -> None:
    specs = "---\n".join(f"name: {number.name.lower()}-{each}\nimage: python:3.11\n" for each in range(COUNT))
    repo.write("specs/environments/all.yml", specs)
    command = [sys.executable, "-m", "runner", "apply", "--auto-approve", "--json", "--parallelism", "2"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=repo.root, env=repo.variables, stdout=pipe, stderr=pipe, text=True) as started:
        assert started.stderr is not None
        heard = next(line for line in started.stderr if ": creating " in line)
        started.send_signal(number)
        out, err = started.communicate(timeout=120)
    assert heard
    assert started.returncode == 130
    assert "stopping: what is in flight is finished, nothing new begins; again to stop at once\n" in err
    assert "Traceback" not in err
    results = json.loads(out)["results"]
    statuses = [each["status"] for each in results]
    assert len(statuses) == COUNT
    assert set(statuses) == {"done", "skipped"}
    assert {each["because"] for each in results if each["status"] == "skipped"} == {"the apply was interrupted"}

    planned = repo.aml("plan").out
    assert f"Plan: {statuses.count('skipped')} to create" in planned
    repo.apply()
    assert repo.aml("plan").out == "No changes.\n"
