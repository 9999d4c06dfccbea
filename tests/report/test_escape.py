"""Whatever a text says, it stays text: held against a Markdown library, for every place where texts are put."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from runner.report import escape
from tests.report.comment.hostile import TEXTS

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})


def inline(markdown: str) -> list[tuple[str, str]]:
    """The type and text of every token in the one paragraph, or the one cell, that the Markdown is."""
    children = [child for token in MARKDOWN.parse(markdown) for child in token.children or []]
    return [(child.type, child.content) for child in children]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "`plain`"),
        ("", "` `"),
        ("a`b", "``a`b``"),
        ("``a", "``` ``a ```"),
        ("a\n  b", "`a b`"),
        ("<!-- aml -->", "`<!\u2011- aml -->`"),
        ("a | b", "`a | b`"),
        ("x" * 500, f"`{'x' * 397}...`"),
    ],
)
def test_code(text: str, expected: str) -> None:
    assert escape.code(text) == expected


@given(TEXTS)
def test_code_is_one_piece_of_code(text: str) -> None:
    assert [kind for kind, _ in inline(escape.code(text))] == ["code_inline"]


@given(TEXTS)
def test_a_cell_is_one_piece_of_code_and_says_what_code_says(text: str) -> None:
    found = inline(f"| a | b |\n|---|---|\n| {escape.cell(text)} | c |\n")
    assert found == [("text", "a"), ("text", "b"), *inline(escape.code(text)), ("text", "c")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("failed, as it should.", "failed, as it should."),
        ("did you mean 'environment'?", "did you mean 'environment'?"),
        ("no spec defines compute/cpu, or so", "no spec defines `compute/cpu`, or so"),
        ("8 nodes of Standard_DS3_v2 take 32 cores", "8 nodes of `Standard_DS3_v2` take 32 cores"),
        ("ask @octocat about #12", "ask `@octocat` about `#12`"),
        ("see https://x.example and www.x.example now", "see `https://x.example` and `www.x.example` now"),
        ("deadbee5 12345 a@b.c *x* GH-12", "`deadbee5 12345 a@b.c *x* GH-12`"),
        ("- one", "`-` one"),
        ("1. one", "`1`. one"),
        (":", "`:`"),
    ],
)
def test_prose(text: str, expected: str) -> None:
    assert escape.prose(text) == expected


@given(TEXTS)
def test_prose_is_words_and_code(text: str) -> None:
    found = inline(f"so: {escape.prose(text)}")
    assert {kind for kind, _ in found} <= {"text", "code_inline"}
    assert not {"@", "#", "/", "<", "&", "*", "_", "\\", "$"} & set("".join(t for kind, t in found if kind == "text"))


@given(TEXTS)
@example("a\n```\n# b")
@example("a\n`````\n# b")
def test_a_block_is_one_block(text: str) -> None:
    tokens = MARKDOWN.parse(f"before\n\n{escape.block(text)}\nafter")
    assert [token.type for token in tokens if token.level == 0] == [
        *("paragraph_open", "paragraph_close", "fence", "paragraph_open", "paragraph_close")
    ]
    assert not any(line.lstrip().startswith("::") for line in escape.block(text).splitlines())


@pytest.mark.parametrize("text", ["::error::x", "  ::set-output name=a::b", "\t::x", "a ##[error]b"])
def test_no_line_is_a_workflow_command(text: str) -> None:
    assert not escape.line(text).lstrip().startswith("::")
    assert "##[" not in escape.line(text) + escape.code(text)


@given(TEXTS)
def test_html_is_code(text: str) -> None:
    found = escape.html(text)
    assert found.startswith("<code>")
    assert found.endswith("</code>")
    assert not set('<>"\n') & set(found.removeprefix("<code>").removesuffix("</code>"))


@given(TEXTS)
def test_a_label_of_mermaid_is_letters_and_numbers_of_characters(text: str) -> None:
    assert all(char.isalnum() or char in " -./,#;" for char in escape.label(text))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ml.azure.com/runs/a?wsid=/b&tid=c", "https://ml.azure.com/runs/a?wsid=/b&tid=c"),
        ("https://127.0.0.1:5000/#/x", ""),
        ("http://localhost/x", ""),
        ("https://localhost.example/x", "https://localhost.example/x"),
        ("https://x.example/a) [b](c|d <e>", "https://x.example/a%29%20%5Bb%5D%28c%7Cd%20%3Ce%3E"),
        ("javascript:alert(1)", ""),
        ("//x.example", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_addresses(url: str, expected: str) -> None:
    assert escape.address(url) == expected


@given(TEXTS)
def test_a_link_leads_where_it_should(text: str) -> None:
    tokens = MARKDOWN.parse(f"| {escape.link(text, 'https://x.example/' + text, in_cell=True)} |\n|---|\n")
    kinds = [child.type for token in tokens for child in token.children or []]
    assert kinds == ["link_open", "code_inline", "link_close"]


WAYS: tuple[Callable[[str], str], ...] = (
    *(escape.code, escape.cell, escape.prose, escape.line, escape.html, escape.label, escape.address),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@given(text=st.text(st.characters()))
def test_nothing_steers(way: Callable[[str], str], text: str) -> None:
    found = way(text)
    assert not {unicodedata.category(char) for char in found if char != "\t"} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    found.encode("utf-8")
