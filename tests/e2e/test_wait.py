"""`aml wait`: runs that somebody submitted and left are followed to their end, and the ledger hears of it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runner.git.ledger import read
from runner.git.repository import Repository
from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e
JOB = """\
name: {name}
command: {command}
environment:
  image: python:3.11
"""


def job(repo: Repo, name: str, command: str) -> None:
    repo.write(f"specs/jobs/{name}.yml", JOB.format(name=name, command=command))


def ended(repo: Repo) -> dict[str, str]:
    """How jobs ended, by the ledger."""
    found = read(Repository(repo.root)).entries
    return {entry.key.name: entry.status for entry in found if entry.action == "finish"}


def waited(repo: Repo, door: Path) -> tuple[int, str, str]:
    """Waits for every run that is under way; the door is opened once it is known which these are."""
    command, pipe = [sys.executable, "-m", "runner", "wait", "--json"], subprocess.PIPE
    with subprocess.Popen(command, cwd=repo.root, env=repo.variables, stdout=pipe, stderr=pipe, text=True) as started:
        assert started.stderr is not None
        heard = next(line for line in started.stderr if line.startswith("job/"))
        door.touch()
        out, err = started.communicate(timeout=120)
    return started.returncode, out, heard + err


def test_wait(repo: Repo, tmp_path: Path) -> None:
    door = tmp_path / "door"
    closed = f"while [ ! -e {door} ]; do sleep 0.1; done"
    job(repo, "good", f'{closed}; echo "all is well"')
    job(repo, "bad", f"{closed}; exit 3")
    repo.commit()
    repo.aml("apply", "--auto-approve")
    assert ended(repo) == {}
    code, out, err = waited(repo, door)
    assert code == 1
    results = {each["address"]: each for each in json.loads(out)["results"]}
    assert {key: each["run"]["status"] for key, each in results.items()} == {
        "job/good": "Completed",
        "job/bad": "Failed",
    }
    assert "code 3" in results["job/bad"]["error"]
    assert "job/good | all is well" in err
    assert ended(repo) == {"good": "Completed", "bad": "Failed"}

    done = repo.aml("wait")
    assert (done.out, "No run is under way." in done.err) == ("", True)
    done = repo.aml("wait", "job/good", results["job/good"]["live_name"])
    assert done.out.splitlines()[0] == "job/good  Completed"
    assert done.out.count("job/good") == 1, "each run once"
    assert "all is well" not in done.err, "what is over is told without its log"
    assert repo.aml("wait", "good", "bad", code=1).out.count("  run ") == 2
    assert "no run of this project is called 'ugly'" in repo.aml("wait", "good", "ugly", code=1).err


def test_whoever_stops_waiting_stops_no_run(repo: Repo) -> None:
    job(repo, "long", 'echo "begun" && sleep 600')
    repo.commit()
    repo.aml("apply", "--auto-approve")
    command = [sys.executable, "-m", "runner", "wait"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=repo.root, env=repo.variables, stdout=pipe, stderr=pipe, text=True) as started:
        assert started.stderr is not None
        heard = next(line for line in started.stderr if "begun" in line)
        started.send_signal(signal.SIGINT)
        out, err = started.communicate(timeout=60)
    assert (heard, started.returncode) == ("job/long | begun\n", 130)
    assert out.splitlines()[0] == "job/long  Running"
    assert "Traceback" not in err
    assert ended(repo) == {}
    repo.aml("cancel", "long")
    repo.aml("wait", "long", code=1)
    assert ended(repo) == {"long": "Canceled"}
