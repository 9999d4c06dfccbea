"""Findings read like a compiler's, in the order of a walk through the files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.diagnostics import Diagnostic, InvalidSpecsError, Position, Severity, errors_in, in_order

FOUND = [
    Diagnostic("no place"),
    Diagnostic("first", Position("a.yml", 1, 2)),
    Diagnostic("a", Position("a.yml", 2, 1)),
    Diagnostic("b", Position("a.yml", 2, 1)),
    Diagnostic("aa", Position("a.yml", 2, 1), Severity.WARNING),
    Diagnostic("later", Position("a.yml", 10, 1)),
    Diagnostic("other file", Position("b.yml", 1, 1)),
]


def test_text() -> None:
    assert str(FOUND[1]) == "a.yml:1:2: error: first"
    assert str(FOUND[4]) == "a.yml:2:1: warning: aa"
    assert str(FOUND[0]) == "error: no place"


@given(st.permutations([*FOUND, *FOUND]))
def test_each_once_and_in_order(found: list[Diagnostic]) -> None:
    assert list(in_order(found)) == FOUND


def test_warnings_do_not_stop() -> None:
    assert FOUND[4] not in errors_in(FOUND)
    assert len(errors_in(FOUND)) == len(FOUND) - 1


@pytest.mark.parametrize(("count", "words"), [(1, "1 error"), (2, "2 errors"), (0, "0 errors")])
def test_how_many(count: int, words: str) -> None:
    error = InvalidSpecsError([*FOUND[:count], FOUND[4]])
    assert str(error) == f"{words} in the specs; nothing was sent"
    assert FOUND[4] in error.diagnostics
