"""What the SDK says of a spec that it refuses, in one line, with the place."""

from pathlib import Path
from typing import Any

import pytest
from yaml import YAMLError

from runner.azureml.findings import told
from runner.azureml.loading import refusal
from runner.model.keys import Kind

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's

CRON = {"type": "cron", "expression": "0 3 * * *"}
STEP = {"type": "run_function", "entry_script": "x.py", "environment": "azureml:e:1"}
TYPES = "'pat', 'sas', 'username_password', 'managed_identity', 'service_principal'"


@pytest.mark.parametrize(
    ("kind", "spec", "place", "words"),
    [
        (Kind.COMPUTE, {"name": "k8s", "type": "kubernetes", "x": 1}, ("x",), "Unknown field."),
        (Kind.COMPUTE, {"name": "k8s", "type": "moon"}, (), "Unknown compute type: moon"),
        (Kind.SCHEDULE, {"name": "s", "create_job": "azureml:x"}, (), "JobSchedule.__init__() missing 1 required"),
        (Kind.SCHEDULE, {"name": "s", "trigger": CRON, "create_job": {}}, ("create_job",), "Missing data"),
        (
            Kind.SCHEDULE,
            {"name": "s", "trigger": {**CRON, "type": "moon"}, "create_job": "azureml:x"},
            ("trigger", "type"),
            "expected one of 'cron', 'recurrence', not 'moon'",
        ),
        (
            Kind.SCHEDULE,
            {"name": "s", "trigger": CRON, "create_monitor": {"compute": {"moon": 1}}},
            ("create_monitor", "compute"),
            "",
        ),
        (
            Kind.CONNECTION,
            {"name": "c", "type": "python_feed", "target": "x", "credentials": {"type": "moon"}},
            ("credentials", "type"),
            f"expected one of {TYPES}",
        ),
        (
            Kind.JOB,
            {"type": "pipeline", "jobs": {"a": {"type": "parallel", "task": {**STEP, "type": "moon"}}}},
            ("jobs", "a", "task", "type"),
            "Value 'moon' passed is not in set",
        ),
        (Kind.COMPONENT, {"name": "a-b", "type": "parallel", "task": STEP}, ("name",), "Component name should only"),
    ],
)
def test_refusals(kind: Kind, spec: dict[str, Any], place: tuple[str, ...], words: str) -> None:
    found = refusal(kind, spec, Path("/nowhere/spec.yml"))
    assert found is not None
    assert found.place[: len(place)] == place
    assert str(found).startswith(words)
    assert "\n" not in str(found)


def test_what_it_takes_is_no_refusal() -> None:
    assert refusal(Kind.CONNECTION, {"name": "c", "type": "git", "target": "x"}, Path("/nowhere/spec.yml")) is None


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("plain\nmore", (), "plain"),
        ("\x1b[31mpainted\x1b[0m", (), "painted"),
        ("", (), "no reason given"),
        ("{}", (), "no reason given"),
        ("{'a': 1}", (), "{'a': 1}"),
        ('{"errors": [{"message": "m", "path": "jobs.a[0].x"}]}', ("jobs", "a", 0, "x"), "m"),
        ('X failed: {"a": {"_schema": ["Y failed: {\\"b\\": [\\"m\\"]}"]}}', ("a", "b"), "m"),
        ('{"a": [{"type": ["x"], "b": ["1"]}, {"c": ["2"], "d": ["3"]}]}', ("a", "c"), "2"),
    ],
)
def test_findings_in_messages(text: str, place: tuple[str | int, ...], words: str) -> None:
    assert told(text) == (place, words)


@pytest.mark.parametrize(
    "kind", [AssertionError, EOFError, ImportError, KeyError, StopIteration, SyntaxError, YAMLError]
)
def test_whatever_the_sdk_raises_is_a_line(kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any, **__: Any) -> None:
        raise kind("why")

    monkeypatch.setattr("azure.ai.ml.load_compute", load)
    assert "why" in str(refusal(Kind.COMPUTE, {}, Path("x.yml")))
