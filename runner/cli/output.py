"""Where words go: results to stdout, all else to stderr; colour on a terminal only, and never with NO_COLOR."""

import os
import sys
from collections.abc import Iterable
from typing import TextIO

import click

from runner.model.diagnostics import Diagnostic, Severity
from runner.report.lines import ADD, CHANGE, FAINT, REMOVE, RUN, STRONG, WARN, Line, inert

_COLOURS = {ADD: "green", CHANGE: "yellow", RUN: "cyan", REMOVE: "red", WARN: "yellow"}


def colourful(stream: TextIO) -> bool:
    """Whether colour is wanted there."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Prints lines, to stdout unless told otherwise."""
    stream = stream or sys.stdout
    colour = colourful(stream)
    for line in lines:
        click.echo(_painted(line) if colour else line.text, file=stream, color=colour)


def _painted(line: Line) -> str:
    return click.style(line.text, fg=_COLOURS.get(line.style), bold=line.style == STRONG, dim=line.style == FAINT)


def say(text: str) -> None:
    """A word to the person, beside the results."""
    click.echo(inert(text), file=sys.stderr)


def diagnose(found: Iterable[Diagnostic]) -> None:
    """Findings, as a compiler prints them."""
    styles = {Severity.ERROR: REMOVE, Severity.WARNING: WARN}
    write((Line(str(item), styles[item.severity]) for item in found), sys.stderr)
