"""`aml blame`, as it is called: in a clone, without any workspace."""

import json
import subprocess
import sys

import pytest

from runner.git import notes
from runner.git.repository import Repository
from runner.model.ledger import Entry, line
from tests.model.test_ledger import END, RUN
from tests.repositories import Repo


def aml(repo: Repo, *arguments: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "runner", "blame", *arguments]
    done = subprocess.run(command, cwd=repo.root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def project(repo: Repo) -> Repo:
    repo.write("specs/project.yml", "version: 1\nproject: iris\n")
    commit = repo.commit("Begin")
    entries: list[Entry] = [RUN, END]
    notes.append(Repository(repo.root), {commit: map(line, entries)})
    return repo


def test_a_run(project: Repo) -> None:
    assert aml(project, "train-0123").startswith("train-0123  Completed in 2 min 30 s\n  spec")
    assert aml(project, "train", "-t", "prod", "--format", "markdown").startswith("### `train-0123` Completed in 2 min")
    found = json.loads(aml(project, "job/train", "--json"))
    assert (found["lineage"]["name"], found["explained"]) == ("train-0123", False)
    assert found["lineage"]["entry"]["run"]["metrics"] == {"loss": 0.25, "steps": 12.0}


def test_what_nobody_knows_is_an_error_that_says_what_was_asked(project: Repo) -> None:
    said = aml(project, "train-9", "--offline", code=1)
    assert said == (
        "error: nothing is known of 'train-9'; the ledger does not tell all of train-9, and no workspace was asked; "
        "did you mean train or train-0123 or job/train?\n"
    )


def test_without_specs_or_outside_of_git(project: Repo, folder: Repo) -> None:
    (project.root / "specs/project.yml").unlink()
    assert aml(project, "train-0123").startswith("train-0123  Completed")
    (folder.root / ".git").rename(folder.root / "gone")
    assert "nothing is known of 'train-0123'" in aml(folder, "train-0123", code=1)
