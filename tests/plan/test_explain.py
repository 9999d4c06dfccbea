"""Why a run runs."""

from typing import Any

import pytest

from runner.model.plan import Reason
from runner.model.resource import Resource
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
    assert reasons(before, after, files=None) == [Reason("code", "other files", "these")]


def test_a_run_with_room_for_whole_fields_only() -> None:
    before = resource(spec=JOB | {"inputs": {f"input_{n}": n for n in range(200)}})
    found = reasons(before, resource())
    assert [each.field for each in found] == ["inputs"]


def test_no_last_run_no_reasons() -> None:
    assert run_reasons(resource(), None) == ()
