"""Two specs that ask for the same are the same in plain words."""

import pytest
import yaml

from runner.live.written.plain import plain
from runner.model.keys import Kind

SAME = [
    ("compute", "{type: AmlCompute, max_instances: 4, tier: Dedicated}", "{type: amlcompute}"),
    ("compute", "{type: amlcompute, tier: LowPriority}", "{type: amlcompute, tier: low_priority}"),
    (
        "compute",
        "{type: computeinstance, idle_time_before_shutdown: PT30M}",
        "{type: computeinstance, idle_time_before_shutdown_minutes: 30}",
    ),
    ("environment", "{image: x, os_type: linux}", "{image: x}"),
    ("environment", "{build: {path: a, dockerfile_path: Dockerfile}}", "{build: {path: a}}"),
    ("data", "{path: a}", "{path: a, type: uri_folder}"),
    ("model", "{path: a}", "{path: a, type: custom_model}"),
    ("component", "{is_deterministic: true, command: a}", "{type: command, command: a}"),
    ("job", "{command: a, compute: cpu}", "{type: command, command: a, compute: 'azureml:cpu'}"),
    ("job", "{compute: serverless}", "{}"),
    ("job", "{identity: {type: managed}}", "{identity: {type: managed_identity}}"),
    ("job", "{identity: {type: user}}", "{identity: {type: user_identity}}"),
    ("job", "{resources: {instance_count: 1, shm_size: 2g}}", "{}"),
    ("job", "{inputs: {a: {path: x, mode: ro_mount}}}", "{inputs: {a: {type: uri_folder, path: x}}}"),
    ("job", "{outputs: {a: {mode: rw_mount}, b: }}", "{outputs: {a: {type: uri_folder}}}"),
    ("job", "{environment_variables: {A: 1, B: true}}", "{environment_variables: {A: '1', B: 'True'}}"),
    ("job", "{sampling_algorithm: {type: random}}", "{sampling_algorithm: random}"),
    ("job", "{type: sweep, limits: {timeout: 30}}", "{type: sweep, limits: {timeout: 60}}"),
    (
        "job",
        "{type: pipeline, jobs: {a: {command: x, inputs: {i: {path: '${{parent.inputs.x}}'}}}}}",
        "{type: pipeline, jobs: {a: {type: command, command: x, inputs: {i: '${{parent.inputs.x}}'}}}}",
    ),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_the_same(kind: str, one: str, other: str) -> None:
    assert plain(Kind(kind), yaml.safe_load(one)) == plain(Kind(kind), yaml.safe_load(other))


OTHER = [
    ("compute", "{type: amlcompute, min_instances: 1}", "{type: amlcompute}"),
    ("compute", "{type: computeinstance, enable_sso: false}", "{type: computeinstance}"),
    ("component", "{is_deterministic: false}", "{}"),
    ("component", "{inputs: {a: {type: boolean, default: false}}}", "{inputs: {a: {type: boolean}}}"),
    ("component", "{inputs: {a: {type: integer, min: 0}}}", "{inputs: {a: {type: integer}}}"),
    ("job", "{limits: {timeout: 30}}", "{limits: {timeout: 60}}"),
    ("job", "{inputs: {a: {path: x, mode: download}}}", "{inputs: {a: {path: x}}}"),
    ("job", "{type: sweep, search_space: {a: {type: uniform, min_value: 0}}}", "{type: sweep, search_space: {a: {}}}"),
]


@pytest.mark.parametrize(("kind", "one", "other"), OTHER)
def test_not_the_same(kind: str, one: str, other: str) -> None:
    assert plain(Kind(kind), yaml.safe_load(one)) != plain(Kind(kind), yaml.safe_load(other))


@pytest.mark.parametrize(("kind", "one"), [row[:2] for row in SAME])
def test_once_is_enough(kind: str, one: str) -> None:
    once = plain(Kind(kind), yaml.safe_load(one))
    assert plain(Kind(kind), once) == once
