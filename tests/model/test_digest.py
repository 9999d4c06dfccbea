"""The digest: what decides changes it, what describes does not, and it never varies by itself."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model import digest
from runner.model.content import deciding
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
    "queue_settings": {"priority": "high"},
    "services": {"ssh": {"type": "ssh"}},
    "limits": {"timeout": 5},
}
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


def of(spec: dict[str, Any], kind: Kind = Kind.JOB) -> str:
    return digest.digest(kind, deciding(kind, spec))


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


@pytest.mark.parametrize("value", [0, False, "", 0.0], ids=repr)
def test_zero_false_and_no_text_are_values(value: Any) -> None:
    assert of({"inputs": {"x": value}}) != of({"inputs": {}})
    assert of({"enable": value}) != of({})


def test_kinds_do_not_share_digests() -> None:
    assert len({of({"path": "x"}, kind) for kind in Kind}) == len(Kind)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        digest.canonical({"x": value})


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


def test_run_names_say_job_content_rerun_and_attempt() -> None:
    own = "ab" * 32
    name = digest.run_name("iris-train", "iris", own)
    assert name.startswith("iris-train-")
    assert len(name) == len("iris-train-") + 12
    assert digest.run_name("iris-train", "iris", own, attempt=2) == f"{name}-a2"
    assert digest.run_name("iris-train", "iris", own, rerun=3, attempt=2) == f"{name}-r3-a2"
    assert digest.run_name("iris-train", "other", own) != name
    assert digest.run_name("iris-train", "iris", "cd" * 32) != name


hexes = st.text("0123456789abcdef", min_size=64, max_size=64)
numbers = st.integers(1, 9999)


@given(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), hexes, numbers, numbers)
def test_an_attempt_is_known_by_its_name(name: str, own: str, rerun: int, attempt: int) -> None:
    base = digest.run_name(name, "iris", own, rerun=rerun)
    assert digest.attempt_of(base, digest.run_name(name, "iris", own, rerun=rerun, attempt=attempt)) == attempt
    assert digest.attempt_of(base, digest.run_name(name, "iris", own, rerun=rerun + 1, attempt=attempt)) is None
    assert digest.attempt_of(base, digest.run_name(name, "other", own, rerun=rerun, attempt=attempt)) is None


@pytest.mark.parametrize(
    ("base", "name", "attempt"),
    [
        ("train-a12345678901", "train-a12345678901", 1),  # a digest that looks like an attempt
        ("train-a12345678901", "train-a12345678901-a2", 2),
        ("train-0123", "train-0123-a10", 10),
        ("train-0123", "train-0123-a0", None),
        ("train-0123", "train-0123-a02", None),
        ("train-0123", "train-0123-r2", None),
        ("train-0123", "train-01234", None),
        ("train-0123", "train-0123-a2-a3", None),
        ("train-0123", "other-0123-a2", None),
        ("train-0123", "", None),
    ],
)
def test_attempts(base: str, name: str, attempt: int | None) -> None:
    assert digest.attempt_of(base, name) == attempt
