"""The weekly retraining of docs/github.md, as it stands there: one run a week, however often the workflow starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk
from tests.github import weekly
from tests.github.server import REPOSITORY, TOKEN, GitHub, serving
from tests.github.workflows import parse

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process
JOB = "sales-weekly"
# It is the week that the test says.
DATE = '#!/bin/sh\n[ "$*" = "-u +%G-W%V" ] && echo "$WEEK"\n'


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving() as made:
        yield made


@pytest.fixture
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture
def sales(repo: Repo, hub: GitHub) -> Repo:
    """A repository with the example, and a trainer that is quick; its commit came with pull request 7."""
    repo.write(f"specs/jobs/{JOB}.yml.j2", weekly.template_text())
    repo.write("specs/environments/training.yml", "name: training\nimage: python:3.11\n")
    repo.write("src/main.py", "import sys\nprint('training on', sys.argv[-1])\n")
    repo.commit()
    commit = repo.git("rev-parse", "HEAD").strip()
    hub.open_pull(7, commit)
    hub.merge(7, commit)
    github = {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": hub.url, "GITHUB_TOKEN": TOKEN, "GITHUB_SHA": commit}
    repo.variables = repo.variables | github | {"GITHUB_EVENT_NAME": "schedule"}
    return repo


def start(repo: Repo, week: str) -> None:
    """The clock starts the workflow, and its last step runs."""
    *_, step = parse(weekly.workflow_text())["jobs"]["weekly"]["steps"]
    programs = repo.root.parent / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "date").write_text(DATE, "utf-8")
    (programs / "date").chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = repo.variables | {"PATH": path, "WEEK": week, "AML_TARGET": ""}
    bash = ["bash", "-e", "-c", step["run"]]
    done = subprocess.run(bash, cwd=repo.root, env=variables, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


def runs(at: Desk) -> dict[str, str]:
    """Every run of the job: live name -> status."""
    found = at.rest.list("jobs", listViewType="All")
    return {each["name"]: each["properties"]["status"] for each in found if each["name"].startswith(f"{JOB}-")}


@pytest.mark.slow
def test_one_run_a_week(sales: Repo, hub: GitHub, at: Desk) -> None:
    start(sales, "2026-W47")
    (first,) = runs(at)
    assert "inputs.week: 2026-W47 -> 2026-W48" in sales.aml("plan", "-V", "week=2026-W48").out
    start(sales, "2026-W48")
    (second,) = runs(at).keys() - {first}
    assert sales.aml("logs", second).out == "training on 2026-W48\n"
    assert {state for _, state in hub.states(sales.variables["GITHUB_SHA"])} == {"pending", "success"}
    assert hub.bodies(7) == [], "the pull request that brought the example hears nothing of it"

    sales.apply()  # a push to main: the week is none
    known = runs(at)
    assert len(known) == 3
    assert set(known.values()) == {"Completed"}
    start(sales, "2026-W48")  # once more, by hand
    assert runs(at) == known
