"""Where something live comes from: the ledger and git tell it, and the workspace what those do not know."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from runner.desired.place import repository_of, root_of
from runner.errors import ConfigError
from runner.git.history import History
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.model.ledger import Entry, Ledger
from runner.model.lineage import MADE, Lineage, likely, lineage
from runner.model.traced import Sent, Traced

if TYPE_CHECKING:
    from runner.asking import Witness


def blame(start: Path, name: str, target: str | None, *, offline: bool) -> Traced:
    """Where this comes from. Raises ConfigError when nothing is known of it.

    The workspace is asked when the ledger does not know the name, or how its run ended; `offline` it never is.
    """
    root = root_of(start)
    repository = Repository(repository_of(root or start.resolve()))
    recorded = read(repository)
    notes = list(recorded.wanting())
    found = lineage(recorded, name, target)
    if found is None or _missing(found):
        found = _witnessed(recorded, name, target, notes, start if root and not offline else None)
    if found is None:
        near = likely(recorded, name)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ConfigError("; ".join([f"nothing is known of {name!r}", *notes]) + hint)
    return _told(repository, root or repository.root, found, notes)


def _missing(found: Lineage) -> bool:
    """Whether the ledger leaves open what the workspace could know."""
    subject = found.origin or found
    unmade = subject.entry.action not in MADE or bool(found.entry.from_run and not found.origin)
    return unmade or (subject.is_run and subject.entry.run is None)


def _witnessed(recorded: Ledger, name: str, target: str | None, notes: list[str], start: Path | None) -> Lineage | None:
    """The lineage, by lines that the ledger could hold."""
    found = lineage(recorded, name, target)
    if start is None:
        notes.append(f"the ledger does not tell all of {name}, and no workspace was asked")
        return found
    from runner.asking import Witness  # late: it loads what speaks with workspaces

    witness = Witness(start, target or (found.entry.target if found else None), notes)
    if found is None:
        recorded = recorded.joined(witness.named(name))
        found = lineage(recorded, name, target)
    subject = (found.origin or found).entry if found else None
    unknown = [found.entry.from_run] if found and not found.origin else []
    unknown += [subject.live_name] if subject and subject.action not in MADE else []
    for each in filter(None, unknown):
        recorded = recorded.joined(witness.named(each))
        found = lineage(recorded, name, target)
    return _ended(recorded, name, target, found, witness) if found else None


def _ended(recorded: Ledger, name: str, target: str | None, found: Lineage, witness: "Witness") -> Lineage:
    subject = found.origin or found
    if not subject.is_run or subject.entry.run:
        return found
    return lineage(recorded.joined(witness.ended(subject.entry)), name, target) or found


def _told(repository: Repository, root: Path, found: Lineage, notes: list[str]) -> Traced:
    """What git knows of it."""
    history = History(repository)
    entries = [each.entry for each in found.everything()]
    entries += [*found.again, *(found.origin.again if found.origin else ())]
    commits = history.commits({entry.commit for entry in entries})
    subject = (found.origin or found).entry
    inside = root.relative_to(repository.root)
    spec = Path(inside, subject.spec.rpartition(":")[0]).as_posix() if subject.spec else ""
    traced = Traced(found, commits, notes=tuple(notes))
    commit = subject.commit if subject.commit in commits else next((each.commit for each in traced.here), "")
    if not commit:
        return traced
    last = history.last(filter(None, [spec, *subject.sources.values()]), commit)
    return replace(traced, changed=history.commits([last]).get(last), sent=_sent(history, commit, subject))


def _sent(history: History, commit: str, subject: Entry) -> dict[str, Sent]:
    return {
        place: Sent(name, len(history.files(commit, path.removeprefix("."))) or 1)
        for place, path in subject.sources.items()
        if (name := history.object(commit, path))
    }
