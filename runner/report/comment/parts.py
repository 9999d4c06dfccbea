"""The parts of a comment, and how they are made to fit: the least important gives way first, and it is said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

# GitHub takes 65,536 characters. The rest is for who posts the comment: its hidden marker, and what it keeps in it.
ROOM = 60_000
_FOR_NOTES = 600  # of these, the sentence that says what was left out


class Rank(IntEnum):
    """What stays the longer, the higher it is."""

    CURVES = 1
    GRAPH = 2
    PARAMETERS = 3
    COSTS = 4
    FIELDS = 5
    METRICS = 6
    WARNINGS = 7
    DRIFT = 8
    CHANGES = 9
    LOGS = 10
    RUNS = 11
    ERRORS = 12
    HEADLINE = 13


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of Markdown that can lose rows from its end. `brief` says each row in fewer characters.

    `what` names the rows, e.g. "changes": what is left out has to be told.
    """

    rank: Rank
    rows: tuple[str, ...]
    head: str = ""
    tail: str = ""
    what: str = ""
    brief: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The Markdown; it ends in a newline."""
        return f"{self.head}{''.join(self.rows)}{self.tail}"

    def within(self, room: int) -> "Part":
        """As much of it as fits: first in fewer words, then in fewer rows. Without any row nothing is left."""
        short = replace(self, rows=self.brief, brief=()) if self.brief else self
        left = room - size(short.head) - size(short.tail)
        kept = 0
        for row in short.rows:
            left -= size(row)
            if left < 0:
                break
            kept += 1
        return replace(short, rows=short.rows[:kept]) if kept else replace(self, rows=(), head="", tail="", brief=())


def size(text: str) -> int:
    """Characters as the strictest reader counts them: those beyond the basic plane as two."""
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def whole(rank: Rank, text: str, what: str = "") -> Part:
    """A part that is there or not."""
    return Part(rank, (text,), what=what)


def folded(summary: str, part: Part) -> Part:
    """The part behind a line to click on. `summary` is HTML."""
    head = f"<details><summary>{summary}</summary>\n\n{part.head}"
    return replace(part, head=head, tail=f"{part.tail}\n</details>\n")


def fitted(parts: Sequence[Part], room: int) -> str:
    """The parts as one text of at most so many characters, with a word on what is missing."""
    kept = [part for part in parts if part.rows]
    over = sum(size(part.text) + 1 for part in kept) - room
    if over <= 0:
        return _joined(kept)
    over += _FOR_NOTES
    missing: dict[str, int] = {}
    for place in sorted(range(len(kept)), key=lambda place: (kept[place].rank, -place)):
        if over <= 0:
            break
        part = kept[place]
        shorter = part.within(size(part.text) - over)
        lost = len(part.rows) - len(shorter.rows)
        missing |= {part.what: missing.get(part.what, 0) + lost} if lost else {}
        over -= size(part.text) - size(shorter.text)
        kept[place] = shorter
    return _joined([*kept, whole(Rank.HEADLINE, _note(missing))] if missing else kept)


def _joined(parts: Sequence[Part]) -> str:
    return "\n".join(part.text for part in parts if part.rows)


def _note(missing: dict[str, int]) -> str:
    told = ", ".join(f"{what} ({count:,})" for what, count in missing.items())
    return f"**Left out**, as a comment holds no more: {told}. `aml plan` and `aml status` tell all.\n"
