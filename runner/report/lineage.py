"""Where something live comes from: for people, in Markdown, and as JSON.

What only one of them needs is imported there, as in `history.py`.
"""

import dataclasses
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from runner import __version__
from runner.model.commits import Commit
from runner.model.ledger import Entry
from runner.model.lineage import MADE, Lineage, Use
from runner.model.runs import COMPLETED, FAILED
from runner.model.traced import Traced
from runner.report.lines import ADD, FAINT, PLAIN, REMOVE, STRONG, WARN, Line, cut, duration, number, one_line

_WIDTH = 80
_MOST = 8  # of a list of names
_ABSENT = "(not in this clone)"


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """One row: what it is about, the words, and what is below it (upstream)."""

    name: str
    words: str
    style: str = PLAIN
    below: tuple[str, ...] = ()


def text(found: Traced) -> Iterator[Line]:
    """A row for each fact, in 80 columns."""
    for title, style, facts in _sections(found):
        yield Line(title, style)
        width = min(max(len(fact.name) for fact in facts), 24) + 2
        for fact in facts:
            yield from _rows(fact, width)
        yield Line()
    for note in found.notes:
        yield from (Line(line, WARN) for line in textwrap.wrap(f"note: {one_line(note)}", _WIDTH))


def markdown(found: Traced) -> str:
    """The same as tables."""
    from runner.report.escape import cell, prose

    parts = []
    for title, _, facts in _sections(found):
        parts += [f"### {prose(title)}", "", "| | |", "|---|---|"]
        parts += [f"| {cell(fact.name)} | {'<br>'.join(_cells(fact))} |" for fact in facts]
        parts.append("")
    return "\n".join([*parts, *(f"> {prose(note)}" for note in found.notes)]).rstrip()


def document(found: Traced) -> str:
    """The same as one JSON object."""
    from runner.report.json import FORMAT_VERSION, commit, dump

    told = {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "explained": found.explained,
        "lineage": _lineage(found, found.lineage),
        "changed": commit(found.changed) if found.changed else None,
        "sent": {place: dataclasses.asdict(sent) for place, sent in found.sent.items()},
        "notes": list(found.notes),
    }
    return dump(told)


def _lineage(found: Traced, each: Lineage) -> dict[str, Any]:
    from runner.report.json import commit

    return {
        "name": each.name,
        "entry": dataclasses.asdict(each.entry),
        "commit": commit(found.commits[each.entry.commit]) if each.entry.commit in found.commits else None,
        "pull_request": found.pull_request(each.entry),
        "approved_by": list(found.approved_by(each.entry)),
        "uses": [
            {"place": use.place, "reference": use.reference, "resolved": use.resolved}
            | {"made": _lineage(found, use.made) if use.made else None}
            for use in each.uses
        ],
        "origin": _lineage(found, each.origin) if each.origin else None,
        "again": [dataclasses.asdict(entry) for entry in each.again],
        "became": list(each.became),
        "used_by": list(each.used_by),
        "removed": dataclasses.asdict(each.removed) if each.removed else None,
    }


def _sections(found: Traced) -> Iterator[tuple[str, str, list[Fact]]]:
    if found.lineage.origin:
        yield f"{found.lineage.name}  from {found.subject.name}", STRONG, list(_of_model(found))
    subject = found.subject
    yield f"{subject.name}  {_standing(subject)}", _style(subject), [*_who(found), *_what(found), *_came(found)]


def _of_model(found: Traced) -> Iterator[Fact]:
    entry = found.lineage.entry
    yield Fact("made", _applied(entry))
    yield Fact("commit", _commit(found, entry.commit))
    if found.lineage.used_by:
        yield Fact("used by", _names(found.lineage.used_by))
    if found.lineage.removed:
        yield Fact("archived", _applied(found.lineage.removed), WARN)


def _who(found: Traced) -> Iterator[Fact]:
    """Which commit, whose, and who let it through."""
    subject = found.subject
    entry = subject.entry
    yield Fact("spec", f"{entry.spec or '(the ledger does not say where)'}  {entry.address}")
    dirty = ", with edits that are in no commit" if entry.dirty else ""
    yield Fact("commit", f"{_commit(found, entry.commit)}{dirty}", WARN if dirty else PLAIN)
    if found.changed and found.changed.id != entry.commit:
        yield Fact("changed", _told(found.changed))
    pull, approved = found.pull_request(entry), found.approved_by(entry)
    if pull:
        yield Fact("pull request", f"#{pull}" + (f", approved by {', '.join(approved)}" if approved else ""))
    elif approved:
        yield Fact("approved", f"by {', '.join(approved)}")
    yield Fact("applied" if entry.action in MADE else "reused", _applied(entry))
    if entry.workflow_run:
        yield Fact("log", entry.workflow_run)


