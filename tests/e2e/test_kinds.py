"""A project with every kind of resource: applied to the end, and what an edit of each brings about."""

import json

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import desk

pytestmark = pytest.mark.e2e

PLAIN = "specs/environments/plain.yml"
FILES = {
    "specs/compute/cpu.yml": """\
name: kinds-cpu
type: amlcompute
size: Standard_DS11_v2
max_instances: 2
""",
    "specs/compute/bench.yml": """\
name: kinds-bench
type: computeinstance
size: Standard_DS11_v2
""",
    "specs/datastores/lake.yml": """\
name: kinds_lake
type: azure_blob
account_name: devstore
container_name: lake
description: Deep
credentials: {account_key: "{{ env.AML_SECRET_LAKE }}"}
""",
    PLAIN: """\
name: kinds-plain
description: Plain
image: python:3.11
""",
    "specs/data/numbers.yml": """\
name: kinds-numbers
type: uri_file
path: ../../numbers.csv
""",
    "numbers.csv": "1\n2\n3\n",
    "specs/models/weights.yml": """\
name: kinds-weights
path: ../../weights
""",
    "weights/w.txt": "0.5\n",
    "specs/components/adder.yml": """\
name: kinds_adder
type: command
inputs:
  a: {type: number}
outputs:
  sum: {type: uri_folder}
code: ../../src
command: python add.py ${{inputs.a}} ${{outputs.sum}}
environment: azureml:kinds-plain@latest
""",
    "src/add.py": """\
import pathlib
import sys

folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
(folder / "sum.txt").write_text(sys.argv[1])
""",
    "specs/jobs/one.yml": """\
command: cat ${{inputs.numbers}} ${{inputs.weights}}/w.txt
environment: azureml:kinds-plain@latest
compute: azureml:kinds-bench
inputs:
  numbers: {type: uri_file, path: "azureml:kinds-numbers@latest"}
  weights: {type: custom_model, path: "azureml:kinds-weights@latest"}
""",
    "specs/jobs/hunt.yml": """\
type: sweep
trial:
  command: python -c "import mlflow; mlflow.log_metric('score', ${{search_space.x}})"
  environment: {image: "python:3.11", conda_file: {dependencies: [python=3.11, pip: [mlflow-skinny]]}}
compute: azureml:kinds-bench
search_space:
  x: {type: choice, values: [1, 2]}
sampling_algorithm: grid
objective: {primary_metric: score, goal: maximize}
limits: {max_total_trials: 2, max_concurrent_trials: 2}
""",
    "specs/jobs/pipe.yml": """\
type: pipeline
settings:
  default_compute: azureml:kinds-bench
jobs:
  add:
    component: azureml:kinds_adder@latest
    inputs: {a: 4}
  show:
    component: ./show.yml
    inputs:
      sum: ${{parent.jobs.add.outputs.sum}}
""",
    "specs/jobs/show.yml": """\
type: command
inputs:
  sum: {type: uri_folder}
command: cat ${{inputs.sum}}/sum.txt
environment: azureml:kinds-plain@latest
""",
    "specs/components/scorer.yml": """\
name: kinds_scorer
type: parallel
inputs:
  rows: {type: uri_folder, mode: eval_mount}
outputs:
  scores: {type: uri_file, mode: rw_mount}
input_data: ${{inputs.rows}}
mini_batch_size: "1"
resources: {instance_count: 1}
task:
  type: run_function
  code: ../../src
  entry_script: add.py
  environment: azureml:kinds-plain@latest
""",
    "specs/components/grinder.yml": """\
name: kinds_grinder
type: spark
code: ../../src
entry: {file: add.py}
conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 1, spark.executor.memory: 2g,
  spark.executor.instances: 1}
""",
    "specs/schedules/nightly.yml": """\
name: kinds-nightly
description: At night
trigger: {type: cron, expression: 0 3 * * *}
create_job: ../parts/nightly.yml
""",
    "specs/parts/nightly.yml": """\
type: pipeline
settings: {default_compute: azureml:kinds-bench}
jobs:
  add:
    component: azureml:kinds_adder@latest
    inputs: {a: 5}
""",
    "specs/connections/feed.yml": """\
name: kinds-feed
type: python_feed
target: https://feed.example
credentials: {type: pat, pat: "{{ env.AML_SECRET_LAKE }}"}
""",
}
CREATED = {
    "component/kinds_adder",
    "component/kinds_grinder",
    "component/kinds_scorer",
    "compute/kinds-bench",
    "compute/kinds-cpu",
    "connection/kinds-feed",
    "data/kinds-numbers",
    "datastore/kinds_lake",
    "environment/kinds-plain",
    "model/kinds-weights",
    "schedule/kinds-nightly",
}
JOBS = {"job/hunt", "job/one", "job/pipe"}
NEW_NIGHT = "~ schedule/kinds-nightly; create_job: changed"
NEW_ENVIRONMENT = "environment: azureml:kinds-plain:c* -> azureml:kinds-plain:c* (HEAD)"
CHANGED = f"{PLAIN} changed (HEAD)"
# What an edit of each kind brings about; the edits follow each other.
CASCADE = [
    ("specs/compute/cpu.yml", "max_instances: 2", "max_instances: 3", "~ compute/kinds-cpu; max_instances: 2 -> 3"),
    ("specs/datastores/lake.yml", "Deep", "Wide", "~ datastore/kinds_lake; description: Deep -> Wide"),
    (
        "specs/connections/feed.yml",
        "https://feed",
        "https://other",
        "~ connection/kinds-feed; target: https://feed.example -> https://other.example",
    ),
    ("specs/schedules/nightly.yml", "At night", "Late", "~ schedule/kinds-nightly; description: At night -> Late"),
    ("specs/parts/nightly.yml", "a: 5", "a: 6", NEW_NIGHT),
    (PLAIN, "Plain", "Bare", "~ environment/kinds-plain; description: Plain -> Bare"),
    (
        "numbers.csv",
        "3",
        "4",
        "+ data/kinds-numbers",
        "> job/one; inputs.numbers: azureml:kinds-numbers:c* -> azureml:kinds-numbers:c* (HEAD)",
    ),
    (
        "weights/w.txt",
        "0.5",
        "0.7",
        "+ model/kinds-weights",
        "> job/one; inputs.weights: azureml:kinds-weights:1 -> azureml:kinds-weights:2 (HEAD)",
    ),
    (
        "src/add.py",
        "mkdir(",
        "mkdir(mode=0o700, ",
        "+ component/kinds_grinder",
        "+ component/kinds_adder",
        "+ component/kinds_scorer",
        "> job/pipe; jobs.add.component: src/add.py changed (HEAD)",
        NEW_NIGHT,
    ),
    (
        "specs/jobs/show.yml",
        "command: cat",
        "command: cat -A",
        "> job/pipe; jobs.show.component.command: cat ${{inputs.sum}}/sum.txt -> cat -A ${{inputs.sum}}/sum.txt (HEAD)",
    ),
    ("specs/jobs/hunt.yml", "[1, 2]", "[2, 3]", "> job/hunt; search_space.x.values: [1, 2] -> [2, 3] (HEAD)"),
    (
        PLAIN,
        "3.11",
        "3.12",
        "+ environment/kinds-plain",
        "+ component/kinds_adder",
        "+ component/kinds_scorer",
        f"> job/one; {NEW_ENVIRONMENT}",
        f"> job/pipe; jobs.add.component: {CHANGED}; jobs.show.component.environment: {CHANGED}",
        NEW_NIGHT,
    ),
]


@pytest.mark.filterwarnings("ignore")  # the SDK's, which runs in our process
@pytest.mark.slow
def test_every_kind_is_applied_to_the_end_and_follows_its_edits(repo: Repo) -> None:
    for name, content in FILES.items():
        repo.write(name, content)
    repo.commit("everything")
    results = json.loads(repo.apply("--json").out)["results"]
    assert {result["address"] for result in results if result["action"] == "create"} == CREATED
    runs = {result["address"]: result["run"]["status"] for result in results if result["action"] == "run"}
    assert runs == dict.fromkeys(JOBS, "Completed")
    assert repo.aml("plan", "--detailed-exitcode").out == "No changes.\n"

    with desk(repo.variables) as at:
        with at.writer.open():  # what is submitted from here on waits
            at.writer._client.compute.begin_stop("kinds-bench").result()
        assert at.follow(repo) == []
        for name, old, new, *plan in CASCADE:
            repo.edit(name, old, new)
            repo.commit()
            assert at.follow(repo) == plan
            assert at.follow(repo) == []
