"""Schedules and connections: applied, edited in place, paused, started, pruned."""

import re
from collections.abc import Iterator

import pytest

from runner.azureml.collections import COLLECTION
from runner.engine import find_run
from runner.errors import ConfigError
from runner.live import read as live
from runner.model.keys import Kind
from runner.upkeep import unexplained
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk, quiet

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

NIGHTLY, STEP, FEED = "specs/schedules/nightly.yml", "specs/parts/nightly.yml", "specs/connections/feed.yml"
FILES = {
    "specs/project.yml": """\
version: 1
project: timed
external: [compute/parked]
targets: {local: {allow_dirty: true}}
""",
    "specs/environments/timed.yml": "name: timed-plain\nimage: python:3.11\n",
    NIGHTLY: """\
name: timed-nightly
description: Trains at night.
tags: {team: flowers}
trigger: {type: recurrence, frequency: day, interval: 1, start_time: "2040-01-01T03:00:00"}
create_job: ../parts/nightly.yml
""",
    "specs/schedules/hourly.yml": """\
name: timed-hourly
trigger: {type: cron, expression: 15 * * * *}
create_job:
  type: pipeline
  job: ../parts/nightly.yml
  inputs: {rate: 0.2}
""",
    STEP: """\
type: pipeline
inputs: {rate: 0.1}
settings: {default_compute: azureml:parked}
jobs:
  train:
    command: python main.py --rate ${{inputs.rate}}
    code: ../../src
    environment: azureml:timed-plain@latest
    inputs: {rate: "${{parent.inputs.rate}}"}
""",
    "src/main.py": "print('training')\n",
    FEED: """\
name: timed-feed
type: python_feed
target: https://feed.flowers.example
credentials: {type: pat, pat: "{{ env.AML_SECRET_LAKE }}"}
metadata: {team: flowers}
""",
    "specs/connections/api.yml": """\
name: timed-api
type: azure_open_ai
azure_endpoint: https://ai.flowers.example
api_key: "{{ env.AML_SECRET_LAKE }}"
""",
}


@pytest.fixture
def at(repo: Repo) -> Iterator[Desk]:
    """The engine on a repository with schedules and a connection, of which nothing stays behind."""
    with desk(repo.variables) as made:
        for name, content in FILES.items():
            repo.write(name, content)
        repo.commit("schedules")
        yield made
        with made.writer.open():
            for kind in (Kind.SCHEDULE, Kind.CONNECTION):
                for found in list(made.rest.list(COLLECTION[kind], listViewType="All")):
                    made.writer.delete(kind, found["name"])


def test_they_are_applied_and_edited_in_place(repo: Repo, at: Desk) -> None:
    created = [
        "+ connection/timed-api",
        "+ connection/timed-feed",
        "+ schedule/timed-hourly",
        "+ schedule/timed-nightly",
    ]
    assert [line for line in at.follow(repo) if "environment" not in line] == created
    assert at.follow(repo) == []
    kept = at.rest.get("schedules/timed-nightly")["properties"]
    job = kept["action"]["jobDefinition"]
    assert kept["tags"]["aml.key"] == "schedule/timed-nightly"
    assert job["tags"] == {"aml.schedule": "schedule/timed-nightly"}
    assert not [name for name in job["properties"] or {} if name.startswith("aml.")]
    assert at.rest.get("connections/timed-feed")["properties"]["credentials"] is None

    repo.edit(NIGHTLY, "interval: 1", "interval: 2")
    (line,) = at.follow(repo)
    assert line.startswith("~ schedule/timed-nightly; trigger: ")
    repo.edit(NIGHTLY, "at night", "by night")
    assert at.follow(repo) == ["~ schedule/timed-nightly; description: Trains at night. -> Trains by night."]
    repo.edit("src/main.py", "training", "learning")
    assert at.follow(repo) == [
        "~ schedule/timed-hourly; create_job: changed",
        "~ schedule/timed-nightly; create_job: changed",
    ]
    repo.edit(FEED, "feed.flowers", "packages.flowers")
    assert [line.partition(":")[0] for line in at.follow(repo)] == ["~ connection/timed-feed; target"]
    repo.edit(FEED, "team: flowers", "team: trees")
    assert [line.partition(":")[0] for line in at.follow(repo)] == ["~ connection/timed-feed; metadata"]
    assert at.follow(repo) == []


def test_a_paused_schedule_stays_paused_and_what_one_starts_is_explained(repo: Repo, at: Desk) -> None:
    at.follow(repo)
    with at.writer.open():
        started = at.writer._client.schedules.trigger("timed-hourly").job_name
        at.writer._client.schedules.begin_disable("timed-hourly").result()
    assert re.fullmatch(r"timed-hourly-\d{8}T\d{6}Z", started)
    session, made = at.plan(repo)
    assert not made.pending
    assert {change.state for change in made.changes if change.key.name == "timed-hourly"} == {"in sync, disabled"}
    repo.edit(STEP, "rate: 0.1", "rate: 0.3")
    assert at.follow(repo) == [
        "~ schedule/timed-hourly; create_job: changed",
        "~ schedule/timed-nightly; create_job: changed",
    ]
    assert live.schedules(at.rest)["timed-hourly"].state == "disabled"

    session = at.open(repo)
    assert f"job/{started}" not in {stray.address for stray in unexplained(session, quiet)[0]}
    with pytest.raises(ConfigError, match="no run of this project"):
        find_run(session, started)


def test_what_left_the_repository_is_disabled_and_deleted(repo: Repo, at: Desk) -> None:
    at.follow(repo)
    for name in (NIGHTLY, FEED):
        (repo.root / name).unlink()
    repo.edit("specs/project.yml", "allow_dirty: true", "allow_dirty: true, prune: true")
    assert at.follow(repo) == ["- schedule/timed-nightly", "- connection/timed-feed"]
    assert at.rest.get("schedules/timed-nightly") is None
    assert at.rest.get("connections/timed-feed") is None
    assert at.follow(repo) == []


def test_a_schedule_of_a_command_is_refused_in_the_plan(repo: Repo, at: Desk) -> None:
    repo.write("specs/parts/lonely.yml", "command: echo\nenvironment: azureml:timed-plain@latest\n")
    repo.write(
        "specs/schedules/lonely.yml",
        "name: timed-lonely\ntrigger: {type: cron, expression: 0 5 * * *}\ncreate_job: ../parts/lonely.yml\n",
    )
    words = "schedule/timed-lonely: create_job is a command job, and the SDK schedules pipelines only"
    assert [line for line in at.follow(repo) if words in line]


def test_what_is_not_embedded_is_planned_and_refused_in_one_line(repo: Repo) -> None:
    repo.write(
        "specs/jobs/spark.yml",
        "type: spark\ncode: ../../src\nentry: {file: main.py}\n"
        "resources: {instance_type: standard_e4s_v3, runtime_version: '3.4'}\n"
        "conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 1, "
        "spark.executor.memory: 2g, spark.executor.instances: 1}\n",
    )
    repo.write("src/main.py", "print('spark')\n")
    repo.write("specs/compute/attached.yml", "name: timed-k8s\ntype: kubernetes\nresource_id: /subscriptions/s/k\n")
    repo.commit("spark")
    assert "> job/spark" in repo.aml("plan").out
    done = repo.aml("apply", "--auto-approve", code=1)
    assert re.search(r"job/spark\b.*NotEmbedded", done.out + done.err)
    assert re.search(r"compute/timed-k8s\b.*NotEmbedded", done.out + done.err)
