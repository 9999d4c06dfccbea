"""Why a run runs."""

import dataclasses
from typing import Any

import pytest

from runner.model import digest
from runner.model.plan import Reason
from runner.model.resource import Resource, Tree
from runner.plan.explain import run_reasons
from tests.builders import JOB, code, resource, run_of

DATA_INPUT = {"type": "uri_file", "path": "azureml:iris:2"}


def reasons(before: Resource, after: Resource, **recorded: Any) -> list[Reason]:
    return list(run_reasons(after, run_of(before, **recorded)))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"compute": "gpu"}, [Reason("compute", "cpu", "gpu")]),
        ({"command": "python other.py"}, [Reason("command", "python main.py", "python other.py")]),
        ({"environment_variables": {"A": "b"}}, [Reason("environment_variables.A", None, "b")]),
        ({"inputs": {**JOB["inputs"], "rate": 0.1}}, [Reason("inputs.rate", 0.9, 0.1)]),
        (
            {"inputs": {"iris": DATA_INPUT, "extra": True}},
            [
                Reason("inputs.extra", None, True),
                Reason("inputs.iris", "azureml:iris:1", "azureml:iris:2"),
                Reason("inputs.rate", 0.9, None),
            ],
        ),
        ({"description": "new words", "tags": {"a": "b"}}, []),
    ],
)
def test_fields(changed: dict[str, Any], expected: list[Reason]) -> None:
    assert reasons(resource(), resource(spec=JOB | changed)) == expected


def test_files() -> None:
    before = resource(trees=code(main_py="1", same_py="x", gone_py="y"))
    after = resource(trees=code(main_py="2", same_py="x", new_py="z"))
    found = reasons(before, after)
    assert [(each.field, each.file, each.before is None, each.after is None) for each in found] == [
        ("code", "gone.py", False, True),
        ("code", "main.py", False, False),
        ("code", "new.py", True, False),
    ]


def test_more_files_than_a_run_could_record() -> None:
    before, after = resource(trees=code(main_py="1")), resource(trees=code(main_py="2"))
    assert reasons(before, after, files=None) == [Reason("code")]


def test_a_run_with_room_for_whole_fields_only() -> None:
    before = resource(spec=JOB | {"inputs": {f"input_{n}": n for n in range(200)}})
    found = reasons(before, resource())
    assert [each.field for each in found] == ["inputs"]


def test_files_of_inputs_and_of_steps() -> None:
    places = [("inputs", "iris", "path"), ("jobs", "prepare", "code"), ("jobs", "prepare_more", "code")]
    spec = JOB | {"inputs": {"iris": {"path": "iris"}}, "jobs": {"prepare": {}, "prepare_more": {}}}

    def with_text(text: str) -> Resource:
        trees = {place: Tree("/x", {"a.txt": digest.blob_id(text.encode())}) for place in places[:2]}
        content = {"inputs": {"iris": text}, "jobs": {"prepare": text, "prepare_more": "same"}}
        wanted = resource(spec=spec)
        return dataclasses.replace(wanted, trees=trees, content=content, digest=digest.digest(wanted.key.kind, content))

    found = reasons(with_text("1"), with_text("2"))
    assert [(each.field, each.file) for each in found] == [("inputs.iris", "a.txt"), ("jobs.prepare", "a.txt")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # The service does not return these fields: what was there is not known, only that something was.
        (
            {"resources": {"instance_count": 1}},
            {"resources": {"instance_count": 2}},
            Reason("resources.instance_count"),
        ),
        ({"resources": {"instance_count": 1}}, {}, Reason("resources.instance_count")),
        ({}, {"resources": {"instance_count": 2}}, Reason("resources.instance_count", None, 2)),
        ({}, {"distribution": {"type": "mpi"}}, Reason("distribution")),  # too much for a line
        ({"distribution": {"type": "mpi"}}, {"distribution": {"type": "pytorch"}}, Reason("distribution")),
        ({"sampling_algorithm": "grid"}, {"sampling_algorithm": "random"}, Reason("sampling_algorithm")),
    ],
)
def test_what_the_service_does_not_return(before: dict[str, Any], after: dict[str, Any], expected: Reason) -> None:
    run = run_of(resource(spec=JOB | before))
    returned = {name: value for name, value in run.spec.items() if name not in before}
    last = dataclasses.replace(run, spec=returned)
    assert list(run_reasons(resource(spec=JOB | after), last)) == [expected]


@pytest.mark.parametrize(("sent", "now"), [(True, False), (1, 2), (0.5, 0.25), ("1", "2")])
def test_literals_come_back_as_text_and_are_shown_as_they_were_written(sent: Any, now: Any) -> None:
    run = run_of(resource(spec=JOB | {"inputs": {"x": sent}}))
    last = dataclasses.replace(run, spec={**run.spec, "inputs": {"x": str(sent)}})
    assert list(run_reasons(resource(spec=JOB | {"inputs": {"x": now}}), last)) == [Reason("inputs.x", sent, now)]


def test_no_last_run_no_reasons() -> None:
    assert run_reasons(resource(), None) == ()
