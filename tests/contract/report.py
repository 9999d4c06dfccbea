"""Verdicts as Markdown: where the service and our facts differ, what was not tried, what holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Word = Literal["holds", "differs", "not tried"]


@dataclass(frozen=True)
class Verdict:
    """One fact. `seen` is what the service did instead, or why it was not tried."""

    fact: str
    sentence: str
    word: Word
    seen: str = ""


def render(head: Iterable[tuple[str, str]], verdicts: Iterable[Verdict], left: Iterable[str]) -> str:
    """The report. `head` is what was asked, and with what; `left` what the run could not clean up."""
    return "\n".join(_lines(list(head), list(verdicts), list(left))) + "\n"


def _lines(head: list[tuple[str, str]], verdicts: list[Verdict], left: list[str]) -> Iterator[str]:
    by_word = {word: [each for each in verdicts if each.word == word] for word in ("differs", "not tried", "holds")}
    yield from ("# Our facts, held against a workspace", "")
    yield from ("| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in head), "")
    yield ", ".join(f"{len(found)} {word}" for word, found in by_word.items()) + "."
    if by_word["differs"]:
        yield from ("", "## What differs")
        for each in by_word["differs"]:
            yield from ("", f"### {each.fact}", "", each.sentence, "", "```text", *_indented(each.seen), "```")
    for word, title, column in (("not tried", "What was not tried", "why"), ("holds", "What holds", "")):
        if by_word[word]:  # type: ignore[index]
            rows = (f"| {each.fact} | {_cell(each.sentence)} | {_cell(each.seen)} |" for each in by_word[word])  # type: ignore[index]
            yield from ("", f"## {title}", "", f"| | the fact | {column} |", "|---|---|---|", *rows)
    if left:
        yield from ("", "## What is left behind", "", *(f"- {each}" for each in left))


def _indented(text: str) -> list[str]:
    """Lines that no fence of their own can end."""
    return [f"  {line}" for line in text.splitlines()]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
