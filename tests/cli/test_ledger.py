"""`aml ledger`, as it is called: in a clone, without any workspace."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from runner.git import notes
from runner.git.repository import Repository
from runner.model.ledger import line
from tests.model.test_ledger import END, RUN
from tests.repositories import Repo, git


@pytest.fixture
def project(repo: Repo) -> Repo:
    repo.write("specs/project.yml", "version: 1\nproject: demo\n")
    repo.commit()
    return repo


def aml(project: Repo, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "runner", "ledger", *arguments]
    done = subprocess.run(command, cwd=project.root / "specs", capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done


def keep(project: Repo, *lines: str) -> None:
    head = git(project.root, "rev-parse", "HEAD")
    notes.append(Repository(project.root), {head: lines})


def test_there_is_none(project: Repo) -> None:
    for arguments in (["verify"], ["export"], ["export", "--csv"]):
        assert "there is no ledger in this clone" in aml(project, *arguments).stderr


def test_verify(project: Repo) -> None:
    here = replace(RUN, id="3", commit=git(project.root, "rev-parse", "HEAD"), live_name="train-2")
    keep(project, line(RUN), line(END), line(here))
    assert aml(project, "verify").stdout.splitlines() == [
        "entries  3",
        "commits  2; not in this clone: 1",
        "runs     1 that are over; how they ended is not known: 1",
        "damaged  0",
    ]
    keep(project, "\x1b[31mhello")
    done = aml(project, "verify", code=1)
    assert done.stdout.splitlines()[-1].endswith(", line 4: is no line of the ledger")


def test_verify_of_what_is_something_else(project: Repo) -> None:
    git(project.root, "symbolic-ref", notes.REF, "refs/heads/main")
    assert "refs/notes/aml is not what `git notes` makes" in aml(project, "verify", code=1).stderr


def test_export(project: Repo) -> None:
    keep(project, line(END), "hello", line(RUN))
    done = aml(project, "export")
    assert done.stdout == f"{line(RUN)}\n{line(END)}\n"
    assert "passed over: note on" in done.stderr
    assert [json.loads(each)["id"] for each in done.stdout.splitlines()] == ["1", "2"]


def test_export_as_a_table(project: Repo) -> None:
    keep(project, line(replace(RUN, error='=cmd()\x1b\n, "x"')), line(END))
    first, second = csv.DictReader(io.StringIO(aml(project, "export", "--csv").stdout))
    assert first["error"] == '\'=cmd()\ufffd\ufffd, "x"', "a spreadsheet calculates nothing"
    assert (first["run.status"], first["metrics.loss"], first["dirty"]) == ("", "", "")
    assert (second["run.seconds"], second["metrics.loss"], second["parameters.rate"]) == ("150.5", "0.25", "0.1")
