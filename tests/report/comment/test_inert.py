"""A comment has the same shape whatever its texts say: no link, image, heading, HTML or mention comes out of them."""

import re
from collections.abc import Callable, Iterable

import pytest
from hypothesis import example, given, settings
from markdown_it.token import Token

from runner.model.review import Review
from runner.report.comment import comment
from tests.report.comment import hostile
from tests.report.comment.inert import check_html, check_rendered, check_source, tokens

REVIEWS = (hostile.planned, hostile.finished, hostile.alone)


def shape(markdown: Iterable[Token]) -> list[tuple[str, str]]:
    """What the Markdown is made of, without what is said in it."""
    found = list(markdown)
    html = (re.sub("<code>.*?</code>", "", token.content) if "html" in token.type else "" for token in found)
    kinds = [(token.type, token.tag, token.info) for token in found]
    said = {"text", "code_inline", "softbreak"}
    return [
        (f"{kind} {info}", tag + text) for (kind, tag, info), text in zip(kinds, html, strict=True) if kind not in said
    ]


@pytest.mark.parametrize("review", REVIEWS, ids=lambda review: review.__name__)
@given(text=hostile.TEXTS)
@example(text="x".join(hostile.FRAGMENTS))
@settings(deadline=None, max_examples=60)
def test_texts_stay_texts(review: Callable[[str], Review], text: str) -> None:
    written = comment(review(text))
    assert shape(tokens(written)) == shape(tokens(comment(review("x"))))
    check_rendered(written)
    check_html(written)


@given(text=hostile.TEXTS)
@example(text="x".join(hostile.FRAGMENTS))
@settings(deadline=None, max_examples=60)
def test_those_who_read_the_source_are_safe_too(text: str) -> None:
    for review in REVIEWS:
        check_source(comment(review(text)))


def test_the_shape_sees_what_a_text_could_do() -> None:
    plain = shape(tokens("| a |\n|---|\n| `x` |\n"))
    for text in ("[a](https://x)", "<b>", "![a](b)", "x` | `y", "`\n# heading"):
        assert shape(tokens(f"| a | b |\n|---|---|\n| {text} |\n")) != plain
