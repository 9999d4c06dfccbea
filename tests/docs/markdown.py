"""Just enough Markdown: headings, fenced blocks, tables, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]

_FENCE = re.compile(r"```(\w*)")
_HEADING = re.compile(r"(#+) (.+)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: the language, the number of its first line (from 1), and its lines."""

    page: Path
    language: str
    line: int
    lines: list[str]


def blocks(page: Path) -> Iterator[Block]:
    """Every fenced block of a page."""
    inside: Block | None = None
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        if inside is None and fence:
            inside = Block(page, fence[1], number + 1, [])
        elif inside is not None and fence:
            yield inside
            inside = None
        elif inside is not None:
            inside.lines.append(line)
    assert inside is None, f"{page.name}: the block at line {inside.line} has no end"


def prose(page: Path) -> list[str]:
    """The lines outside fenced blocks."""
    kept, inside = [], False
    for line in page.read_text("utf-8").splitlines():
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            kept.append(line)
    return kept


def headings(page: Path) -> list[str]:
    """The text of every heading."""
    return [found[2] for line in prose(page) if (found := _HEADING.fullmatch(line))]


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}


def links(page: Path) -> list[str]:
    """The targets of all links."""
    return _LINK.findall("\n".join(prose(page)))


def section(page: Path, heading: str) -> list[str]:
    """The lines below a heading, up to the next heading of any level."""
    found: list[str] | None = None
    for line in prose(page):
        matched = _HEADING.fullmatch(line)
        if matched and found is not None:
            break
        if matched and matched[2] == heading:
            found = []
        elif found is not None:
            found.append(line)
    assert found is not None, f"{page.name} has no heading {heading!r}"
    return found


def rows(lines: list[str]) -> list[list[str]]:
    """The cells of every row of the tables in these lines, heads and rules left out."""
    table = [line for line in lines if line.startswith("|")]
    ruled = {number for number, line in enumerate(table) if re.fullmatch(r"\|[-| :]+\|", line)}
    heads = {number - 1 for number in ruled}
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]
    return [row for number, row in enumerate(cells) if number not in ruled | heads]


def codes(text: str) -> list[str]:
    """Everything in backquotes."""
    return _CODE.findall(text)


def first_codes(page: Path, heading: str) -> set[str]:
    """What the first cells of the tables below a heading name in backquotes."""
    return {code for row in rows(section(page, heading)) for code in codes(row[0])}
