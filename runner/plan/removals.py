"""Plans that only take away: old versions that nothing uses, or everything that a project owns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.model.diagnostics import in_order
from runner.model.keys import Key
from runner.model.live import LiveState
from runner.model.plan import Change, Plan
from runner.model.resource import DesiredState
from runner.model.rules import Settings
from runner.plan.departures import Item, departure, dependents_first, owned, removal
from runner.plan.ownership import PROTECTED, is_protected
from runner.plan.planning import Asked, Planning


@dataclass(frozen=True, slots=True)
class Retention:
    """What `aml prune` keeps: the newest `keep` versions of each name, and those not created before `before`."""

    keep: int
    before: str = ""  # ISO 8601; empty: whatever their age


def make_prune(
    desired: DesiredState,
    live: LiveState,
    asked: Asked,
    settings: Mapping[Key, Settings],
    retention: Retention,
    in_use: Iterable[str],
    made: Plan,
) -> Plan:
    """Archives versions of this project that no spec, no run `in_use`, and no version that stays uses.

    `in_use` and what versions use are live names, e.g. "environment/plain:c0123"; `made` is the plan of the specs.
    """
    planning = Planning(desired, live, asked)
    versions = {key: items for key, items in owned(desired.origin, live).items() if key.kind.versioned}
    old = {(key, item) for key, items in versions.items() for item in _beyond(items, retention)}
    used = {_address(key, item) for key, items in versions.items() for item in items if (key, item) not in old}
    used |= {*in_use, *(f"{change.key.kind}/{change.live_name}" for change in made.changes)}
    used |= {f"{each.reference.key}:{each.reference.version}" for each in desired.externals}
    while needed := _uses(live, used) - used:
        used |= needed
    gone = {
        key: tuple(item for item in items if (key, item) in old and _address(key, item) not in used)
        for key, items in versions.items()
    }
    changes = (departure(planning, key, gone[key], settings[key]) for key in dependents_first(gone))
    return Plan(desired.origin, tuple(change for change in changes if change), in_order(planning.problems))


def _beyond(items: tuple[Item, ...], retention: Retention) -> list[Item]:
    newest = sorted(items, key=lambda item: (item.created_at, item.live_name), reverse=True)
    return [item for item in newest[retention.keep :] if not retention.before or item.created_at < retention.before]


def _address(key: Key, item: Item) -> str:
    return f"{key.kind}/{item.live_name}"


def _uses(live: LiveState, used: Iterable[str]) -> set[str]:
    """What the components among the used versions use in turn."""
    wanted = set(used)
    named = {f"{key}:{version}": found for (key, version), found in live.assets.items()}
    return {each for address, found in named.items() if address in wanted for each in found.uses}


def make_destroy(desired: DesiredState, live: LiveState, asked: Asked, settings: Mapping[Key, Settings]) -> Plan:
    """Takes away everything that this target of this project owns, dependents first; what is protected refuses it."""
    planning = Planning(desired, live, asked)
    everything = owned(desired.origin, live)
    changes: list[Change] = []
    for key in dependents_first(everything):
        items = everything[key]
        if is_protected(settings[key], tagged=any(item.protected for item in items)):
            planning.refuse(removal(key, items), PROTECTED)
        elif change := departure(planning, key, items, settings[key]):
            changes.append(change)
    return Plan(desired.origin, tuple(changes), in_order(planning.problems))
