"""`aml reproduce`, as it is called: in a clone, without any workspace."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.comparing.desk import Desk
from tests.repositories import Repo


def aml(repo: Repo, *arguments: str, code: int = 0) -> tuple[list[str], str]:
    command = [sys.executable, "-m", "runner", "reproduce", *arguments]
    done = subprocess.run(command, cwd=repo.root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stdout.splitlines(), done.stderr


@pytest.fixture
def desk(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """A job that was trained, and edited since; the embedded workspace was never started."""
    monkeypatch.setenv("AML_STATE_DIR", str(tmp_path / "state"))
    made = Desk(repo)
    made.trained(made.first)
    made.commit({"conda.yml": "dependencies: [python=3.12, pip, {pip: [lightgbm]}]\n"})
    return made


def test_for_people(desk: Desk, tmp_path: Path) -> None:
    shown, said = aml(desk.repo, "train")
    digest = desk.job(desk.first).digest
    assert shown[0] == f"job/train  train-{digest[:6]}"
    assert shown[1] == "  run        Completed, on local, as the ledger says"
    assert shown[2].startswith(f"  commit     {desk.first[:10]}  ")
    assert shown[3] == f"  digest     {digest[:12]}: the commit gives it again"
    assert shown[4].endswith(" gives another")
    assert shown[5].startswith("               environment: conda.yml changed (")
    assert [line.rpartition(" (")[0].strip() for line in shown[6:9]] == [
        "packages.lightgbm: (none) -> any",
        "packages.pip: (none) -> any",
        "packages.python: =3.11 -> =3.12",
    ]
    assert shown[9:] == [
        "  floating   environment/env image: x:1",
        "               what it stood for is not recorded",
        "  packages   python =3.11: no exact version, and which one the run had is not",
        "             known",
    ]
    assert max(map(len, shown)) <= 80
    assert "the workspace could not be asked: the embedded workspace is stopped" in said
    assert not (tmp_path / "state" / "endpoint.json").exists()


def test_one_that_cannot_be_had_again(desk: Desk) -> None:
    desk.trained(desk.first, live_name="other", digest="9" * 64, dirty=True, parts={"command": "0"})
    shown, said = aml(desk.repo, "other", "--offline", code=1)
    assert shown[3:5] == [
        "  digest     999999999999: the commit does not give it again",
        "               it was submitted with edits that are in no commit",
    ]
    assert "               command: changed" in shown
    assert "the workspace was not asked (--offline)" in said


def test_as_json(desk: Desk) -> None:
    shown, _ = aml(desk.repo, "job/train", "--json", "--offline")
    found = json.loads("\n".join(shown))
    assert (found["reproduced"], found["now"]["same"], found["again"]) == (True, False, None)
    assert found["run"]["digest"] == desk.job(desk.first).digest
    assert found["packages"] == [{"name": "python", "stated": "=3.11", "before": ""}]


def test_what_it_refuses(desk: Desk) -> None:
    assert "error: the ledger knows no run, job or model version 'nope'" in aml(desk.repo, "nope", code=1)[1]
    assert "--run and --offline exclude each other" in aml(desk.repo, "train", "--run", "--offline", code=1)[1]
    desk.trained(desk.first, live_name="other", digest="9" * 64)
    shown, said = aml(desk.repo, "other", "--run", "--auto-approve", code=1)
    assert "the commit does not give it again" in shown[3]
    assert "connecting" not in said, "what cannot be had again is not trained"
