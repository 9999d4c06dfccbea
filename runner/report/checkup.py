"""What `aml doctor` found: for people, in 80 columns, and as JSON."""

import textwrap
from collections.abc import Iterator
from itertools import groupby

from runner import __version__
from runner.model.findings import Checkup, Finding, Level, count
from runner.report import json
from runner.report.lines import ADD, FAINT, REMOVE, STRONG, WARN, Line, one_line

_WIDTH = 80
_INDENT = " " * 11  # as wide as a level and what stands around it
_STYLES = {Level.OK: ADD, Level.WARNING: WARN, Level.ERROR: REMOVE, Level.UNKNOWN: FAINT}


def text(found: Checkup) -> Iterator[Line]:
    """A paragraph for each group, and the numbers."""
    for group, findings in groupby(found.findings, key=lambda finding: finding.group):
        yield Line(group, STRONG)
        for finding in findings:
            yield from _lines(finding)
    number = count(found.findings)
    yield Line()
    yield Line(
        f"{number['ok']} ok, {number['warning']} to look at, {number['error']} wrong, {number['unknown']} unknown.",
        STRONG,
    )


def _lines(finding: Finding) -> Iterator[Line]:
    first, *rest = _wrapped(f"{finding.check}: {finding.message}")
    yield Line(f"  {finding.level:<9}{first}", _STYLES[finding.level])
    yield from (Line(_INDENT + line, _STYLES[finding.level]) for line in rest)
    yield from (Line(_INDENT + line) for line in (_wrapped(f"-> {finding.advice}") if finding.advice else ()))


def _wrapped(words: str) -> list[str]:
    """Nothing is cut: a path or a command that is longer stays whole, to be copied."""
    width = _WIDTH - len(_INDENT)
    return textwrap.wrap(one_line(words), width, break_long_words=False, break_on_hyphens=False)


def document(found: Checkup, created_at: str) -> str:
    """As one object."""
    return json.dump(
        {
            "format_version": json.FORMAT_VERSION,
            "tool_version": __version__,
            "target": found.target or None,
            "created_at": created_at,
            "findings": [_finding(finding) for finding in found.findings],
            "summary": count(found.findings),
        }
    )


def _finding(finding: Finding) -> dict[str, str]:
    found = {
        "group": finding.group,
        "check": finding.check,
        "level": finding.level.value,
        "message": finding.message,
        "advice": finding.advice,
    }
    return {name: value for name, value in found.items() if value}
