"""How a comment is made to fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.report.comment.parts import Part, Rank, fitted, folded, size, whole

ROWS = tuple(f"row {number:03} {'x' * 20}\n" for number in range(100))
BRIEF = tuple(f"row {number:03}\n" for number in range(100))
HEAD = whole(Rank.HEADLINE, "headline\n")
TABLE = Part(Rank.CHANGES, ROWS, "head\n", "tail\n", "changes", BRIEF)
CURVES = Part(Rank.CURVES, ROWS[:40], what="charts")


def test_all_of_it_when_there_is_room() -> None:
    text = fitted([HEAD, CURVES, TABLE], 10_000)
    assert text == f"{HEAD.text}\n{CURVES.text}\n{TABLE.text}"


def test_parts_without_rows_are_no_parts() -> None:
    assert fitted([HEAD, folded("nothing", Part(Rank.RUNS, (), "head"))], 100) == "headline\n"


def test_what_matters_least_goes_first() -> None:
    text = fitted([HEAD, CURVES, TABLE], 4000)
    assert TABLE.text in text
    assert text.endswith(
        "**Left out**, as a comment holds no more: charts (24). `aml plan` and `aml status` tell all.\n"
    )


def test_then_rows_in_fewer_words_then_fewer_rows() -> None:
    brief = fitted([HEAD, CURVES, TABLE], 1600)
    assert "".join(BRIEF) in brief
    assert "changes" not in brief
    fewer = fitted([HEAD, CURVES, TABLE], 1000)
    assert "head\nrow 000\nrow 001\n" in fewer
    assert "tail\n" in fewer
    assert "row 099" not in fewer
    assert "charts (40), changes (" in fewer


def test_of_equals_the_last_goes_first() -> None:
    first, last = (Part(Rank.CURVES, (name * 400,), what="charts") for name in "ab")
    text = fitted([HEAD, first, last], 800)
    assert "a" * 400 not in text  # the words on what is missing need room, too
    assert "charts (2)" in text
    assert "a" * 400 in fitted([HEAD, first, last, whole(Rank.CURVES, "c" * 700, "charts")], 1500)


@pytest.mark.parametrize(("text", "expected"), [("abc", 3), ("äöü", 3), ("🙂", 2), ("", 0)])
def test_size(text: str, expected: int) -> None:
    assert size(text) == expected


PARTS = st.builds(
    lambda rank, rows: Part(rank, tuple(rows), what="x"),
    st.sampled_from([rank for rank in Rank if rank is not Rank.HEADLINE]),
    st.lists(st.text(st.sampled_from("a🙂"), max_size=900), max_size=8),
)


@given(st.lists(PARTS | PARTS.map(lambda part: folded("more", part)), max_size=8), st.integers(700, 5000))
def test_it_always_fits(parts: list[Part], room: int) -> None:
    text = fitted([HEAD, *parts], room)
    assert size(text) <= room
    assert text.startswith("headline\n")
    assert text.count("<details>") == text.count("</details>")
