"""What a step hands to its workflow: anybody's text in it is text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.github import workflow
from runner.github.context import Context
from runner.model.diagnostics import Diagnostic, Position, Severity


def test_an_annotation_leads_to_file_and_line() -> None:
    found = [
        Diagnostic("no such field", Position("specs/jobs/a.yml", 3, 7)),
        Diagnostic("unused", Position("specs/project.yml"), Severity.WARNING),
        Diagnostic("no place"),
    ]
    assert list(workflow.annotations(found)) == [
        "::error file=specs/jobs/a.yml,line=3,col=7::no such field",
        "::warning file=specs/project.yml,line=1,col=1::unused",
        "::error::no place",
    ]


@given(st.text(), st.text())
def test_nothing_ends_an_annotation_or_begins_another(message: str, file: str) -> None:
    (line,) = workflow.annotations([Diagnostic(message, Position(file))])
    assert len(line.splitlines()) == 1
    properties, _, _ = line.removeprefix("::error ").partition("::")
    assert [part.partition("=")[0] for part in properties.split(",")] == ["file", "line", "col"]


def test_no_more_annotations_than_github_shows() -> None:
    assert len(list(workflow.annotations([Diagnostic(str(number)) for number in range(80)]))) == 50


@pytest.mark.parametrize("value", ["plain", "two\nlines", "end\nEOF\nother=1", "x<<y"])
def test_an_output_is_what_it_is(tmp_path: Path, value: str) -> None:
    path = tmp_path / "out"
    workflow.write_outputs(Context(output=path), {"a": value, "b": "2"})
    assert read(path.read_text()) == {"a": value, "b": "2"}


def read(text: str) -> dict[str, str]:
    """As the runner of GitHub Actions reads it."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        value = []
        for inner in lines:
            if inner == end:
                break
            value.append(inner)
        found[name] = "\n".join(value)
    return found


def test_a_summary_is_cut_to_what_github_takes(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    workflow.write_summary(Context(summary=path), "é" * 600_000)
    workflow.write_summary(Context(), "nowhere")
    assert len(path.read_bytes()) == 1_000_002
    assert "é" in path.read_text("utf-8")
