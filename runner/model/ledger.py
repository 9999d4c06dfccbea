"""The ledger's lines: what an apply did to one resource, and later how its run ended. docs/ledger.md has the format.

A line never changes. How a run ended is a line of its own, so that ledgers are merged by putting their lines together.
What a line says is for people and reports: nothing that is planned or applied depends on it.
"""

import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runner.model.detectors import masked
from runner.model.keys import Key, Kind
from runner.model.outcome import Outcome
from runner.model.secrets import hidden
from runner.model.shapes import ShapeError, shaped
from runner.model.submissions import submissions

FORMAT_VERSION = "1.0"
FINISH = "finish"  # the action of a line that tells how a run ended
_STANDING = frozenset({"run", "no-op", "adopt"})
REGISTER = "register"  # a run's output became a model
NONE = "there is no ledger in this clone; if others pushed one: git fetch origin 'refs/notes/*:refs/notes/*'"
# Fields whose words are others'. All else is made of what a spec says, or by us.
_OTHERS = frozenset({"error", "uses", "metrics", "parameters", "ref", "actor", "approved_by", "workflow_run"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `action` and `status` are those of an apply's result; those without a default are in every line.

    `commit` is what was applied, whatever object the note is on. `dirty`: what was sent differed from it.
    """

    at: str  # ISO 8601 with its zone; first, so that sorted lines are in the order of time
    id: str  # unique
    project: str
    target: str
    workspace: str  # its path in ARM
    commit: str
    address: str  # the key, e.g. job/iris-train
    action: str
    status: str
    live_name: str  # of an asset with its version
    live_id: str = ""  # its path in ARM
    digest: str = ""
    digest_scheme: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()  # of a deletion: versions that were archived, or runs that were canceled
    uses: Mapping[str, str] = field(default_factory=dict)  # place in the spec -> what it refers to: `model/uses.py`
    resolved: Mapping[str, str] = field(default_factory=dict)  # place -> what another's label in it stood for
    sources: Mapping[str, str] = field(default_factory=dict)  # place -> file or folder sent, from the repository's root
    gates: tuple[str, ...] = ()  # the metrics that a job's gates ask for
    from_run: str = ""  # of a model that was registered
    spec: str = ""  # file:line
    dirty: bool = False
    ref: str = ""
    error: str = ""
    run: Outcome | None = None
    actor: str = ""
    pull_request: int | None = None
    approved_by: tuple[str, ...] = ()  # those who approved that pull request
    workflow_run: str = ""
    tool_version: str = ""

    @property
    def key(self) -> Key:
        """The resource."""
        kind, _, name = self.address.partition("/")
        return Key(Kind(kind), name)

    @property
    def live(self) -> tuple[str, str, str]:
        """What it is about: a name in a workspace."""
        return self.workspace.lower(), self.address, self.live_name

    @property
    def stands(self) -> bool:
        """Whether it says that a run stands for the content of a job: submitted, found there, or adopted."""
        return self.key.kind is Kind.JOB and self.status == "done" and self.action in _STANDING


@dataclass(frozen=True, slots=True)
class Damage:
    """What could not be read: `place` is the object that the note is on, `line` counts from 1; 0 is all of it."""

    place: str
    line: int
    why: str

    def __str__(self) -> str:
        at = f", line {self.line}" if self.line else ""
        return f"note on {self.place[:12]}{at}: {self.why}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was read: entries in the order of time, each once, and what was passed over."""

    entries: tuple[Entry, ...] = ()
    damage: tuple[Damage, ...] = ()

    def joined(self, more: Iterable[Entry]) -> "Ledger":
        """With more entries, each in its place."""
        return dataclasses.replace(self, entries=tuple(sorted((*self.entries, *more), key=_moment)))

    def outcomes(self) -> dict[str, Outcome]:
        """How the run ended that an entry is about: id of the entry -> outcome, as far as that is known."""
        return {entry.id: run.end for run in submissions(self.entries) if run.end for entry in run.entries}

    def wanting(self) -> tuple[str, ...]:
        """What people have to know of it: that there is none, or what of it was passed over."""
        if not self.entries and not self.damage:
            return (NONE,)
        return tuple(f"passed over: {each}" for each in self.damage)

    def open(self) -> tuple[Entry, ...]:
        """The entries that began a run of which nothing says yet how it ended; of each run the first one."""
        begun = {run.entries[0].id for run in submissions(self.entries) if not run.end}
        return tuple(entry for entry in self.entries if entry.id in begun)


def line(entry: Entry, redacted: Callable[[str], str] = str) -> str:
    """An entry as a line of text. No secret is in it: none of a known shape or name, and none that `redacted` knows."""
    told = {name: value for name, value in dataclasses.asdict(entry).items() if value not in ("", (), {}, None, False)}
    if entry.run:
        told["run"] = {name: value for name, value in told["run"].items() if value not in ("", {})}
    safe = _redacted(hidden((), _plain(told)), lambda text: masked(redacted(text)))
    return json.dumps(safe | {"format_version": FORMAT_VERSION}, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    """The value as JSON has it, which knows no NaN: metrics of a run that diverged become null."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _redacted(told: Mapping[str, Any], redacted: Callable[[str], str]) -> dict[str, Any]:
    safe = {name: _without(value, redacted) if name in _OTHERS else value for name, value in told.items()}
    return safe | ({"run": _redacted(told["run"], redacted)} if "run" in told else {})


def _without(value: Any, redacted: Callable[[str], str]) -> Any:
    match value:
        case str():
            return redacted(value)
        case list() | tuple():
            return [_without(item, redacted) for item in value]
        case dict():
            return {redacted(name): _without(item, redacted) for name, item in value.items()}
    return value


def parse(notes: Mapping[str, str]) -> Ledger:
    """The ledger in notes: object -> text. A line that cannot be read is damage, and never stands in another's way."""
    entries: dict[str, Entry] = {}
    damage: list[Damage] = []
    for place, text in notes.items():
        # Not splitlines: it also splits at characters that a line of JSON may hold.
        for number, each in enumerate(text.split("\n"), 1):
            try:
                found = _entry(each) if each.strip() else None
            except ValueError as error:
                damage.append(Damage(place, number, str(error)))
                continue
            if found:
                entries.setdefault(found.id, found)
    return Ledger(tuple(sorted(entries.values(), key=_moment)), tuple(damage))


def _moment(entry: Entry) -> tuple[datetime, str]:
    return datetime.fromisoformat(entry.at), entry.id


def _entry(text: str) -> Entry:
    """The entry on a line; keys that we do not know are passed over. Raises ValueError, with why in a few words."""
    try:
        told = json.loads(text)
        version = told["format_version"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError("is no line of the ledger") from error
    if str(version).partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise ValueError(f"has format {str(version)[:20]}, this version of aml reads {FORMAT_VERSION}")
    try:
        entry = shaped(Entry, told)
    except ShapeError as error:
        raise ValueError(f"has no proper {', '.join(error.places[:5])}") from error
    try:
        moments = [datetime.fromisoformat(each) for each in _times(entry)]
        named = bool(entry.key.name and entry.id)
    except ValueError as error:
        raise ValueError(f"says what cannot be: {error}") from error
    if not named or not entry.at or any(moment.tzinfo is None for moment in moments):
        raise ValueError("says what cannot be: no name, or a time without its zone")
    return entry


def _times(entry: Entry) -> list[str]:
    ran = (entry.run.created_at, entry.run.started_at, entry.run.ended_at) if entry.run else ()
    return [each for each in (entry.at, *ran) if each]
