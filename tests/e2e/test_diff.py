"""Two commits whose contents really ran: the same answer from the ledger, and from the workspace without one."""

import json
from typing import Any

import pytest

from runner.git import notes
from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e
JOB = "specs/jobs/diff-train.yml"
SPEC = """\
command: python train.py ${{inputs.rate}}
code: ../../src
environment:
  image: python:3.11
  conda_file: {dependencies: [python=3.11, pip: [mlflow-skinny]]}
inputs: {rate: 0.5}
"""
CODE = """\
import sys

import mlflow

rate = float(sys.argv[1])
mlflow.log_param("rate", rate)
mlflow.log_metric("loss", 1 - rate)
"""


def diff(repo: Repo, *arguments: str) -> tuple[dict[str, Any], str]:
    done = repo.aml("diff", "HEAD~1..HEAD", "--json", *arguments)
    return json.loads(done.out), done.err


@pytest.mark.slow
def test_two_that_ran(repo: Repo) -> None:
    repo.write(JOB, SPEC)
    repo.write("src/train.py", CODE)
    repo.commit("begin")
    repo.apply()
    repo.edit(JOB, "rate: 0.5", "rate: 0.75")
    repo.commit("Try a higher rate")
    repo.apply()

    found, said = diff(repo)
    (job,) = found["jobs"]
    assert [side["status"] for side in (job["base"], job["head"])] == ["Completed"] * 2
    assert [side["known_from"] for side in (job["base"], job["head"])] == ["ledger"] * 2
    assert job["metrics"] == [{"name": "loss", "before": 0.5, "after": 0.25}]
    assert job["parameters"] == [{"name": "rate", "before": "0.5", "after": "0.75"}]
    head = repo.git("rev-parse", "HEAD").strip()
    assert job["spec"] == [{"field": "inputs.rate", "before": 0.5, "after": 0.75, "file": "", "commit": head}]
    assert "the workspace was asked" not in said

    repo.git("update-ref", "-d", notes.REF)
    without, said = diff(repo)
    assert [side.pop("known_from") for side in (without["jobs"][0]["base"], without["jobs"][0]["head"])] == [
        "workspace"
    ] * 2
    for side in ("base", "head"):
        job[side].pop("known_from")
    assert without["jobs"] == found["jobs"]
    assert "the workspace was asked for what the ledger does not know: job/diff-train" in said

    offline, said = diff(repo, "--offline")
    assert offline["jobs"][0]["metrics"] == []
    assert any(each.startswith("job/diff-train at ") for each in offline["unknown"])
    assert any(each.startswith("there is no ledger in this clone") for each in offline["unknown"])
    assert "the workspace was not asked (--offline)" in said
