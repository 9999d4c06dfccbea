"""What only reads sends no write, for every kind of resource: the workspace's own log of requests shows it."""

import json

import pytest

from runner.model.keys import Kind
from tests.e2e.conftest import Repo
from tests.e2e.people import requests

pytestmark = pytest.mark.e2e
ECHO = """\
command: echo hello > ${{outputs.out}}/hello
environment: azureml:plain@latest
outputs: {out: {type: uri_folder}}
"""
SPECS = {
    "compute/cpu.yml": "name: reads-only\ntype: amlcompute\nsize: Standard_DS3_v2\nmax_instances: 2\n",
    "environments/plain.yml": "name: plain\nimage: python:3.11\n",
    "data/rows.yml": "name: rows\ntype: uri_file\npath: rows.csv\n",
    "data/rows.csv": "1,2\n",
    "datastores/cold.yml": "name: cold\ntype: azure_blob\naccount_name: account\ncontainer_name: cold\n",
    "components/step.yml": "name: step\ntype: command\ncode: src\n" + ECHO,
    "components/src/step.txt": "code\n",
    "models/weights.yml": "name: weights\ntype: custom_model\npath: weights.bin\n",
    "models/weights.bin": "0101\n",
    "jobs/one.yml": "name: one\ncompute: azureml:reads-only\n" + ECHO,
    "jobs/search.yml": """\
type: sweep
name: search
trial:
  command: echo ${{search_space.rate}}
  environment: azureml:plain@latest
search_space: {rate: {type: choice, values: [1, 2]}}
sampling_algorithm: random
objective: {goal: maximize, primary_metric: score}
limits: {max_total_trials: 1, max_concurrent_trials: 1}
compute: azureml:reads-only
""",
    "jobs/steps.yml": """\
type: pipeline
name: steps
settings: {default_compute: azureml:reads-only}
jobs:
  first: {type: command, component: azureml:step@latest}
""",
    "schedules/nightly.yml": """\
name: nightly
trigger: {type: cron, expression: 0 3 * * *}
create_job: ../parts/nightly.yml
""",
    "parts/nightly.yml": """\
type: pipeline
settings: {default_compute: azureml:reads-only}
jobs:
  first: {type: command, component: azureml:step@latest}
""",
    "connections/feed.yml": """\
name: feed
type: python_feed
target: https://feed.example
credentials: {type: pat, pat: "{{ env.AML_SECRET_LAKE }}"}
""",
}


def _only_reads(repo: Repo, *commands: tuple[str, ...]) -> None:
    for command in commands:
        with requests(repo.variables) as asked:
            repo.aml(*command, code=None)
        assert asked or command == ("validate",), "the log was looked at in the right place"
        assert [request for request in asked if not request.startswith(("GET ", "HEAD "))] == [], command


@pytest.mark.slow
def test_plan_status_and_doctor_write_nothing(repo: Repo) -> None:
    for name, text in SPECS.items():
        repo.write(f"specs/{name}", text)
    repo.commit()
    planned = json.loads(repo.aml("plan", "--json").out)
    assert {change["kind"] for change in planned["resource_changes"]} == set(Kind)
    commands = [
        ("validate",),
        ("plan",),
        ("plan", "--json", "--explain"),
        ("status",),
        ("status", "--json"),
        ("doctor",),
    ]

    _only_reads(repo, *commands)  # nothing is there yet
    with requests(repo.variables) as asked:
        repo.apply()
    assert any(request.startswith("PUT ") for request in asked), "the log shows writes, too"
    _only_reads(repo, *commands)  # all is there
    repo.write("specs/data/rows.csv", "1,2,3\n")
    repo.edit("specs/compute/cpu.yml", "max_instances: 2", "max_instances: 3")
    _only_reads(repo, *commands)  # some of it differs
