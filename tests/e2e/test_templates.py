"""Templates against a workspace: a matrix of runs, two targets of one workspace, and what `aml render` writes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from runner import engine
from runner.model.plan import Plan
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, apply, begin, desk, quiet

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process
MATRIX = "matrix: {boosting: [], learning_rate: []}"
FULL = "matrix: {boosting: [gbdt, dart], learning_rate: [0.1, 0.5]}"
RUNS = ["iris-dart-01", "iris-dart-05", "iris-gbdt-01", "iris-gbdt-05"]
TARGETS = """\
version: 1
project: {project}
external: [compute/parked]
default_target: one
targets:
  one: {allow_dirty: true, values: {rate: 0.5}}
  two: {allow_dirty: true, values: {rate: 0.5}}
"""
JOB = """\
command: echo ${{inputs.rate}}
environment: azureml:plain@latest
compute: azureml:parked
inputs: {rate: {{ vars.rate | default(values.rate) }}}
"""


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


def _plan(repo: Repo, at: Desk, target: str, **variables: float) -> tuple[engine.Session, Plan]:
    session = engine.open_session(repo.root, target, quiet, variables)
    vars(session).update(rest=at.rest, writer=at.writer)
    return session, engine.plan(session, quiet)


def _pending(made: Plan) -> list[str]:
    return [str(change.key) for change in made.pending]


def test_targets_of_one_workspace_share_runs_of_equal_content(tmp_path: Path, state: dict[str, str], at: Desk) -> None:
    repo = Repo(tmp_path / "repo", state)
    begin(repo, {"specs/project.yml": TARGETS, "specs/jobs/one.yml": "", "specs/jobs/by.yml.j2": JOB})
    session, made = _plan(repo, at, "one")
    assert "job/by" in _pending(made)
    apply(session, made)
    assert _pending(_plan(repo, at, "one")[1]) == []
    assert _pending(_plan(repo, at, "two")[1]) == [], "equal values, equal content"
    assert _pending(_plan(repo, at, "one", rate=0.5)[1]) == [], "given on the command line, it is the same"
    _, made = _plan(repo, at, "one", rate=0.7)
    (change,) = made.pending
    assert [(reason.field, reason.before, reason.after) for reason in change.reasons] == [("inputs.rate", 0.5, 0.7)]
    repo.edit("specs/project.yml", "two: {allow_dirty: true, values: {rate: 0.5}}", "two: {values: {rate: 0.9}}")
    assert _pending(_plan(repo, at, "one")[1]) == []
    assert _pending(_plan(repo, at, "two")[1]) == ["job/by"]


def test_the_matrix_of_this_repository(iris: Repo) -> None:
    assert "4 specs are valid" in iris.aml("validate").out
    iris.edit("specs/project.yml", MATRIX, FULL)
    assert "8 specs are valid" in iris.aml("validate").out
    changes = json.loads(iris.aml("plan", "--json", "iris-*").out)["resource_changes"]
    planned = {change["name"]: change for change in changes if change["action"] == "run"}
    assert set(RUNS) <= planned.keys()
    assert planned["iris-dart-05"]["spec"] == {"path": "specs/jobs/iris-matrix.yml.j2", "line": 6}
    assert len({change["digest"] for change in planned.values()}) == len(planned)


@pytest.mark.slow
def test_one_of_the_matrix_is_trained(iris: Repo) -> None:
    iris.edit("specs/project.yml", MATRIX, FULL)
    done = json.loads(iris.apply("--json", "iris-dart-05").out)
    run = done["results"][-1]
    assert (run["address"], run["run"]["status"]) == ("job/iris-dart-05", "Completed")
    assert "test-multi_logloss" in run["run"]["metrics"]
    assert "No changes." in iris.aml("plan", "iris-dart-05").out


def test_what_is_rendered_needs_nothing_of_ours(iris: Repo, tmp_path: Path) -> None:
    """Pinned files load with the SDK as they are."""
    iris.edit("specs/project.yml", MATRIX, FULL)
    out = tmp_path / "out"
    said = iris.aml("render", "--pinned", "--out", str(out)).err
    assert said == f"8 files written to {out}.\n"
    assert sorted(path.stem for path in (out / "jobs").iterdir()) == [*RUNS, "iris-train"]
    job = yaml.safe_load((out / "jobs/iris-dart-05.yml").read_text())
    data = yaml.safe_load((out / "data/iris.yml").read_text())
    assert job["inputs"]["iris_csv"]["path"] == f"azureml:iris:{data['version']}"
    assert (out / "jobs" / job["code"] / "main.py").is_file()
    loads = (
        "import sys; from azure.ai.ml import load_job; print(load_job(sys.argv[1])._build_inputs()['learning_rate'])"
    )
    command = [sys.executable, "-W", "ignore", "-c", loads, str(out / "jobs/iris-dart-05.yml")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0.5\n"
