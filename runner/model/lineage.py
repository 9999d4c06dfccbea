"""Where something live comes from: what made it, what that was made of, and so on; all as the ledger tells it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from runner.errors import ConfigError
from runner.model.keys import Kind
from runner.model.ledger import REGISTER, Entry, Ledger

MADE = frozenset({"create", "update", "replace", "run", "adopt", REGISTER})
_TOLD = MADE | {"no-op"}
_DEEPEST = 8  # steps upstream
_OF_RUN = re.compile(r"(?:/jobs/|runs:/+)([^/]+)")  # a URI of what a run put out


@dataclass(frozen=True, slots=True)
class Use:
    """What is referred to at a place of a spec. `made` is where it comes from, as far as it is ours and known."""

    place: str
    reference: str
    resolved: str = ""  # what another's label stood for
    made: "Lineage | None" = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """One thing and where it comes from. `entry` tells how it came to be; its `run` is how that run ended, if known."""

    entry: Entry
    uses: tuple[Use, ...] = ()
    origin: "Lineage | None" = None  # of a model: the run that it was
    again: tuple[Entry, ...] = ()  # what else was applied of the same content, here and in other targets
    became: tuple[str, ...] = ()  # of a run: models, as "iris:3"
    used_by: tuple[str, ...] = ()  # live names of what refers to it
    removed: Entry | None = None  # the line that tells of its end

    @property
    def is_run(self) -> bool:
        """Whether it is a run of a job."""
        return self.entry.key.kind is Kind.JOB

    @property
    def name(self) -> str:
        """What it is called: the live name of a run, else with its kind, e.g. model/iris:3."""
        return self.entry.live_name if self.is_run else f"{self.entry.key.kind}/{self.entry.live_name}"

    def everything(self) -> Iterator["Lineage"]:
        """This and all that is upstream of it."""
        yield self
        for each in (self.origin, *(use.made for use in self.uses)):
            if each:
                yield from each.everything()


def lineage(ledger: Ledger, name: str, target: str | None = None) -> Lineage | None:
    """The lineage of what has this name; None when the ledger does not know it.

    It may be a live name (`iris-train-0a1b...`, `iris:3`), one with its kind before it (`model/iris:3`), or a key:
    then it is the newest of that. Raises ConfigError when things of several kinds have the name.
    """
    told = [entry for entry in ledger.entries if entry.status == "done" and entry.action in _TOLD]
    found = [entry for entry in told if target in (None, entry.target)]
    named = [each for each in found if name in _names(each)] or [each for each in found if name in _keys(each)]
    if not named:
        return None
    kinds = sorted({f"{each.key.kind}/{each.live_name}" for each in named if each.live_name == name})
    if len(kinds) > 1:
        raise ConfigError(f"several things are called {name}: say which one: {', '.join(kinds)}")
    newest = named[-1]
    return _Tracer(ledger, told).trace(_maker([each for each in named if each.live == newest.live]))


def likely(ledger: Ledger, name: str) -> list[str]:
    """Names that somebody may have meant."""
    known = {each for entry in ledger.entries if entry.action in MADE for each in (*_names(entry), *_keys(entry))}
    return get_close_matches(name, sorted(known), n=3)


def _maker(same: list[Entry]) -> Entry:
    """Of lines about one thing the one that made it as it is: what describes a version only came after that."""
    made = [each for each in same if each.action in MADE]
    began = [each for each in made if each.action != "update"] if not same[0].key.kind.mutable else made
    return (began or made or same)[-1]


def _names(entry: Entry) -> tuple[str, ...]:
    return entry.live_name, f"{entry.key.kind}/{entry.live_name}"


def _keys(entry: Entry) -> tuple[str, ...]:
    return entry.address, entry.key.name


@dataclass
class _Tracer:
    ledger: Ledger
    told: list[Entry]  # lines about what was made or found to be there
    _by_name: Mapping[tuple[Kind, str], list[Entry]] = field(init=False)

    def __post_init__(self) -> None:
        self._outcomes = self.ledger.outcomes()
        # Not by their times as texts: these may be of several zones.
        self._order = {entry.id: number for number, entry in enumerate(self.ledger.entries)}
        by_name: dict[tuple[Kind, str], list[Entry]] = {}
        for entry in self.told:
            by_name.setdefault((entry.key.kind, entry.live_name), []).append(entry)
        self._by_name = by_name

    def trace(self, entry: Entry, below: tuple[str, ...] = ()) -> Lineage:
        """The lineage of what an entry tells of. What is not asked for itself is told without its own relations.

        `below` are the entries that led here: nothing is made of itself, but a ledger may say so.
        """
        path = (*below, entry.id)
        entry = self._filled(entry)
        deeper = len(below) < _DEEPEST and entry.id not in below
        found = Lineage(
            entry=replace(entry, run=self._outcomes.get(entry.id)),
            uses=tuple(self._uses(entry, path)) if deeper else (),
            origin=self._origin(entry, path) if deeper else None,
        )
        if below and entry.key.kind is not Kind.JOB:
            return found
        return replace(
            found,
            again=tuple(self._again(entry)),
            became=tuple(dict.fromkeys(self._became(entry))),
            used_by=tuple(dict.fromkeys(self._used_by(entry))),
            removed=self._removed(entry),
        )

    def _filled(self, entry: Entry) -> Entry:
        """The entry with what it is made of, by another line about the same content where its own does not say."""
        if entry.spec or not entry.digest:
            return entry
        same = (each for each in self.told if (each.address, each.digest) == (entry.address, entry.digest))
        told = next((each for each in same if each.spec), entry)
        parts = entry.parts or told.parts
        return replace(entry, spec=told.spec, parts=parts, uses=told.uses, sources=told.sources)

    def _uses(self, entry: Entry, path: tuple[str, ...]) -> Iterator[Use]:
        for place, reference in sorted(entry.uses.items()):
            made = self._made(reference, entry)
            label = entry.resolved.get(place, "")
            yield Use(place, reference, label, self.trace(made, path) if made else None)

    def _made(self, reference: str, user: Entry) -> Entry | None:
        """The line that made what is referred to: in the same workspace before it was used, else wherever."""
        kind, _, live_name = reference.partition("/")
        known = self._by_name.get((Kind(kind), live_name), ()) if kind in set(Kind) else ()
        before = [each for each in known if self._order[each.id] <= self._order[user.id] and each.action in MADE]
        here = [each for each in before if each.workspace.lower() == user.workspace.lower()]
        if not before:
            return None
        return _maker(here or before)

    def _origin(self, entry: Entry, path: tuple[str, ...]) -> Lineage | None:
        """The run that a model, or data, is an output of."""
        uris = (text for place, text in entry.uses.items() if place.rpartition(".")[2] == "path")
        named = entry.from_run or next((found[1] for uri in uris if (found := _OF_RUN.search(uri))), "")
        began = self._began(named, entry)
        return self.trace(began, path) if began else None

    def _began(self, run: str, entry: Entry) -> Entry | None:
        """The line that began the run of which an entry tells: the content may have run elsewhere, by the same name."""
        known = self._by_name.get((Kind.JOB, run), [])
        runs = [each for each in known if each.workspace.lower() == entry.workspace.lower()] or known
        before = [each for each in runs if self._order[each.id] <= self._order[entry.id]] or runs
        return _maker(before) if before else None

    def _became(self, entry: Entry) -> Iterator[str]:
        """The models that a run became."""
        for each in self.told:
            began = self._began(each.from_run, each) if each.from_run == entry.live_name else None
            if began and began.id == entry.id:
                yield each.live_name

    def _again(self, entry: Entry) -> Iterable[Entry]:
        own = (each for each in self.told if each.address == entry.address and each.id != entry.id)
        return (
            replace(each, run=self._outcomes.get(each.id))
            for each in own
            if (each.digest and each.digest == entry.digest) or each.live == entry.live
        )

    def _used_by(self, entry: Entry) -> Iterator[str]:
        name = f"{entry.key.kind}/{entry.live_name}"
        for each in self.told:
            if each.action in MADE and name in each.uses.values():
                yield each.live_name if each.key.kind is Kind.JOB else f"{each.key.kind}/{each.live_name}"

    def _removed(self, entry: Entry) -> Entry | None:
        place = self._order[entry.id]
        for each in self.ledger.entries[place + 1 :]:
            is_end = each.action == "delete" and each.status == "done" and each.address == entry.address
            here = each.workspace.lower() == entry.workspace.lower()
            if is_end and here and entry.live_name in (each.removed or (each.live_name,)):
                return each
        return None
