"""The main job, as `make demo` runs it, and what follows from the content deciding."""

import json

import pytest

from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e
JOB = "specs/jobs/iris-train.yml"


def test_the_main_job_trains_once_for_each_content(iris: Repo) -> None:
    first = json.loads(iris.apply("--json").out)
    run = first["results"][-1]
    assert [result["action"] for result in first["results"]] == ["create", "create", "create", "run"]
    assert run["run"]["status"] == "Completed"
    assert {"test-accuracy", "test-multi_logloss"} <= run["run"]["metrics"].keys()

    assert "No changes." in iris.aml("plan", "--detailed-exitcode").out
    again = iris.apply()
    assert "No changes." in again.out
    assert "submitting" not in again.err

    iris.edit(JOB, "learning_rate: 0.9", "learning_rate: 0.5")
    plan = iris.aml("plan", "--detailed-exitcode", code=2).out
    assert [line for line in plan.splitlines() if line.lstrip().startswith((">", "+", "~"))] == ["  > job/iris-train"]
    assert "inputs.learning_rate: 0.9 -> 0.5" in plan

    second = json.loads(iris.apply("--json").out)["results"]
    assert [result["live_name"] for result in second] != [run["live_name"]]
    assert second[0]["run"]["metrics"]["test-multi_logloss"] != run["run"]["metrics"]["test-multi_logloss"]

    iris.git("checkout", "-q", JOB)
    assert "No changes." in iris.aml("plan", "--detailed-exitcode").out
    explained = iris.aml("plan", "--explain").out
    assert f"satisfied by {run['live_name']}" in explained
    _edits_that_decide_nothing(iris)
    _a_byte_of_code(iris)


def _edits_that_decide_nothing(iris: Repo) -> None:
    path = iris.root / JOB
    kept = path.read_text("utf-8")
    path.write_text("# a comment\n" + kept, "utf-8")
    assert "No changes." in iris.aml("plan", "--detailed-exitcode").out
    head, _, rest = kept.partition("inputs:\n")
    path.write_text("inputs:\n" + rest.rstrip() + "\n" + head, "utf-8")
    assert "No changes." in iris.aml("plan", "--detailed-exitcode").out
    path.write_text(kept, "utf-8")


def _a_byte_of_code(iris: Repo) -> None:
    with (iris.root / "specs/jobs/src/main.py").open("a", encoding="utf-8") as script:
        script.write("#")
    plan = iris.aml("plan", "--detailed-exitcode", code=2).out
    assert "code: main.py changed" in plan
    assert "1 to run" in plan
