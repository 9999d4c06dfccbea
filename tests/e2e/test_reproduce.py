"""Runs that are trained again from their commits, beside what is live."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.git.ledger import read
from runner.git.repository import Repository
from tests.e2e.conftest import Repo
from tests.e2e.test_diff import CODE, SPEC

pytestmark = pytest.mark.e2e
JOB = "specs/jobs/again-train.yml"
CLUSTER = "name: again-cpu\ntype: amlcompute\nsize: Standard_DS11_v2\nmax_instances: {most}\n"


def reproduce(repo: Repo, *arguments: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(repo.aml("reproduce", *arguments, "--json", code=code).out)
    return found


def test_a_run_trained_again(repo: Repo) -> None:
    repo.write(JOB, f"{SPEC}compute: azureml:again-cpu\n")
    repo.write("specs/compute/again-cpu.yml", CLUSTER.format(most=1))
    repo.write("src/train.py", CODE)
    repo.commit("begin")
    first = repo.git("rev-parse", "HEAD").strip()
    repo.apply()
    repo.write("specs/compute/again-cpu.yml", CLUSTER.format(most=2))
    repo.edit(JOB, "rate: 0.5", "rate: 0.75")
    repo.commit("Try a higher rate, on more nodes")
    repo.apply()
    run = next(entry.live_name for entry in read(Repository(repo.root)).entries if entry.address == "job/again-train")

    done = repo.aml("reproduce", run, "--run", code=1)
    assert "there is nobody to ask" in done.err
    found = reproduce(repo, run, "--run", "--auto-approve")
    assert (found["reproduced"], found["now"]["same"]) == (True, False)
    assert found["again"]["live_name"] == f"{run}-a2"
    assert (found["again"]["status"], found["again"]["within"]) == ("Completed", True)
    assert found["again"]["metrics"] == [{"name": "loss", "before": 0.5, "after": 0.5}]
    assert repo.aml("plan").out == "No changes.\n", "the cluster is as the second commit made it"

    last = [entry for entry in read(Repository(repo.root)).entries if entry.live_name == f"{run}-a2"]
    assert [(entry.action, entry.commit, entry.status) for entry in last] == [
        ("run", first, "done"),
        ("finish", first, "Completed"),
    ]
    assert last[0].uses["compute"] == "compute/again-cpu"
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.slow
def test_one_whose_metrics_are_drawn(repo: Repo) -> None:
    repo.edit("specs/project.yml", "version: 1", "version: 1\ntargets: {local: {}, other: {}}")
    repo.write("specs/jobs/drawn-train.yml", SPEC)
    repo.write("src/train.py", f"{CODE}\nimport random\nmlflow.log_metric('luck', 1 + random.random())\n")
    repo.commit("begin")
    repo.apply()
    done = repo.aml("reproduce", "drawn-train", "--run", "--auto-approve", code=1)
    assert done.out.endswith("The metrics are not the same within 1e-06.\n")
    elsewhere = reproduce(repo, "drawn-train", "--run", "--auto-approve", "--tolerance", "1", "-t", "other")
    assert elsewhere["again"]["within"]
    assert elsewhere["again"]["target"] == "other"
    assert repo.aml("plan").out == "No changes.\n"


@pytest.mark.slow
def test_in_a_workspace_that_lost_everything(repo: Repo, tmp_path: Path) -> None:
    """What the ledger and the commit hold is enough."""
    repo.write("specs/jobs/lost-train.yml", SPEC)
    repo.write("src/train.py", CODE)
    repo.commit("begin")
    repo.apply()
    run = read(Repository(repo.root)).entries[0].live_name
    elsewhere = Repo(repo.root, repo.variables | {"AML_STATE_DIR": str(tmp_path / "state")})
    online = Repo(repo.root, {name: value for name, value in elsewhere.variables.items() if "PROXY" not in name})
    online.aml("workspace", "start")  # it needs the package index, to build environments
    try:
        found = reproduce(elsewhere, "lost-train", "--run", "--auto-approve")
        assert found["again"]["live_name"] == run
        assert found["again"]["metrics"] == [{"name": "loss", "before": 0.5, "after": 0.5}]
    finally:
        elsewhere.aml("workspace", "stop")


@pytest.mark.slow
def test_the_first_run_of_the_demo(iris: Repo) -> None:
    iris.apply()
    found = reproduce(iris, "iris-train", "--run", "--auto-approve")
    assert (found["reproduced"], found["now"]["same"], found["again"]["within"]) == (True, True, True)
    assert len(found["again"]["metrics"]) == 3
    assert found["again"]["packages"] == []
    (label,) = found["floating"]
    assert label["before"] == label["now"] != ""


@pytest.mark.slow
def test_an_edit_of_a_conda_file(iris: Repo) -> None:
    iris.edit("specs/jobs/iris-train.yml", "azureml:AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu", "azureml:lightgbm-env")
    iris.commit("Train in our own environment")
    iris.apply()
    iris.edit("specs/environments/lightgbm-env.conda.yml", "lightgbm>=4.5,<5", "lightgbm>=4.6,<5")
    iris.commit("A newer LightGBM")
    commit = iris.git("rev-parse", "HEAD").strip()
    found = reproduce(iris, "iris-train")
    assert found["reproduced"]
    file, package = found["now"]["moved"]
    assert (file["field"], file["commit"]) == ("environment", commit)
    assert file["file"] == "specs/environments/lightgbm-env.conda.yml"
    told = {"field": "packages.lightgbm", "before": ">=4.5,<5", "after": ">=4.6,<5", "file": "", "commit": commit}
    assert package == told
    had = {each["name"]: each["before"] for each in found["packages"]}
    assert had["lightgbm"].startswith("4.")
    assert had["scikit-learn"].startswith("1.")
