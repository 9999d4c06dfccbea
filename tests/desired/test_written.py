"""Specs as their files say them: what they name is written out, and two of them are compared."""

from typing import Any

import pytest

from runner.desired import written
from runner.desired.document import Document, parse
from runner.model.plan import Reason

FILES = {
    "specs/jobs/pipe.yml": "jobs: {show: {component: steps/show.yml}, own: {component: azureml:own@latest}}\n",
    "specs/jobs/steps/show.yml": "command: cat\nenvironment: {conda_file: ../../conda.yml}\n",
    "specs/conda.yml": "dependencies: [pip]\n",
    "specs/jobs/two.yml": "name: a\ncommand: echo a\n---\nname: b\ncommand: echo b\n",
    "specs/jobs/loop.yml": "component: loop.yml\n",
    "specs/jobs/gone.yml": "component: gone/gone.yml\n",
}


def read(path: str) -> list[Document]:
    return parse(FILES.get(path, ""), path)[0]


@pytest.mark.parametrize(
    ("file", "name", "expected"),
    [
        (
            "specs/jobs/pipe.yml",
            "pipe",
            {
                "jobs": {
                    "show": {"component": {"command": "cat", "environment": {"conda_file": {"dependencies": ["pip"]}}}},
                    "own": {"component": "azureml:own@latest"},
                }
            },
        ),
        ("specs/jobs/two.yml", "b", {"name": "b", "command": "echo b"}),
        ("specs/jobs/two.yml", "c", None),
        ("specs/jobs/none.yml", "none", None),
        ("specs/jobs/gone.yml", "gone", {"component": "gone/gone.yml"}),
    ],
)
def test_a_spec_is_found_and_written_out(file: str, name: str, expected: Any) -> None:
    assert written.spec(read, file, name) == expected


def test_files_that_name_each_other_come_to_an_end() -> None:
    found = written.spec(read, "specs/jobs/loop.yml", "loop")
    depth = 0
    while isinstance(found, dict):
        found, depth = found["component"], depth + 1
    assert (found, depth) == ("loop.yml", 11)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 1, []),
        (1, 2, [Reason("x", 1, 2)]),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [Reason("x.b", 2, 3)]),
        ({"b": 2}, {"a": 1}, [Reason("x.a", None, 1), Reason("x.b", 2, None)]),
        (None, {"a": 1, "b": 2}, [Reason("x.a", None, 1), Reason("x.b", None, 2)]),
        (None, {"a": {"b": 2}}, [Reason("x", None, {"a": {"b": 2}})]),  # new as a whole
        ({"a": {"b": 2}}, None, [Reason("x", {"a": {"b": 2}}, None)]),
        ("azureml:e@latest", {"image": "y"}, [Reason("x", "azureml:e@latest", {"image": "y"})]),
        ([1, 2], [1, 3], [Reason("x", [1, 2], [1, 3])]),
    ],
)
def test_differences(before: Any, after: Any, expected: list[Reason]) -> None:
    assert list(written.differences("x", before, after)) == expected


def test_places() -> None:
    value = {"a": "it", "b": [{"c": "it"}, "other"], "d": {"it": 1}}
    assert list(written.places(value, "it")) == [("a",), ("b", 0, "c")]
