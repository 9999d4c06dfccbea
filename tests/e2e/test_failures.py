"""Jobs that do not end well: the right status, a reason a person understands, the log, and exit code 1."""

import json
from typing import Any

import pytest

from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e

SPECS = """\
name: plain
image: python:3.11
---
name: broken
image: python:3.11
conda_file: {dependencies: [python=3.11, pip: [no-such-package-we-hope==99.9]]}
"""
JOBS = """\
name: exit3
command: echo thinking; exit 3
environment: azureml:plain@latest
---
name: slow
command: echo slow; exec sleep 60
environment: azureml:plain@latest
limits: {timeout: 1}
---
name: nobuild
command: echo never
environment: azureml:broken@latest
---
name: noinput
command: cat ${{inputs.data}}
environment: azureml:plain@latest
inputs:
  data: {type: uri_file, path: azureml://datastores/workspaceblobstore/paths/not/there.csv}
---
name: canceled
command: echo canceled; exec sleep 60
environment: azureml:plain@latest
"""
EXPECTED = {
    "job/exit3": ("Failed", "exited with code 3"),
    "job/slow": ("Failed", "timed out after 1 s"),
    "job/nobuild": ("Failed", "no-such-package-we-hope"),
    "job/noinput": ("Failed", "not/there.csv does not exist"),
    "job/canceled": ("Canceled", "canceled"),
}


@pytest.mark.slow
def test_each_failure_says_why(repo: Repo) -> None:
    repo.write("specs/environments/environments.yml", SPECS)
    repo.write("specs/jobs/jobs.yml", JOBS)
    repo.aml("apply", "--auto-approve")
    repo.aml("cancel", "job/canceled")

    waited = repo.apply("--json", code=1)
    runs = {result["address"]: result["run"] for result in json.loads(waited.out)["results"]}
    _hold(runs)

    status = repo.aml("status", "--json")
    _hold({item["address"]: item["run"] for item in json.loads(status.out)["resources"] if "run" in item})
    text = repo.aml("status").out
    assert all(status in text and reason in text for status, reason in EXPECTED.values())

    assert "thinking" in repo.aml("logs", "exit3").out
    assert "slow" in repo.aml("logs", "slow", "--follow", code=1).out
    assert "no-such-package-we-hope" in repo.aml("logs", "nobuild", "--system").out

    retried = json.loads(repo.apply("--retry-failed", "exit3", "job/exit3", "--json", code=1).out)["results"]
    assert [result["live_name"][-3:] for result in retried] == ["-a2"]
    assert "No changes." in repo.aml("plan", "--detailed-exitcode").out


def _hold(runs: dict[str, Any]) -> None:
    found = {address: (run["status"], run["error"]) for address, run in runs.items()}
    assert found.keys() == EXPECTED.keys()
    for address, (status, reason) in EXPECTED.items():
        assert found[address][0] == status, found[address]
        assert reason in found[address][1], found[address]


def test_what_depends_on_a_failure_is_skipped(repo: Repo) -> None:
    # More nodes than the embedded workspace grants: the service's refusal, not ours.
    repo.write("specs/compute/c.yml", "name: huge\ntype: amlcompute\nsize: Standard_DS11_v2\nmax_instances: 900\n")
    repo.write("specs/environments/e.yml", "name: plain\nimage: python:3.11\n")
    repo.write(
        "specs/jobs/j.yml",
        "name: skipped\ncommand: echo\nenvironment: azureml:plain@latest\ncompute: azureml:huge\n",
    )
    done = repo.apply(code=1)
    assert "failed: compute/huge" in done.out
    assert "skipped: job/skipped: compute/huge did not succeed" in done.out
