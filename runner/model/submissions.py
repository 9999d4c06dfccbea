"""Which line of the ledger is about which run: in a workspace that was deleted and made anew, names come back.

A run's name is made of its content, so what ran in the old workspace runs in the new one under the name that it had.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from runner.model.outcome import Outcome

if TYPE_CHECKING:
    from runner.model.ledger import Entry

RUN = "run"  # the action that begins another run; not the enumeration, which takes a while to import


@dataclass(slots=True)
class Submission:
    """One run: the entries that tell of it, its end among them, oldest first; and how it ended, if that is known."""

    entries: list["Entry"]
    end: Outcome | None = None


def submissions(entries: "Iterable[Entry]") -> list[Submission]:
    """The runs that entries in the order of time tell of."""
    found: dict[tuple[str, str, str], list[Submission]] = {}  # those of one name, oldest first
    for entry in entries:
        own = found.setdefault(entry.live, [])
        if entry.run:
            _end(own, entry, entry.run)
        elif entry.stands:
            if own and entry.action != RUN:
                own[-1].entries.append(entry)
            else:
                own.append(Submission([entry]))
    return [each for own in found.values() for each in own]


def _end(own: list[Submission], entry: "Entry", outcome: Outcome) -> None:
    """It is the end of the newest one; and of those before it that tell of the same run, as two did who met."""
    if not own:
        own.append(Submission([]))
    for earlier in own[:-1]:
        if earlier.end is None and _was_there(outcome, earlier.entries[0]):
            earlier.end = outcome
    own[-1].entries.append(entry)
    own[-1].end = outcome


def _was_there(outcome: Outcome, entry: "Entry") -> bool:
    """Whether the run had been created when the line was written; each is the time of another clock."""
    created = outcome.created_at
    return bool(created) and datetime.fromisoformat(created) <= datetime.fromisoformat(entry.at)
