"""What counts and what does not, field by field, for every kind and every type of job."""

import copy
import json
from typing import Any

import pytest

from runner.model.content import deciding, describing
from runner.model.digest import digest
from runner.model.keys import Kind

COMPONENT: dict[str, Any] = {
    "$schema": "x",
    "name": "score",
    "version": "3",
    "display_name": "Score",
    "description": "Scores.",
    "tags": {"a": "b"},
    "type": "command",
    "command": "python score.py",
    "code": {"tree": "a" * 64},
    "environment": {"image": "x:1", "name": "inline", "description": "An image.", "tags": {"a": "b"}},
    "inputs": {"rate": {"type": "number", "default": 0.1}},
    "outputs": {"model": {"type": "uri_folder"}},
    "resources": {"instance_count": 1},
    "is_deterministic": True,
}
COMMAND: dict[str, Any] = {
    "name": "train",
    "display_name": "Train",
    "experiment_name": "iris",
    "description": "Trains.",
    "tags": {"a": "b"},
    "type": "command",
    "command": "python main.py",
    "code": {"tree": "a" * 64},
    "environment": "azureml:env:1",
    "compute": "cpu",
    "inputs": {"rate": 0.9, "iris": {"type": "uri_file", "path": "azureml:iris:1", "mode": "ro_mount"}},
    "outputs": {"model": {"type": "uri_folder"}},
    "environment_variables": {"SEED": "42"},
    "distribution": {"type": "pytorch", "process_count_per_instance": 2},
    "resources": {"instance_count": 1, "shm_size": "2g"},
    "identity": {"type": "managed"},
    "properties": {"own": "x"},
    "limits": {"timeout": 60},
    "services": {"ssh": {"type": "ssh"}},
    "queue_settings": {"job_tier": "spot", "priority": "low"},
}
SWEEP: dict[str, Any] = {
    "type": "sweep",
    "trial": {**COMPONENT, "environment": "azureml:env:1"},
    "search_space": {"rate": {"type": "uniform", "min_value": 0.1, "max_value": 0.9}},
    "sampling_algorithm": "random",
    "objective": {"goal": "minimize", "primary_metric": "loss"},
    "limits": {"max_total_trials": 4, "timeout": 600, "trial_timeout": 60},
    "early_termination": {"type": "bandit", "slack_factor": 0.1},
    "compute": "cpu",
    "display_name": "Sweep",
}
PIPELINE: dict[str, Any] = {
    "type": "pipeline",
    "settings": {"default_compute": "cpu", "continue_on_step_failure": False},
    "inputs": {"iris": {"type": "uri_file", "path": "azureml:iris:1"}},
    "jobs": {
        "prepare": {**COMMAND, "type": "command"},
        "score": {"type": "command", "component": COMPONENT, "inputs": {"rate": 0.2}, "compute": "cpu"},
        "sweep": SWEEP,
        "inner": {
            "type": "pipeline",
            "component": {"type": "pipeline", "name": "inner", "jobs": {"deep": {"component": COMPONENT}}},
        },
    },
}
BASES: dict[str, tuple[Kind, dict[str, Any]]] = {
    "command": (Kind.JOB, COMMAND),
    "sweep": (Kind.JOB, SWEEP),
    "pipeline": (Kind.JOB, PIPELINE),
    "component": (Kind.COMPONENT, COMPONENT),
    "pipeline component": (Kind.COMPONENT, {"type": "pipeline", "jobs": PIPELINE["jobs"]}),
    "compute": (
        Kind.COMPUTE,
        {
            "name": "cpu",
            "type": "amlcompute",
            "size": "A",
            "max_instances": 4,
            "ssh_settings": {"admin_username": "ada", "admin_password": "one"},
        },
    ),
    "datastore": (
        Kind.DATASTORE,
        {"type": "azure_blob", "account_name": "a", "container_name": "c", "credentials": {"account_key": "secret"}},
    ),
    "environment": (Kind.ENVIRONMENT, {"image": "x:1", "conda_file": {"dependencies": ["python=3.11"]}}),
    "data": (Kind.DATA, {"type": "uri_file", "path": {"tree": "a" * 64}}),
    "model": (Kind.MODEL, {"type": "custom_model", "path": {"tree": "a" * 64}, "stage": "Production"}),
}
DESCRIBED = ["$schema", "name", "version", "description", "tags.a"]
JOBS_HANDLING = [*DESCRIBED, "display_name", "experiment_name", "queue_settings.priority", "services.x.type"]
INNER = ["$schema", "name", "version", "display_name", "description", "tags.a", "properties.x"]

