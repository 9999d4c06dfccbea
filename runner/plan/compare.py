"""What differs between a spec and what is live. Only fields that the spec states are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.model import triggers
from runner.model.identity import PREVENT_DESTROY, applied_parts, stated_parts
from runner.model.live import LiveResource
from runner.model.plan import Drift, Reason
from runner.model.resource import Resource

_NOT_COMPARED = frozenset({"$schema", "name", "version"})
_ANY_CASE = frozenset({"type", "size", "tier", "location"})
_SAME = {"lowpriority": "low_priority"}
_BY_ENTRY = frozenset({"metadata", "trigger"})
_OURS = "aml."  # begins the tags that we write; the rest is the spec's, or somebody else's


@dataclass(frozen=True, slots=True)
class Comparison:
    """`found` calls for a change. What a rule ignores is in `drift` alone, marked as kept."""

    found: tuple[Reason, ...]
    drift: tuple[Drift, ...]


def compare(resource: Resource, live: LiveResource, fields: Iterable[str]) -> Comparison:
    """How these fields of the spec and what is live differ, and which differences somebody made in the workspace."""
    stated = {name: resource.spec[name] for name in fields}
    applied, now = applied_parts(live.tags, resource), stated_parts(resource)
    every = differences(stated, live.spec) + _no_longer_stated(applied, now, live)
    ignored = {reason.field for reason in every if _is_ignored(reason.field, resource.settings.ignore_changes)}
    found = tuple(reason for reason in every if reason.field not in ignored)
    found += _unreturned(resource, live, applied, now, {reason.field for reason in found})
    same_content = live.tags.get("aml.digest") == resource.digest
    drift = [
        _drift(resource, live, reason, kept=reason.field in ignored)
        for reason in every
        if reason.field in ignored or _was_changed_there(reason.field, applied, now, same_content=same_content)
    ]
    return Comparison(found + _protection(resource, live), tuple(drift))


def differences(spec: Mapping[str, Any], live: Mapping[str, Any]) -> tuple[Reason, ...]:
    """The stated fields whose live value is another, sorted. A field the service does not return is not compared."""
    found: list[Reason] = []
    for field in sorted(spec.keys() - _NOT_COMPARED):
        if field == "tags":
            found += _tags(spec["tags"] or {}, live.get("tags") or {})
        elif field in live and _differs(field, spec[field], live[field]):
            # The service has an empty text for a description that nobody gave.
            before = None if live[field] == "" else live[field]
            found.append(Reason(field, before=before, after=spec[field]))
    return tuple(found)


def kept(resource: Resource, live: LiveResource) -> dict[str, Any]:
    """What an update, which sends all, repeats of what is live: fields that no spec states or a rule ignores.

    Tags of others are among them, those that the spec no longer has are not.
    """
    applied, ignored = applied_parts(live.tags, resource), resource.settings.ignore_changes
    stated = resource.spec.get("tags") or {}
    tags = {
        name: value
        for name, value in live.tags.items()
        if not name.startswith(_OURS)
        and (_is_ignored(f"tags.{name}", ignored) or not (name in stated or f"tags.{name}" in applied))
    }
    fields = {
        field: value
        for field, value in {**live.beside, **live.spec}.items()
        if field != "tags" and (field not in resource.spec or _is_ignored(field, ignored))
    }
    return {**fields, **({"tags": tags} if tags else {})}


def _tags(stated: Mapping[str, str], live: Mapping[str, str]) -> list[Reason]:
    return [
        Reason(f"tags.{name}", before=live.get(name), after=value)
        for name, value in sorted(stated.items())
        if live.get(name) != value and not name.startswith(_OURS)
    ]


def _no_longer_stated(applied: Mapping[str, str], now: Mapping[str, str], live: LiveResource) -> tuple[Reason, ...]:
    """Tags that the spec had when it was applied, and has no more."""
    gone = sorted(name for name in applied if name.startswith("tags.") and name not in now)
    values = {name: live.tags.get(name.removeprefix("tags.")) for name in gone}
    return tuple(Reason(name, before=value) for name, value in values.items() if value is not None)


def _unreturned(
    resource: Resource, live: LiveResource, applied: Mapping[str, str], now: Mapping[str, str], found: set[str]
) -> tuple[Reason, ...]:
    """What the spec says anew in fields that the service does not return."""
    recorded = live.tags.get("aml.digest")
    if resource.key.kind.versioned or recorded == resource.digest:
        return ()
    if applied and applied == now:  # no edit did that: somebody changed the tag
        return (Reason("tags.aml.digest", before=recorded, after=resource.digest),)
    new = {name for name in applied.keys() | now.keys() if applied.get(name) != now.get(name)} if applied else set()
    told = found | live.spec.keys() | {name for name in new if name.startswith("tags.")}
    # Else what it was applied with is recorded anew: somebody has made the same change by hand.
    return tuple(Reason(name) for name in sorted(new - told)) or (() if found else (Reason("spec"),))


def _was_changed_there(field: str, applied: Mapping[str, str], now: Mapping[str, str], *, same_content: bool) -> bool:
    """Whether the spec says of a field what it said when it was applied: then somebody changed it in the workspace."""
    if applied:
        return field in now and applied.get(field) == now[field]
    return same_content and field != "description" and not field.startswith("tags.")


def _drift(resource: Resource, live: LiveResource, reason: Reason, *, kept: bool) -> Drift:
    return Drift(
        resource.key,
        reason.field,
        before=reason.after,
        after=reason.before,
        by=live.changed_by,
        at=live.changed_at,
        kept=kept,
    )


def _protection(resource: Resource, live: LiveResource) -> tuple[Reason, ...]:
    before, after = PREVENT_DESTROY in live.tags, bool(resource.settings.prevent_destroy)
    return (Reason("prevent_destroy", before=before, after=after),) if before != after else ()


def _is_ignored(field: str, ignored: Iterable[str]) -> bool:
    return any(f"{field}.".startswith(f"{path}.") for path in ignored)


def _differs(field: str, stated: Any, live: Any) -> bool:
    """Of a trigger and of metadata the service fills in what a spec leaves out: only what is stated is compared."""
    if field == "trigger":
        stated, live = triggers.plain(stated), triggers.plain(live)
    if field in _BY_ENTRY and isinstance(live, Mapping):
        live = {name: value for name, value in live.items() if name in stated}
    return bool(_comparable(field, stated) != _comparable(field, live))


def _comparable(field: str, value: Any) -> Any:
    if field in _ANY_CASE and isinstance(value, str):
        lower = value.lower()
        return _SAME.get(lower, lower)
    return value
