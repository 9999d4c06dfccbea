"""`aml status --strict`: which commit has what is live, through squashes, edits that nobody committed, and clones."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from runner.git import notes
from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e
JOB = "specs/jobs/train.yml"
ENVIRONMENT = "specs/environments/plain.yml"


def strays(repo: Repo) -> dict[str, str]:
    """What is not explained of a test's own: address -> why. Other tests may leave things of nobody's."""
    done = repo.aml("status", "--strict", "--json", code=None)
    document = json.loads(done.out)
    found = {each["address"]: each["why"] for each in document["unexplained"]}
    assert done.code == (1 if found else 0)
    return {address: why for address, why in found.items() if address.partition("/")[2].startswith(document["project"])}


@pytest.fixture
def applied(repo: Repo, request: pytest.FixtureRequest) -> Repo:
    """A project with an environment and a job, applied from its first commit."""
    name = request.node.name.replace("_", "-")
    repo.write("specs/project.yml", f"version: 1\nproject: {name}\ntargets: {{local: {{allow_dirty: true}}}}\n")
    repo.write(ENVIRONMENT, f"name: {name}-plain\nimage: python:3.11\n")
    repo.write(JOB, f"name: {name}-train\ncommand: echo 1\nenvironment: azureml:{name}-plain@latest\n")
    repo.commit()
    repo.aml("apply", "--auto-approve")
    return repo


def test_what_is_live_has_a_commit(applied: Repo, tmp_path: Path) -> None:
    assert strays(applied) == {}
    applied.git("switch", "-q", "-c", "try")
    applied.edit(JOB, "echo 1", "echo 2")
    applied.commit("try")
    applied.aml("apply", "--auto-approve")
    tried = applied.git("rev-parse", "--short=10", "HEAD").strip()
    applied.git("switch", "-q", "main")
    assert strays(applied) == {}, "on another branch, and in this clone"

    applied.git("merge", "-q", "--squash", "try")
    applied.commit("squashed")
    applied.aml("apply", "--auto-approve")
    applied.git("branch", "-q", "-D", "try")
    applied.git("reflog", "expire", "--expire=now", "--all")
    applied.git("gc", "-q", "--prune=now")
    applied.edit(JOB, "echo 2", "echo 3")
    applied.commit("go on")
    assert strays(applied) == {}, "the ledger has the content on the commit that squashed it"

    ledger = applied.git("rev-parse", notes.REF).strip()
    applied.git("update-ref", "-d", notes.REF)
    ((address, why),) = strays(applied).items()
    assert address.startswith("job/")
    assert why == f"its commit {tried} is not in this clone, nor in the ledger: git fetch what it was on"
    applied.git("update-ref", notes.REF, ledger)

    applied.git("clone", "-q", "--depth", "1", f"file://{applied.root}", str(tmp_path / "shallow"))
    shallow = replace(applied, root=tmp_path / "shallow")
    told = strays(shallow)
    assert {address.partition(":")[0] for address in told} >= {address}
    assert {why.partition(" is ")[2] for why in told.values()} == {
        "not in this shallow clone, nor in the ledger: git fetch --unshallow"
    }


def test_edits_that_nobody_committed(applied: Repo) -> None:
    applied.edit(ENVIRONMENT, "python:3.11", "python:3.12")
    applied.edit(JOB, "echo 1", "echo edited")
    applied.aml("apply", "--auto-approve")
    told = strays(applied)
    assert {address.partition("/")[0]: why for address, why in told.items()} == dict.fromkeys(
        ("environment", "job"), "applied with edits that are in no commit"
    )
    applied.commit("commit them")
    assert strays(applied) == {}
    applied.edit(JOB, "echo edited", "echo more")
    assert strays(applied).keys() == told.keys(), "what is checked out is no commit any more"