def _what(found: Traced) -> Iterator[Fact]:
    """What decided it: the digest and its parts, the files, and all that it refers to."""
    entry = found.subject.entry
    if entry.digest:
        yield Fact("digest", f"{entry.digest[:12]} (scheme {entry.digest_scheme or '?'})")
    if entry.parts:
        yield Fact("parts", ", ".join(f"{name} {short}" for name, short in sorted(entry.parts.items())))
    for place, path in sorted(entry.sources.items()):
        sent = found.sent.get(place)
        files = f"{sent.files} {'file' if sent.files == 1 else 'files'}, git {sent.object[:10]}" if sent else ""
        yield Fact(place, f"{path}  ({files})" if files else path)
    for use in found.subject.uses:
        yield Fact(use.place.removesuffix(".path"), _reference(use), below=tuple(_below(found, use.made)))


def _came(found: Traced) -> Iterator[Fact]:
    """What came of it."""
    subject = found.subject
    run = subject.entry.run
    if run and run.error:
        yield Fact("error", one_line(run.error), REMOVE)
    if run and run.metrics:
        yield Fact("metrics", ", ".join(f"{name} {_number(value)}" for name, value in sorted(run.metrics.items())))
    if run and run.parameters:
        yield Fact("parameters", _names([f"{name} {value}" for name, value in sorted(run.parameters.items())]))
    if subject.became:
        yield Fact("became", _names([f"model/{name}" for name in subject.became]))
    if subject.used_by:
        yield Fact("used by", _names(subject.used_by))
    for entry in subject.again:
        yield Fact(
            "also", f"{_commit(found, entry.commit)}: {_action(entry)} {entry.live_name}, {_applied(entry)}", FAINT
        )
    if subject.removed:
        yield Fact("removed", _applied(subject.removed), WARN)


def _below(found: Traced, made: Lineage | None, depth: int = 0) -> Iterator[str]:
    """What is upstream, indented."""
    if made is None:
        return
    indent = "  " * depth
    where = made.entry.spec or made.entry.action
    yield f"{indent}{where}  {_commit(found, made.entry.commit)}"
    for use in made.uses:
        yield f"{indent}{use.place.removesuffix('.path')} {_reference(use)}"
        yield from _below(found, use.made, depth + 1)
    if made.origin:
        yield f"{indent}from {made.origin.name}"
        yield from _below(found, made.origin, depth + 1)


def _reference(use: Use) -> str:
    return f"{use.reference} (resolved to {use.resolved})" if use.resolved else use.reference


def _commit(found: Traced, name: str) -> str:
    """A commit on a line: what it is called, when, whose, and what it says."""
    if not name:
        return "(no commit)"
    told = found.commits.get(name)
    return _told(told) if told else f"{name[:10]} {_ABSENT}"


def _told(commit: Commit) -> str:
    return f"{commit.id[:10]}  {commit.at[:10]}  {commit.author}: {commit.subject}"


def _applied(entry: Entry) -> str:
    who = f" by {entry.actor}" if entry.actor else ""
    branch = f", from {entry.ref.removeprefix('refs/heads/')}" if entry.ref else ""
    return f"{entry.at[:16].replace('T', ' ')} to {entry.target or '?'}{branch}{who}"


def _action(entry: Entry) -> str:
    return "reused" if entry.action == "no-op" else entry.action


def _standing(subject: Lineage) -> str:
    run = subject.entry.run
    if not subject.is_run:
        return subject.entry.action
    if not run:
        return "how it ended is not known"
    return f"{run.status}" + (f" in {duration(run.seconds)}" if run.seconds is not None else "")


def _style(subject: Lineage) -> str:
    status = subject.entry.run.status if subject.entry.run else ""
    return ADD if status == COMPLETED else REMOVE if status in FAILED else STRONG


def _number(value: float | None) -> str:
    return "NaN" if value is None else number(value)


def _names(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(found[:_MOST]) + more


def _rows(fact: Fact, width: int) -> Iterator[Line]:
    """A fact's lines: the name once, long words broken."""
    name = f"  {fact.name:<{width}}"
    if len(fact.name) + 2 > width:
        yield Line(f"  {fact.name}", fact.style)
        name = " " * (width + 2)
    wrapped = textwrap.wrap(one_line(fact.words), _WIDTH - width - 2, break_on_hyphens=False) or [""]
    for place, line in enumerate(wrapped):
        yield Line(f"{name if place == 0 else ' ' * (width + 2)}{line}", fact.style)
    for line in fact.below:
        yield Line(cut(f"{' ' * (width + 4)}{line}", _WIDTH), FAINT)


def _cells(fact: Fact) -> list[str]:
    from runner.report.escape import prose

    return [prose(words, in_cell=True) for words in (fact.words, *fact.below)]
