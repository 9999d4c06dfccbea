"""Specs, put by the SDK, read back and written again: what was sent comes back, for every field that decides."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from runner.model.keys import Kind
from runner.model.resource import DesiredState
from tests.desired.conftest import ACCEPTED
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, apply, desk
from tests.e2e.liveness import Live

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's warnings: it runs in our process

# What `accepted/` lacks, or says in a way that the embedded workspace does not take.
FILES: Mapping[str, str] = {
    "specs/project.yml": "version: 1\nproject: written\nexternal: [compute/parked, environment/env]\n",
    "specs/compute/cluster.yml": """\
name: wr-cluster
type: AmlCompute
size: Standard_DS11_v2
tier: low_priority
min_instances: 0
max_instances: 3
idle_time_before_scale_down: 300
description: d
tags: {t: u}
identity: {type: system_assigned}
ssh_public_access_enabled: true
ssh_settings: {admin_username: ada, ssh_key_value: ssh-rsa AAA}
network_settings: {vnet_name: v, subnet: s}
""",
    "specs/compute/plain.yml": "{name: wr-plain, type: amlcompute, size: Standard_DS11_v2}\n",
    "specs/compute/instance.yml": """\
name: wr-instance
type: computeinstance
size: Standard_DS11_v2
description: d
tags: {t: u}
idle_time_before_shutdown: PT30M
ssh_public_access_enabled: true
ssh_settings: {ssh_key_value: ssh-rsa AAA}
identity: {type: user_assigned, user_assigned_identities: [{resource_id: /subscriptions/s/resourceGroups/r/i}]}
create_on_behalf_of: {user_tenant_id: t, user_object_id: o}
enable_sso: false
enable_root_access: false
release_quota_on_stop: true
enable_os_patching: true
custom_applications:
  - name: app
    image: {reference: r}
    endpoints: [{target: 8787, published: 8787}]
    bind_mounts: [{source: /a, target: /b}]
    environment_variables: {A: b}
schedules:
  compute_start_stop:
    - {action: stop, state: enabled, trigger: {type: cron, expression: "0 18 * * *", time_zone: UTC}}
    - action: start
      state: disabled
      trigger:
        type: recurrence
        frequency: week
        interval: 1
        time_zone: UTC
        start_time: "2026-01-01T00:00:00"
        schedule: {hours: [8], minutes: [0], week_days: [monday]}
setup_scripts: {startup_script: {command: ls, timeout_minutes: 20, path: a.sh}}
""",
    "specs/environments/full.yml": """\
name: wr-full
version: "3"
description: d
tags: {a: b}
image: python:3.11
conda_file: {name: x, channels: [conda-forge], dependencies: [python=3.11, pip: [mlflow-skinny]]}
inference_config:
  liveness_route: {port: 5001, path: /live}
  readiness_route: {port: 5001, path: /ready}
  scoring_route: {port: 5001, path: /score}
