"""What this project owns and no spec asks for: deleted, archived or canceled, by its kind."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from runner.model.diagnostics import Position
from runner.model.identity import PREVENT_DESTROY, is_outcome
from runner.model.keys import Key, Kind
from runner.model.live import LiveState
from runner.model.plan import Action, Change, Reason
from runner.model.resource import DesiredState, Origin, Resource
from runner.model.rules import DEFAULT, Settings
from runner.model.runs import Phase, phase
from runner.plan.fence import fenced
from runner.plan.ownership import PROTECTED, is_protected
from runner.plan.planning import Planning


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """Something live that is ours: what changes in place, an active version of an asset, an active run."""

    live_name: str
    created_at: str = ""
    commit: str = ""
    status: str = ""
    protected: bool = False
    trained: bool = False  # a model that a run's output became, or that was promoted: no spec's business


def owned(origin: Origin, live: LiveState) -> dict[Key, tuple[Item, ...]]:
    """Everything live of this target of this project, by key; of assets and jobs what is active, sorted."""
    found: dict[Key, list[Item]] = {}
    mine = {"aml.project": origin.project, "aml.target": origin.target}
    for key, tags, item in _items(live):
        if {name: tags.get(name) for name in mine} == mine:
            found.setdefault(key, []).append(item)
    return {key: tuple(sorted(items)) for key, items in found.items()}


def left(desired: DesiredState, live: LiveState) -> set[Key]:
    """What this target of this project owns and no spec asks for, however the spec spells its name."""
    wanted = {resource.key.folded for resource in desired.resources}
    found = owned(desired.origin, live)
    return {key for key, items in found.items() if key.folded not in wanted and not all(one.trained for one in items)}


def _items(live: LiveState) -> Iterator[tuple[Key, Mapping[str, str], Item]]:
    things = [(key, key.name, found) for key, found in live.mutable()]
    things += [(key, f"{key.name}:{version}", found) for (key, version), found in live.assets.items()]
    for key, name, found in things:
        if not found.archived:
            protected = PREVENT_DESTROY in found.tags
            trained = key.kind is Kind.MODEL and is_outcome(found.tags)
            yield key, found.tags, Item(name, found.created_at, found.commit, protected=protected, trained=trained)
    for run in live.runs:
        kind, _, job = run.key.partition("/")
        if kind == Kind.JOB and phase(run.status) is Phase.ACTIVE:
            yield Key(Kind.JOB, job), run.properties, Item(run.name, run.created_at, run.commit, run.status)


def dependents_first(keys: Iterable[Key]) -> list[Key]:
    """The order in which they are taken away."""
    return sorted(keys, key=lambda key: (-key.kind.rank, key.name))


def departures(planning: Planning, left: Mapping[Key, Settings]) -> Iterator[Change]:
    """The changes that take away what is live of the keys that `left`; who depends on others goes first."""
    live = owned(planning.desired.origin, planning.live)
    for key in dependents_first(left):
        settings = left[key]
        kept = key.kind is Kind.JOB and not settings.cancel_removed
        items = tuple(item for item in live.get(key, ()) if not item.trained)
        change = None if kept else departure(planning, key, items, settings)
        if change:
            warn_of_runs(planning, change)
            yield replace(change, state="no spec asks for it")


def warn_of_runs(planning: Planning, what: Resource | Change) -> None:
    """Names the runs of this project that end with a compute, if it is one."""
    on_it = [
        run.name
        for run in planning.live.runs
        if phase(run.status) is Phase.ACTIVE and str(run.spec.get("compute", "")).lower() == what.key.name.lower()
    ]
    if on_it and what.key.kind is Kind.COMPUTE:
        planning.warn(what, f"runs that are active on it end with it: {', '.join(on_it)}")


def departure(planning: Planning, key: Key, items: tuple[Item, ...], settings: Settings = DEFAULT) -> Change | None:
    """The change that takes these away; None when there is nothing to take, or a rule or a tag protects it."""
    if not items:
        return None
    change = removal(key, items)
    if is_protected(settings, tagged=any(item.protected for item in items)):
        planning.warn(change, f"stays: {PROTECTED}")
        return None
    for commit in sorted({item.commit for item in items}):
        change = fenced(planning, change, commit)
        if change.withheld:
            break
    return change


def removal(key: Key, items: tuple[Item, ...]) -> Change:
    """The change that deletes, archives or cancels these."""
    several = key.kind.versioned or key.kind is Kind.JOB
    return Change(
        key=key,
        action=Action.DELETE,
        live_name=key.name if several else items[0].live_name,
        since="" if several else items[0].commit,
        digest="",
        position=Position(""),
        reasons=tuple(_reason(key.kind, item) for item in items) if several else (),
        removes=tuple(item.live_name for item in items) if several else (),
    )


def _reason(kind: Kind, item: Item) -> Reason:
    if kind is Kind.JOB:
        return Reason(item.live_name, before=item.status, after="Canceled")
    return Reason(item.live_name.rpartition(":")[2], before="active", after="archived")
