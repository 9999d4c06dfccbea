"""`aml init` in an empty repository, and from there to a trained model without another thought."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e
JOB = "job/iris-train"


@pytest.fixture
def empty(tmp_path: Path, state: dict[str, str]) -> Repo:
    """A git repository with nothing in it."""
    (tmp_path / "flowers").mkdir()
    made = Repo(tmp_path / "flowers", state)
    made.git("init", "-q", "-b", "main", ".")
    return made


def test_from_nothing_to_a_trained_model(empty: Repo) -> None:
    begun = json.loads(empty.aml("init", "--json").out)
    assert (begun["project"], begun["in_git"], begun["kept"]) == ("flowers", True, [])
    assert empty.aml("validate").out == "4 specs are valid.\n"
    empty.commit("aml init")
    planned = json.loads(empty.aml("plan", "--json").out)
    assert {change["address"] for change in planned["resource_changes"]} > {JOB}
    empty.apply()
    status = json.loads(empty.aml("status", "--json").out)
    run = next(each["run"] for each in status["resources"] if each["address"] == JOB)
    assert run["status"] == "Completed"
    assert run["metrics"]["test-accuracy"] > 0.8
    assert empty.aml("plan").out == "No changes.\n"


def test_what_a_person_reads(empty: Repo) -> None:
    done = empty.aml("init", "there", "--no-example", "--project", "demo")
    assert done.out.splitlines() == [
        "written  .gitignore",
        "written  specs/.schema/project.json",
        "written  specs/project.yml",
    ]
    assert done.err.splitlines()[:3] == ["Project demo. Next:", f"  cd {empty.root / 'there'}", "  aml validate"]
    again = empty.aml("-C", "there", "init")
    assert again.out.splitlines() == [line.replace("written  ", "kept     ") for line in done.out.splitlines()]
