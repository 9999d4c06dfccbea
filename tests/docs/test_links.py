"""Links lead somewhere, and what the code says of the pages is there."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import PAGES, ROOT, anchors, blocks, headings, links, prose, rows

MENTION = re.compile(r'docs/([\w-]+\.md)(?:, "([^"]+)")?')


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"


def test_the_readme_lists_every_page() -> None:
    listed = {Path(link).name for link in links(ROOT / "README.md")}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= listed


def test_what_the_code_mentions_exists() -> None:
    files = [ROOT / "pyproject.toml", *(ROOT / "runner").rglob("*.py")]
    mentions = {found for file in files for found in MENTION.findall(file.read_text("utf-8"))}
    assert mentions
    for name, heading in mentions:
        page = ROOT / "docs" / name
        assert page.is_file(), name
        assert not heading or heading in headings(page), f"{name}: {heading}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_headings_are_unique(page: Path) -> None:
    """Of two equal ones, links would reach the first only."""
    if page.name != "CHANGELOG.md":
        assert len(headings(page)) == len(anchors(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tables_are_whole_and_lines_are_readable(page: Path) -> None:
    lines = prose(page)
    assert [line for line in lines if len(line) > 132 and not line.startswith("|")] == []
    for number, line in enumerate(lines):
        if line.startswith("|") and not (number and lines[number - 1].startswith("|")):
            table = [line]
            for following in lines[number + 1 :]:
                if not following.startswith("|"):
                    break
                table.append(following)
            width = table[1].count("|") - 1
            assert [row for row in rows(table) if len(row) != width] == [], f"{page.name}: {line}"


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    for page in PAGES:
        shown = [line for block in blocks(page) for line in block.lines]
        named = {found for line in [*prose(page), *shown] for found in re.findall(r"(?:`|^)make ([a-z-]+)", line)}
        assert named <= targets, page.name
