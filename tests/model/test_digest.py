"""The digest: what decides changes it, what describes does not, and it never varies by itself."""

import json
import os
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model import digest
from runner.model.keys import Kind

SPEC: dict[str, Any] = {
    "command": "python main.py",
    "code": {"tree": "a" * 64},
    "environment": "azureml:env:1",
    "compute": "cpu",
    "inputs": {"rate": 0.9, "iris": {"type": "uri_file", "path": "azureml:iris:1"}},
    "outputs": {"model": {"type": "uri_folder"}},
    "environment_variables": {"SEED": "42"},
    "resources": {"instance_count": 1},
    "distribution": {"type": "pytorch"},
    "identity": {"type": "managed"},
}
DESCRIPTIVE: dict[str, Any] = {
    "$schema": "https://example.com/commandJob.schema.json",
    "name": "other",
    "display_name": "Other",
    "experiment_name": "other",
    "description": "Another text.",
    "tags": {"a": "b"},
    "properties": {"a": "b"},
    "queue_settings": {"priority": "high"},
    "services": {"ssh": {"type": "ssh"}},
    "limits": {"timeout": 5},
}
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


def of(spec: dict[str, Any], kind: Kind = Kind.JOB) -> str:
    return digest.digest(kind, digest.deciding(kind, spec))


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        return {name: shuffled(value[name], order) for name in order.sample(list(value), len(value))}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(), values, max_size=5), st.randoms(use_true_random=False))
def test_key_order_does_not_count(spec: dict[str, Any], order: random.Random) -> None:
    assert of(shuffled(spec, order)) == of(spec)


@given(st.sampled_from(sorted(SPEC)), values)
def test_any_change_of_a_deciding_field_counts(field: str, value: Any) -> None:
    changed = SPEC | {field: value}
    assert (of(changed) == of(SPEC)) == (json.dumps(value, sort_keys=True) == json.dumps(SPEC[field], sort_keys=True))


@given(st.dictionaries(st.sampled_from(sorted(DESCRIPTIVE)), values))
def test_a_descriptive_field_never_counts(described: dict[str, Any]) -> None:
    described.pop("limits", None)  # only its timeout describes
    assert of(SPEC | described) == of(SPEC)
    assert of(SPEC | DESCRIPTIVE) == of(SPEC)


@given(st.sampled_from(sorted(SPEC)))
def test_a_field_left_out_counts(field: str) -> None:
    assert of({name: value for name, value in SPEC.items() if name != field}) != of(SPEC)


@pytest.mark.parametrize("empty", [None, {}, []], ids=repr)
@pytest.mark.parametrize("field", ["inputs", "environment_variables", "resources", "limits"])
def test_an_empty_field_is_an_absent_one(field: str, empty: Any) -> None:
    spec = {name: value for name, value in SPEC.items() if name != field}
    assert of(spec | {field: empty}) == of(spec)


@pytest.mark.parametrize("value", [0, False, "", 0.0], ids=repr)
def test_zero_false_and_no_text_are_values(value: Any) -> None:
    assert of({"inputs": {"x": value}}) != of({"inputs": {}})
    assert of({"enable": value}) != of({})


def test_kinds_do_not_share_digests() -> None:
    assert len({of({"path": "x"}, kind) for kind in Kind}) == len(Kind)


def test_a_timeout_is_out_for_jobs_and_what_else_limits_is_in() -> None:
    assert of({"limits": {"timeout": 1}}) == of({"limits": {"timeout": 2}}) == of({})
    assert of({"limits": {"trials": 1}}) != of({"limits": {"trials": 2}})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        digest.canonical({"x": value})


# Golden: these digests name runs that were paid for. A change here needs a new scheme and both kept alive.
GOLDEN = {
    Kind.JOB: "8c632b1d78d1b17c323357aa6db21ec26342db1ffb1b1ebfc61ff11567574f78",
    Kind.COMPUTE: "960f59191a1a98f5218551e2f80f60e7e8185460f4bfb0d797b186ae25711f5a",
    Kind.ENVIRONMENT: "e89e1dd587718d80275cb8ec8c45a441d43ceca7834e81ff9fd641bd717e0649",
    Kind.DATA: "6f8d96fda9467ab0a41124193cf4a1d449c22d42fb3a991dffa66e5c889925e3",
}
GOLDEN_SPECS: dict[Kind, dict[str, Any]] = {
    Kind.JOB: SPEC | DESCRIPTIVE,
    Kind.COMPUTE: {"name": "cpu", "type": "amlcompute", "size": "Standard_DS11_v2", "max_instances": 4},
    Kind.ENVIRONMENT: {"image": "mcr.microsoft.com/x:1", "conda_file": {"dependencies": ["python=3.11", "lightgbm"]}},
    Kind.DATA: {"type": "uri_file", "path": {"tree": digest.tree_digest({"iris.csv": digest.blob_id(b"a,b\n")})}},
}


@pytest.mark.parametrize("kind", list(Kind))
def test_golden(kind: Kind) -> None:
    assert digest.SCHEME == "1"
    assert of(GOLDEN_SPECS[kind], kind) == GOLDEN[kind]


def test_stable_whatever_the_hash_seed() -> None:
    script = (
        "import json,sys; from runner.model import digest as d; from runner.model.keys import Kind as K;"
        "c=d.deciding(K.JOB, json.load(sys.stdin)); print(d.digest(K.JOB, c), list(d.parts(c)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps(SPEC | DESCRIPTIVE),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(found) == 1
    assert found.pop().startswith(GOLDEN[Kind.JOB])


def test_parts_name_what_differs() -> None:
    before = digest.parts(SPEC)
    inputs = SPEC["inputs"] | {"rate": 0.5}
    after = digest.parts(SPEC | {"inputs": inputs, "compute": "gpu"})
    assert {name for name in before if before[name] != after[name]} == {"inputs.rate", "compute"}
    assert "environment_variables.SEED" in before
    assert set(digest.parts(SPEC, ())) == set(SPEC)


def test_blob_ids_are_gits() -> None:
    assert digest.blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert digest.blob_id(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"


@given(st.dictionaries(st.text(min_size=1), st.binary(), min_size=1, max_size=4))
def test_a_tree_counts_names_and_content(files: dict[str, bytes]) -> None:
    blobs = {name: digest.blob_id(data) for name, data in files.items()}
    name = next(iter(blobs))
    assert digest.tree_digest(dict(reversed(blobs.items()))) == digest.tree_digest(blobs)
    assert digest.tree_digest(blobs | {name: digest.blob_id(files[name] + b"x")}) != digest.tree_digest(blobs)
    moved = {f"{other}/" if other == name else other: blob for other, blob in blobs.items()}
    assert digest.tree_digest(moved) != digest.tree_digest(blobs)


def test_run_names_say_job_content_and_attempt() -> None:
    own = "ab" * 32
    name = digest.run_name("iris-train", "iris", own)
    assert name.startswith("iris-train-")
    assert len(name) == len("iris-train-") + 12
    assert digest.run_name("iris-train", "iris", own, 2) == f"{name}-a2"
    assert digest.run_name("iris-train", "other", own) != name
    assert digest.run_name("iris-train", "iris", "cd" * 32) != name
    assert digest.content_version(own) == "c" + "ab" * 6
