"""What makes a comment inert: no link, image, heading, HTML or mention comes out of the texts of others."""

import re
import unicodedata
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
_OURS = ("https://github.com/", "https://ml.azure.com/")
_LABEL = r'"(?:[^\W_]|[ ./,-]|#\d+;)*"'
_LINES = (  # of a chart
    *("---", "config:", r"\s+\w+:", r"\s+\w+: (\d+|transparent|\"[#\w, ]+\")", "flowchart LR", "xychart-beta"),
    *(rf"  n\d+\[{_LABEL}\]:::\w+", r"  n\d+ --> n\d+", r"  classDef \w+ [\w:#,]+", rf"  title {_LABEL}"),
    *(r'  x-axis "step" \d+ --> \d+', r"  y-axis [\d.]+ --> [\d.]+", r"  line \[[\d., ]+\]"),
)
_CHART = re.compile("|".join(_LINES))
_TAGS = {f"<{slash}{name}>" for slash in ("", "/") for name in ("details", "summary", "code")} | {"<br>"}
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def tokens(markdown: str) -> Iterator[Token]:
    """All that the Markdown is made of, at whatever depth."""
    for token in _MARKDOWN.parse(markdown):
        yield token
        yield from token.children or []


def check_rendered(markdown: str) -> None:
    """For those who see it rendered: links lead to what is ours, text mentions nobody, charts are drawn of labels."""
    for token in tokens(markdown):
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(_OURS)
        if token.type == "text":
            assert not re.search(r"[@<\\]|\$(?!\d)|#\d|//|www\.|[0-9a-f]{7}", token.content), token.content
        if token.info == "mermaid":
            assert [line for line in token.content.splitlines() if not _CHART.fullmatch(line)] == []


def check_html(markdown: str) -> None:
    """The HTML in it folds things, breaks lines in cells, and does nothing else; there is no image."""
    for token in tokens(markdown):
        assert token.type != "image"
        if "html" in token.type:
            assert set(re.findall("<[^>]*>?", token.content)) <= _TAGS, token.content


def check_source(text: str) -> None:
    """For those who read the source, or the log of a workflow: no hidden comment, command or steering character."""
    assert "<!--" not in text
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert not {unicodedata.category(char) for char in text if char not in "\n\t"} & _STEERING
