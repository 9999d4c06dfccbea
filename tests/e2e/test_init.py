"""`aml init` in an empty repository, and from there to a trained model without another thought."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e
JOB = "job/iris-train"


@pytest.fixture
def empty(tmp_path: Path, state: dict[str, str]) -> Iterator[Repo]:
    """A git repository with nothing in it, and a workspace of its own: the example's names are other tests', too."""
    (tmp_path / "flowers").mkdir()
    made = Repo(tmp_path / "flowers", state | {"AML_STATE_DIR": str(tmp_path / "state")})
    made.git("init", "-q", "-b", "main", ".")
    connected = {name: value for name, value in made.variables.items() if name != "HTTPS_PROXY"}
    Repo(made.root, connected).aml("workspace", "start")  # it needs the package index, to build environments
    yield made
    made.aml("workspace", "stop")


@pytest.mark.slow
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


def test_what_a_person_reads(repo: Repo) -> None:
    (repo.root / "specs/project.yml").unlink()
    done = repo.aml("init", "there", "--no-example", "--project", "demo")
    assert done.out.splitlines() == [
        "written  .gitignore",
        "written  specs/.schema/project.json",
        "written  specs/project.yml",
    ]
    assert done.err.splitlines()[:3] == ["Project demo. Next:", f"  cd {repo.root / 'there'}", "  aml validate"]
    again = repo.aml("-C", "there", "init")
    assert again.out.splitlines() == [line.replace("written  ", "kept     ") for line in done.out.splitlines()]
