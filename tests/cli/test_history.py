"""`aml history`, as it is called: in a clone, without any workspace."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from runner.git import notes
from runner.git.repository import Repository
from runner.model.ledger import Entry, line
from runner.report.history import sparkline
from tests.model.test_ledger import END, OUTCOME, RUN
from tests.repositories import Repo, git

PROJECT = "version: 1\nproject: iris\n"


def aml(repo: Repo, *arguments: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "runner", "history", *arguments]
    done = subprocess.run(command, cwd=repo.root, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stdout if code == 0 else done.stderr


def keep(repo: Repo, *entries: Entry) -> None:
    for entry in entries:
        notes.append(Repository(repo.root), {entry.commit: [line(entry)]})


@pytest.fixture
def project(repo: Repo) -> Repo:
    """A job that was trained, edited, trained again and squashed; and a compute."""
    repo.write("specs/project.yml", PROJECT)
    repo.write("specs/jobs/train.yml", "one\n")
    first = repo.commit("Begin | with *this*")
    repo.write("specs/jobs/train.yml", "two\n")
    repo.commit("Edit only")
    git(repo.root, "commit", "-q", "--amend", "--no-edit", "--date=2026-02-01T00:00:00Z")
    repo.write("specs/jobs/train.yml", "three\n")
    third = repo.commit("Try a lower rate")
    begun = replace(RUN, commit=first, spec="specs/jobs/train.yml:1", actor="ada", gates=("loss",))
    better = replace(begun, id="3", at="2026-03-01T00:00:00+00:00", commit=third, live_name="train-2", pull_request=7)
    outcome = replace(OUTCOME, status="Failed", metrics={"loss": 0.1})
    ended = replace(better, id="4", action="finish", status="Failed", run=outcome)
    cpu = replace(begun, id="5", address="compute/cpu", action="create", live_name="cpu", target="dev", dirty=True)
    keep(repo, begun, replace(END, commit=first), better, ended, cpu)
    return repo


def test_of_a_job(project: Repo) -> None:
    shown = aml(project, "train").splitlines()
    assert [each.split("  ")[2] for each in shown if each[:1].isalnum() and not each.startswith("job")] == [
        "Try a lower rate",
        "Edit only",
        "Begin | with *this*",
    ]
    assert "  > job/train  train-2 Failed in 2 min 30 s" in shown
    assert "      prod, 2026-03-01 00:00, ada, #7" in shown
    assert "  not applied, as far as the ledger knows" in shown
    assert shown[-1] == "job/train loss  █▁  0.1"
    assert max(map(len, shown)) <= 80


def test_of_all_and_of_a_target(project: Repo) -> None:
    assert "  + compute/cpu  create cpu" in aml(project).splitlines()
    dev = aml(project, "--target", "dev")
    assert "with edits that are in no commit" in dev
    assert "job/train" not in dev


def test_of_a_commit_also_of_one_that_is_gone(project: Repo) -> None:
    assert "train-2" in aml(project, "--commit", "HEAD")
    assert "train-2" not in aml(project, "--commit", "HEAD^^")
    keep_on = git(project.root, "rev-parse", "HEAD")
    gone = replace(RUN, id="9", commit="9" * 40, live_name="train-9")
    notes.append(Repository(project.root), {keep_on: [line(gone)]})
    assert "train-9" in aml(project, "--commit", "9999999")
    assert "no commit is called 'gone'" in aml(project, "--commit", "gone", code=1)
    assert "no commit is called '--all'" in aml(project, "--commit=--all", code=1)


def test_documents(project: Repo) -> None:
    found = json.loads(aml(project, "train", "--json"))
    assert [len(step["entries"]) for step in found["steps"]] == [1, 0, 1]
    rows = list(csv.DictReader(io.StringIO(aml(project, "train", "--csv"))))
    assert [row["metrics.loss"] for row in rows] == ["0.25", "0.1"]


def test_as_markdown(project: Repo) -> None:
    first, *_, last = aml(project, "train", "--format", "markdown").splitlines()
    assert first == "| commit | when | what | how it went | by |"
    assert last == "| `job/train loss` | █▁ | 0.1 |"
    shown = aml(project, "train", "--format", "markdown")
    assert "Begin `\\|` with `*this*`" in shown, "nothing in it is taken for Markdown"
    assert all(line.replace("\\|", "").count("|") in {4, 6} for line in shown.splitlines() if line)


def test_a_key_that_nobody_knows(project: Repo) -> None:
    assert "nothing matches 'tran'" in aml(project, "tran", code=1)


def test_without_a_ledger(repo: Repo) -> None:
    repo.write("specs/project.yml", PROJECT)
    assert aml(repo) == ""


def test_commits_that_are_gone(project: Repo) -> None:
    keep(project, replace(RUN, id="9", commit="e" * 40, live_name="train-9"))
    assert "eeeeeeeeee" in aml(project, "job/train")
    assert "(this commit is not in this clone)" in aml(project, "job/train")
    assert len(git(project.root, "notes", "--ref=aml", "list").split("\n")) == 2


@pytest.mark.parametrize(
    ("values", "bars"),
    [([1], "▄"), ([1, 1], "▄▄"), ([0, 0.5, 1], "▁▅█"), ([-1, 1e300], "▁█"), ([0, 1] * 50, "▁█" * 20)],
)
def test_sparklines(values: list[float], bars: str) -> None:
    assert sparkline(values) == bars
