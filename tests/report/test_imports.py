"""What an import says."""

import json

from runner.model.imports import Imported, ImportedFile
from runner.model.resource import Origin
from runner.report import imports
from tests.builders import key

JOBS = [key(f"job/{name}") for name in "abcd"]
FOUND = Imported(
    (ImportedFile("specs/code/src/", tuple(JOBS)), ImportedFile("specs/jobs/a.yml", (JOBS[0],))),
    {JOBS[1]: "is gone\nfor good", **{key(f"environment/{name}"): "curated environments" for name in "wxyz"}},
    ("specs/code/src",),
)


def test_a_line_for_each_file() -> None:
    assert [line.text for line in imports.written(FOUND)] == [
        "specs/code/src/   part of job/a, job/b, job/c, ...",
        "specs/jobs/a.yml  job/a",
        "1 spec written. Next: aml plan --adopt",
    ]


def test_a_line_for_each_reason() -> None:
    assert [line.text for line in imports.passed_over(FOUND)] == [
        "passed over 4 (environment/w, environment/x, environment/y, ...): curated environments",
        "passed over 1 (job/b): is gone for good",
    ]


def test_a_line_for_each_folder_that_git_hides_a_part_of() -> None:
    (line,) = imports.warnings(FOUND)
    assert line.text.startswith("specs/code/src: git ignores a part of it")


def test_nothing() -> None:
    assert [line.text for line in imports.written(Imported((), {}))] == ["Nothing was written."]


def test_as_json() -> None:
    found = json.loads(imports.document(FOUND, Origin("demo", "local"), "now"))
    assert found["files"][1] == {"path": "specs/jobs/a.yml", "addresses": ["job/a"], "is_spec": True}
    assert found["passed_over"][1] == {"reason": "is gone\nfor good", "addresses": ["job/b"]}
    assert found["hidden"] == ["specs/code/src"]
