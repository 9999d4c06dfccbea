"""`aml diff`, as it is called: in a clone, without any workspace."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runner.model.contrast import Way
from tests.comparing.desk import FILES, Desk
from tests.repositories import Repo

TRAIN = "specs/jobs/train.yml"


def aml(repo: Repo, *arguments: str, code: int = 0) -> tuple[list[str], str]:
    command = [sys.executable, "-m", "runner", "diff", *arguments]
    done = subprocess.run(command, cwd=repo.root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stdout.splitlines(), done.stderr


@pytest.fixture
def desk(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """A job that was trained with two rates; the embedded workspace was never started."""
    monkeypatch.setenv("AML_STATE_DIR", str(tmp_path / "state"))
    made = Desk(repo)
    made.trained(made.first, loss=0.5)
    made.trained(made.commit({TRAIN: FILES[TRAIN].replace("0.5", "0.25")}), loss=0.25)
    return made


def test_for_people(desk: Desk) -> None:
    shown, said = aml(desk.repo, "HEAD~1..HEAD")
    assert shown[:2] == [f"base  {desk.first[:10]}  {shown[0][18:34]}  change", shown[1]]
    assert shown[3] == "job/train  changed"
    assert [line.split()[0] for line in shown[4:6]] == ["-", "+"]
    assert shown[6].startswith("      inputs.rate: 0.5 -> 0.25 (")
    assert shown[7:] == [
        "  parameters",
        "    loss-was  0.5 -> 0.25",
        "  metrics         before       after  change",
        "    loss             0.5        0.25  -0.25 (-50%)",
        "",
        "the same at both: job/steady",
    ]
    assert max(map(len, shown)) <= 80
    assert said == "reading the specs of both commits ...\n"


def test_the_same_job_when_it_is_asked_for(desk: Desk) -> None:
    shown, said = aml(desk.repo, "HEAD", "train")
    assert shown[3] == "job/train  the same"
    assert shown[4].startswith("  = train-")
    assert shown[5:] == ["  metrics", "    loss  0.25"]
    assert "asked" not in said


def test_as_markdown(desk: Desk) -> None:
    shown, _ = aml(desk.repo, "HEAD~1", "--format", "markdown")
    assert "### `job/train`: changed" in shown
    assert "| `loss` | 0.5 | 0.25 | -0.25 (-50%) |" in shown
    assert "| `loss-was` | `0.5` | `0.25` |" in shown


def test_as_json(desk: Desk) -> None:
    shown, _ = aml(desk.repo, "HEAD~1", "--json")
    found = json.loads("\n".join(shown))
    assert [(job["address"], job["change"]) for job in found["jobs"]] == [
        ("job/steady", Way.SAME),
        ("job/train", Way.CHANGED),
    ]
    assert found["jobs"][1]["metrics"] == [{"name": "loss", "before": 0.5, "after": 0.25}]
    assert found["jobs"][1]["head"]["known_from"] == "ledger"


def test_what_is_not_known_is_said_and_no_workspace_is_started(desk: Desk, tmp_path: Path) -> None:
    desk.commit({"src/main.py": "print(2)\n"})
    shown, said = aml(desk.repo, "HEAD~1")
    assert "  + no run of this content is known" in shown
    assert "job/train at " in said
    assert "the workspace could not be asked: the embedded workspace is stopped: aml workspace start starts it" in said
    assert not (tmp_path / "state" / "endpoint.json").exists()
    assert "the workspace was not asked (--offline)" in aml(desk.repo, "HEAD~1", "--offline")[1]


def test_a_revision_that_nobody_knows(desk: Desk) -> None:
    assert "error: git knows no commit by 'nope', and the ledger none either" in aml(desk.repo, "nope", code=1)[1]
