"""Where words go, and when they are coloured."""

import io

import pytest

from runner.cli.output import colourful, diagnose, say, write
from runner.model.diagnostics import Diagnostic, Position, Severity
from runner.report.lines import ADD, CHANGE, FAINT, PLAIN, REMOVE, RUN, STRONG, WARN, Line
from tests.cli.test_progress import Terminal

STYLES = [PLAIN, ADD, CHANGE, RUN, REMOVE, WARN, FAINT, STRONG]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.parametrize(
    ("terminal", "variables", "expected"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),  # as no-color.org has it: present *and not empty*
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, terminal: bool, expected: bool) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert colourful(Terminal() if terminal else io.StringIO()) is expected


def test_plain_text_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    write([Line(f"{style} line", style) for style in STYLES], stream)
    assert stream.getvalue() == "".join(f"{style} line\n" for style in STYLES)


def test_paint_on_a_terminal() -> None:
    stream = Terminal()
    write([Line("added", ADD), Line("plain")], stream)
    assert stream.getvalue().startswith("\x1b[32m")
    assert "added\x1b[0m\n" in stream.getvalue()


def test_results_to_stdout_all_else_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    write([Line("result")])
    say("a word\x1b")
    diagnose([Diagnostic("odd", Position("f", 1, 2), Severity.WARNING), Diagnostic("bad\n")])
    assert capsys.readouterr() == ("result\n", "a word\ufffd\nf:1:2: warning: odd\nerror: bad\ufffd\n")