""",
    "specs/environments/built.yml": "{name: wr-built, build: {path: ../../context, dockerfile_path: a/Dockerfile}}\n",
    "specs/environments/usual.yml": "{name: wr-usual, build: {path: ../../context, dockerfile_path: Dockerfile}}\n",
    "specs/environments/windows.yml": "{name: wr-windows, image: x, os_type: windows}\n",
    "context/Dockerfile": "FROM scratch\n",
    "context/a/Dockerfile": "FROM scratch\n",
    "specs/data/far.yml": "{name: wr-far, version: '1', properties: {p: q}, path: 'https://example.com/x/'}\n",
    "specs/data/table.yml": """\
{name: wr-table, type: mltable, path: azureml://datastores/workspaceblobstore/paths/t/}
""",
    "specs/jobs/command.yml": """\
type: command
display_name: d
experiment_name: e
description: d
tags: {a: b}
properties: {p: q}
command: python main.py ${{inputs.d}} ${{outputs.o}}
code: ../../src
environment: azureml:wr-full@latest
environment_variables: {A: b, N: 1}
compute: azureml:parked
inputs:
  d: {type: uri_folder, path: "azureml:wr-far@latest", mode: download}
  stored: {path: "azureml://datastores/workspaceblobstore/paths/x/", mode: ro_mount}
  half: 0.5
  whole: 3
  flag: true
  word: hello
  number_in_quotes: "0.50"
  words: "yes, and: no"
outputs:
  o: {type: uri_folder, mode: upload, path: "azureml://datastores/workspaceblobstore/paths/y/"}
  named: {type: uri_folder, name: out, version: "7"}
  by_run: {path: "azureml://datastores/workspaceblobstore/paths/runs/${{name}}/x"}
  usual: {type: uri_file, mode: rw_mount}
limits: {timeout: 3600}
resources:
  instance_count: 1
  instance_type: X
  shm_size: 4g
  docker_args: --init
  properties: {singularity: {x: y}}
distribution: {type: pytorch, process_count_per_instance: 2}
identity: {type: managed, client_id: c}
queue_settings: {job_tier: standard, priority: medium}
""",
    "specs/jobs/inline.yml": """\
command: echo
compute: azureml:parked
environment: {image: x, conda_file: {dependencies: [python]}}
distribution: {type: mpi, process_count_per_instance: 1}
identity: {type: user_identity}
""",
    "specs/jobs/registry.yml": """\
command: echo
compute: parked
environment: azureml://registries/azureml/environments/sklearn-1.5/versions/1
distribution: {type: tensorflow, worker_count: 1, parameter_server_count: 0}
identity: {type: aml_token}
""",
    "specs/jobs/pipeline.yml": """\
type: pipeline
properties: {p: q}
compute: azureml:parked
settings:
  default_compute: azureml:parked
  default_datastore: azureml:workspaceblobstore
  continue_on_step_failure: true
  force_rerun: false
identity: {type: user_identity}
inputs:
  raw: {type: uri_folder, path: azureml://datastores/workspaceblobstore/paths/raw}
  base: {type: custom_model, path: azureml://datastores/workspaceblobstore/paths/m}
  nodes: 2
outputs:
  best: {type: mlflow_model, mode: upload}
jobs:
  by_name:
    component: azureml:step@latest
    inputs: {data: {type: uri_folder, path: "${{parent.inputs.raw}}", mode: download}, rate: 0.5}
    outputs: {model: "${{parent.outputs.best}}"}
    comment: c
    limits: {timeout: "${{parent.inputs.nodes}}"}
    environment_variables: {A: b}
    identity: {type: aml_token}
  by_file:
    type: command
    component: ../parts/step.yml
    inputs: {data: {path: "${{parent.jobs.by_name.outputs.model}}"}}
    outputs: {model: }
    limits: {timeout: 60}
    compute: azureml:parked
    resources: {instance_count: 1, shm_size: 4g}
  in_place:
    type: command
    component:
      type: command
      inputs: {x: {type: integer, default: 0}, flag: {type: boolean, default: false}}
      command: echo ${{inputs.x}}
      environment: {image: x, conda_file: ../../src/conda.yml}
      code: ../../src
      is_deterministic: false
    inputs: {x: 1}
  swept:
    type: sweep
    trial: ../parts/step.yml
    inputs: {data: "${{parent.inputs.raw}}"}
    outputs: {model: {type: mlflow_model}}
    search_space: {rate: {type: uniform, min_value: 0, max_value: 1}}
    sampling_algorithm: random
    objective: {goal: minimize, primary_metric: loss}
    early_termination: {type: bandit, slack_factor: 0.1, evaluation_interval: 1}
    limits: {max_total_trials: 4, timeout: 30}
    compute: azureml:parked
  nested:
    type: pipeline
    component: ../parts/flow.yml
    inputs: {d: "${{parent.inputs.raw}}"}
""",
    "specs/jobs/uses.yml": """\
type: pipeline
component: ../parts/flow.yml
compute: azureml:parked
inputs: {d: {path: "azureml://datastores/workspaceblobstore/paths/d"}}
""",
}
# Here two are needed; and only a real workspace has OneLake, or can tell what a job of it left behind.
LEFT = (
    *("compute/cpu.yml", "datastores/one-lake.yml", "environments/env.yml", "models/model-of-a-job.yml"),
    # What has no model of ours is not written as a spec.
    *("compute/machine.yml", "compute/spark.yml", "components/spark_component.yml", "connections", "schedules"),
    *("jobs/automl.yml", "jobs/mixed.yml", "jobs/sparkling.yml", "parts/parallel.yml", "parts/scheduled.yml"),
)


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, state: dict[str, str], at: Desk) -> DesiredState:
    """Everything of `accepted/` that can be sent here, and more, applied."""
    repo = Repo(tmp_path_factory.mktemp("written") / "repo", state)
    shutil.copytree(ACCEPTED, repo.root)
    for name in LEFT:
        place = repo.root / "specs" / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    for path in repo.root.glob("specs/**/*.yml"):
        _fit(path)
    for name, text in FILES.items():
        repo.write(name, text)
    repo.write("specs/environments/env.yml", "name: env\nimage: x\n")
    repo.git("init", "-q", "-b", "main", ".")
    repo.commit()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACCOUNT_KEY", "CERTIFICATE", "CLIENT_SECRET", "SAS_TOKEN"):
            patch.setenv(f"AML_SECRET_{name}", "c2VjcmV0")
        session, made = at.plan(repo)
        apply(session, made)
    return session.desired


def _fit(path: Path) -> None:
    """A spec of `accepted/` as the embedded workspace takes it."""
    text = path.read_text("utf-8")
    for old, new in (
        ("azureml:cpu", "azureml:parked"),
        ("instance_count: 2", "instance_count: 1"),
        ("datastores/blob/", "datastores/workspaceblobstore/"),
        ("datastore: blob\n", ""),
        ("sampling_algorithm: bayesian\n", "sampling_algorithm: random\n"),
    ):
        text = text.replace(old, new)
    if path.stem in {"sweep-grid", "sweep-bayesian"}:  # each samples from some distributions only
        kept = ("  a:",) if path.stem == "sweep-grid" else ("  a:", "  b:", "  d:")
        lines = text.splitlines(keepends=True)
        text = "".join(line for line in lines if not line[:4].strip().endswith(":") or line.startswith(kept))
    if path.stem.startswith("sweep-"):
        text += "compute: azureml:parked\n"
    path.write_text(text, "utf-8")


def test_everything_comes_back(project: DesiredState, at: Desk) -> None:
    live = Live(at.rest)
    assert {each.key.kind for each in project.resources} == set(Kind) - {Kind.SCHEDULE, Kind.CONNECTION}
    for resource in project.resources:
        is_job = resource.key.kind is Kind.JOB
        assert live.differs(resource, project.live_name(resource) if is_job else resource.key.name) == []
