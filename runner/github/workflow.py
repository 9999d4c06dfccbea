"""What a step hands to its workflow: annotations, outputs and the summary. Anybody's text in them stays text."""

import os
import secrets
from collections.abc import Iterable, Mapping

from runner.github.context import Context
from runner.model.diagnostics import Diagnostic, Severity
from runner.report.lines import inert, one_line

_MOST_ANNOTATIONS = 50  # GitHub shows no more of a step; the rest stands in the summary
_SUMMARY_LIMIT = 1_000_000  # bytes of a step's summary, of the 1 MiB that GitHub takes


def annotations(found: Iterable[Diagnostic]) -> Iterable[str]:
    """Workflow commands that show findings at their file and line."""
    for item in list(found)[:_MOST_ANNOTATIONS]:
        kind = "error" if item.severity is Severity.ERROR else "warning"
        place = item.position
        at = f" file={_property(place.file)},line={place.line},col={place.column}" if place else ""
        yield f"::{kind}{at}::{_data(one_line(item.told))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(inert(text)).replace(":", "%3A").replace(",", "%2C")


def write_outputs(context: Context, values: Mapping[str, str]) -> None:
    """Sets outputs of the step. A value may have any lines: what ends it nobody can guess."""
    if context.output is None:
        return
    with context.output.open("a", encoding="utf-8") as file:
        for name, value in values.items():
            end = f"end_{secrets.token_hex(16)}"
            file.write(f"{name}<<{end}{os.linesep}{value}{os.linesep}{end}{os.linesep}")


def write_summary(context: Context, markdown: str) -> None:
    """Adds to the summary of the step."""
    if context.summary is None:
        return
    with context.summary.open("a", encoding="utf-8") as file:
        file.write(markdown.encode()[:_SUMMARY_LIMIT].decode("utf-8", "ignore") + "\n\n")