COUNTS = {
    "command": [
        *("type", "command", "code.tree", "environment", "compute", "inputs.rate", "inputs.iris.path"),
        *("inputs.iris.mode", "outputs.model.type", "environment_variables.SEED", "distribution.type", "identity.type"),
        *("distribution.process_count_per_instance", "resources.instance_count", "resources.shm_size"),
        *("properties.own", "properties.other", "limits.trials", "inputs.name", "environment_variables.name"),
    ],
    "sweep": [
        *("trial.command", "trial.code.tree", "trial.environment", "trial.resources.instance_count", "compute"),
        *("search_space.rate.max_value", "sampling_algorithm", "objective.goal", "objective.primary_metric"),
        *("limits.max_total_trials", "limits.timeout", "limits.trial_timeout", "early_termination.slack_factor"),
    ],
    "pipeline": [
        *("settings.default_compute", "settings.continue_on_step_failure", "inputs.iris.path", "jobs.new.command"),
        *("jobs.prepare.command", "jobs.prepare.environment", "jobs.prepare.limits.timeout", "jobs.prepare.code.tree"),
        *("jobs.prepare.properties.own", "jobs.score.inputs.rate", "jobs.score.compute", "jobs.score.limits.timeout"),
        *("jobs.score.component.command", "jobs.score.component.environment.image", "jobs.score.component.inputs.new"),
        *("jobs.score.component.is_deterministic", "jobs.sweep.trial.command", "jobs.sweep.limits.timeout"),
        "jobs.inner.component.jobs.deep.component.command",
        "jobs.inner.component.jobs.deep.component.environment.name",
    ],
    "component": [
        *("type", "command", "code.tree", "environment.image", "inputs.rate.default"),
        *("outputs.model.type", "resources.instance_count", "is_deterministic", "environment.version"),
    ],
    "pipeline component": ["jobs.prepare.command", "jobs.score.component.command", "jobs.sweep.search_space.rate.type"],
    "compute": ["type", "size", "max_instances", "identity.type", "ssh_settings.admin_username"],
    "datastore": ["type", "account_name", "container_name"],
    "environment": ["image", "conda_file.dependencies", "build.path", "os_type", "inference_config.x"],
    "data": ["type", "path.tree"],
    "model": ["type", "path.tree", "flavors.python.x"],
}
DOES_NOT = {
    "command": [*JOBS_HANDLING, "limits.timeout", "services.ssh.type"],
    "sweep": [*JOBS_HANDLING, *(f"trial.{field}" for field in INNER)],
    "pipeline": [
        *JOBS_HANDLING,
        *(f"jobs.prepare.{field}" for field in JOBS_HANDLING),
        *(f"jobs.score.component.{field}" for field in INNER),
        *(f"jobs.sweep.trial.{field}" for field in INNER),
        *(f"jobs.inner.component.{field}" for field in INNER),
        *(f"jobs.inner.component.jobs.deep.component.{field}" for field in INNER),
        "jobs.inner.component.jobs.deep.component.environment.description",
        *("jobs.inner.display_name", "jobs.prepare.comment", "jobs.score.component.inputs.rate.description"),
    ],
    "component": [
        *INNER,
        "inputs.rate.description",
        "queue_settings.priority",
        "environment.description",
        "environment.tags.b",
        "environment.$schema",
    ],
    "pipeline component": [*INNER, "jobs.score.component.description", "jobs.prepare.display_name"],
    "compute": [*DESCRIBED, "ssh_settings.admin_password"],
    "datastore": [*DESCRIBED, "credentials.account_key", "credentials.sas_token"],
    "environment": [*DESCRIBED, "properties.x"],
    "data": [*DESCRIBED, "properties.x"],
    "model": [*DESCRIBED, "properties.x", "stage"],
}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(base, path) for base, paths in table.items() for path in paths]


def edited(spec: dict[str, Any], path: str, value: Any = "edited") -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(spec))  # a deep copy would keep shared parts shared
    *outer, last = path.split(".")
    inner = changed
    for step in outer:
        inner = inner.setdefault(step, {})
    inner[last] = value
    return changed


def of(kind: Kind, spec: dict[str, Any], *ignored: str) -> str:
    return digest(kind, deciding(kind, spec, ignored))


@pytest.mark.parametrize(("base", "path"), cases(COUNTS))
def test_counts(base: str, path: str) -> None:
    kind, spec = BASES[base]
    assert of(kind, edited(spec, path)) != of(kind, spec)


@pytest.mark.parametrize(("base", "path"), cases(DOES_NOT))
def test_does_not_count(base: str, path: str) -> None:
    kind, spec = BASES[base]
    assert of(kind, edited(spec, path)) == of(kind, spec)


@pytest.mark.parametrize(("base", "path"), cases(COUNTS))
def test_a_rule_takes_any_field_out(base: str, path: str) -> None:
    kind, spec = BASES[base]
    assert of(kind, edited(spec, path), path) == of(kind, spec, path)
    assert of(kind, edited(spec, path), "nothing.here", f"{path}.deeper") != of(kind, spec)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("empty", [None, {}, []], ids=repr)
def test_an_empty_field_is_an_absent_one(base: str, empty: Any) -> None:
    kind, spec = BASES[base]
    assert of(kind, spec | {"inputs_of_none": empty}) == of(kind, spec)


def test_a_mapping_that_a_rule_empties_is_absent() -> None:
    kind, spec = BASES["compute"]
    bare = {name: value for name, value in spec.items() if name != "ssh_settings"}
    assert of(kind, spec, "ssh_settings.admin_username") == of(kind, bare)


@pytest.mark.parametrize("base", BASES)
def test_no_secret_in_what_is_hashed(base: str) -> None:
    kind, spec = BASES[base]
    text = str(deciding(kind, spec))
    assert "secret" not in text
    assert "'one'" not in text


@pytest.mark.parametrize("base", BASES)
def test_the_spec_itself_stays_as_it_is(base: str) -> None:
    kind, spec = BASES[base]
    before = copy.deepcopy(spec)
    deciding(kind, spec, ["inputs.rate", "ssh_settings.admin_username"])
    assert spec == before


def test_a_component_by_reference_counts_as_written() -> None:
    kind, spec = BASES["pipeline"]
    one, two = (edited(spec, "jobs.score.component", f"azureml:score:{version}") for version in (1, 2))
    assert len({of(kind, one), of(kind, two), of(kind, spec)}) == 3


def test_what_describes_is_what_is_sent_beside_the_content() -> None:
    described = {"name": "x", "description": "A", "tags": {"a": "b"}, "display_name": "B", "limits": {"timeout": 9}}
    secret = {"credentials": {"account_key": "s3cret"}, "ssh_settings": {"admin_password": "s3cret"}}
    assert describing({"$schema": "x", **described, **secret, "command": "echo"}) == described
