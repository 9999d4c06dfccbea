"""Lines, and how single values are written."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.report.lines import Line, cut, duration, inert, number, one_line, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain äöü 東京 🙂", "plain äöü 東京 🙂"),
        ("a\tb", "a\tb"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a\nb\rc", "a\ufffdb\ufffdc"),
        ("\u202eabc\u202c", "\ufffdabc\ufffd"),
        ("\x9b31m\x7f\x00", "\ufffd31m\ufffd\ufffd"),
        ("a ##[add-mask]b", "a ##\N{FULLWIDTH LEFT SQUARE BRACKET}add-mask]b"),
        ("\u200b\ufeff\u2028\udc80", "\ufffd\ufffd\ufffd\ufffd"),
    ],
)
def test_inert(text: str, expected: str) -> None:
    assert inert(text) == expected
    assert Line(text).text == expected


@given(st.text(st.characters()))
def test_a_line_is_one_line_that_can_be_printed(text: str) -> None:
    line = Line(text).text
    assert len(line) == len(text)
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(char) for char in line if char != "\t"} & {"Cc", "Cf", "Cs"}
    line.encode("utf-8")
    assert Line(line).text == line


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "(none)"),
        (True, "true"),
        (False, "false"),
        (0.9, "0.9"),
        (10, "10"),
        ("", ""),
        ("a  b\n c", "a b c"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 57 + "..."),
        (["a", 1], "['a', 1]"),
    ],
)
def test_shown(value: Any, expected: str) -> None:
    assert shown(value) == expected


def test_one_line_is_whole() -> None:
    assert one_line("a\n\n  b\t" + "c" * 200) == "a b " + "c" * 200


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.0 s"),
        (3.21, "3.2 s"),
        (99.9, "99.9 s"),
        (100, "1 min 40 s"),
        (250, "4 min 10 s"),
        (7199, "119 min 59 s"),
        (7200, "2 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (0.96666, "0.9667"),
        (1e-9, "1e-09"),
        (123456.0, "1.235e+05"),
        (1e6, "1.0000e+06"),
        (-0.5, "-0.5"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_numbers(value: float, expected: str) -> None:
    assert number(value) == expected


def test_what_does_not_fit_ends_in_dots() -> None:
    assert cut("a word", 6) == "a word"
    assert cut("a longer word", 6) == "a l..."
