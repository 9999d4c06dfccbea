"""A workspace that lived before aml: imported, adopted as it is, and from then on as if it had been made by aml."""

import json
from pathlib import Path

import pytest

from runner.azureml.connection import connect
from runner.azureml.rest import Rest
from tests.e2e.conftest import Repo
from tests.e2e.test_import import EXPECTED, files, lived_in  # noqa: F401 - a fixture

pytestmark = pytest.mark.e2e


def _repo(folder: Path, variables: dict[str, str], project: str) -> Repo:
    made = Repo(folder, variables)
    made.write("specs/project.yml", project)
    made.git("init", "-q", "-b", "main", ".")
    return made


def _runs(repo: Repo) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AML_STATE_DIR", repo.variables["AML_STATE_DIR"])
        return sorted(str(run["name"]) for run in Rest(connect("", "", "")).list("jobs", listViewType="All"))


def _actions(document: str) -> dict[str, str]:
    changes = json.loads(document)["resource_changes"]
    return {change["address"]: change["action"] for change in changes if change["action"] != "no-op"}


@pytest.mark.slow
def test_what_only_looks_the_same_is_not_adopted(tmp_path: Path, lived_in: dict[str, str]) -> None:  # noqa: F811
    repo = _repo(tmp_path / "others", lived_in, "version: 1\nproject: others\nexternal: ['*']\n")
    for name, content in files(EXPECTED).items():
        if name.startswith(("specs/jobs/first", "specs/environments/plain", "specs/code/")):
            repo.write(name, content)
    repo.write("specs/code/train/main.py", "print('training something else')\n")
    repo.edit("specs/environments/plain.yml", "image: ", "image: other/")
    refused = repo.aml("plan", "--adopt", code=1).err
    words = "cannot be adopted: its content differs in"
    assert f"job/first: {words} code, inputs.iris; use another name or version" in refused
    assert f"environment/plain: {words} image; use another name or version" in refused


@pytest.mark.slow
def test_what_was_imported_is_adopted_and_nothing_runs_again(
    tmp_path: Path,
    lived_in: dict[str, str],  # noqa: F811
) -> None:
    repo = _repo(tmp_path / "team", lived_in, "version: 1\nproject: team\n")
    repo.aml("import", "*")
    repo.commit("import")
    runs = _runs(repo)

    refused = repo.aml("plan", code=1).err
    assert refused.count("--adopt takes it over") == 10
    assert refused.count("--adopt counts it as the run of this job") == 4
    assert set(_actions(repo.aml("plan", "--adopt", "--json").out).values()) == {"adopt"}
    repo.aml("apply", "--adopt", "--auto-approve")
    assert repo.aml("plan", "--detailed-exitcode").out == "No changes.\n"
    assert _runs(repo) == runs
    repo.aml("status", "--strict")

    repo.edit("specs/jobs/first.yml", "SEED: '42'", "SEED: '43'")
    repo.edit("specs/environments/built.yml", "name: built\n", "name: built\ndescription: Built here.\n")
    repo.commit()
    assert _actions(repo.aml("plan", "--json").out) == {"environment/built": "update", "job/first": "run"}
    # Its build context is not uploaded again, to where the service would take it for another content.
    repo.aml("apply", "--auto-approve", "built")
    assert _actions(repo.aml("plan", "--json").out) == {"job/first": "run"}
