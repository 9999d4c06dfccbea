"""A comment has the same shape whatever its texts say: no link, image, heading, HTML or mention comes out of them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import example, given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from runner.model.review import Review
from runner.report.comment import comment
from tests.report.comment import hostile

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
REVIEWS = (hostile.planned, hostile.finished, hostile.alone)
OURS = ("https://github.com/", "https://ml.azure.com/")
LABEL = r'"(?:[^\W_]|[ ./,-]|#\d+;)*"'
LINES = (  # of a chart
    *("---", "config:", r"\s+\w+:", r"\s+\w+: (\d+|transparent|\"[#\w, ]+\")", "flowchart LR", "xychart-beta"),
    *(rf"  n\d+\[{LABEL}\]:::\w+", r"  n\d+ --> n\d+", r"  classDef \w+ [\w:#,]+", rf"  title {LABEL}"),
    *(r'  x-axis "step" \d+ --> \d+', r"  y-axis [\d.]+ --> [\d.]+", r"  line \[[\d., ]+\]"),
)
CHART = re.compile("|".join(LINES))


def tokens(markdown: str) -> Iterator[Token]:
    for token in MARKDOWN.parse(markdown):
        yield token
        yield from token.children or []


def shape(found: Iterable[Token]) -> list[tuple[str, str]]:
    """What the Markdown is made of, without what is said in it."""
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
    found = list(tokens(written))
    assert shape(found) == shape(list(tokens(comment(review("x")))))
    for token in found:
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(OURS)
        if token.type == "text":
            assert not re.search(r"[@<$\\]|#\d|//|www\.|[0-9a-f]{7}", token.content), token.content
        if token.info == "mermaid":
            assert [line for line in token.content.splitlines() if not CHART.fullmatch(line)] == []


@given(text=hostile.TEXTS)
@example(text="x".join(hostile.FRAGMENTS))
@settings(deadline=None, max_examples=60)
def test_those_who_read_the_source_are_safe_too(text: str) -> None:
    for review in REVIEWS:
        written = comment(review(text))
        assert "<!--" not in written
        assert "##[" not in written
        assert not any(line.lstrip().startswith("::") for line in written.splitlines())
        assert not {unicodedata.category(char) for char in written if char not in "\n\t"} & {
            "Cc",
            "Cf",
            "Cs",
            "Zl",
            "Zp",
        }


def test_the_shape_sees_what_a_text_could_do() -> None:
    plain = shape(list(tokens("| a |\n|---|\n| `x` |\n")))
    for text in ("[a](https://x)", "<b>", "![a](b)", "x` | `y", "`\n# heading"):
        assert shape(list(tokens(f"| a | b |\n|---|---|\n| {text} |\n"))) != plain
