"""What differs between a spec and what is live. Only fields that the spec states are compared."""

from collections.abc import Mapping
from typing import Any

from runner.model.plan import Reason

_NOT_COMPARED = frozenset({"$schema", "name", "version"})
_ANY_CASE = frozenset({"type", "size", "tier", "location"})
_SAME = {"lowpriority": "low_priority"}


def differences(spec: Mapping[str, Any], live: Mapping[str, Any]) -> tuple[Reason, ...]:
    """The stated fields whose live value is another, sorted. A field the service does not return is not compared."""
    found: list[Reason] = []
    for field in sorted(spec.keys() - _NOT_COMPARED):
        if field == "tags":
            found += _tags(spec["tags"] or {}, live.get("tags") or {})
        elif field in live and _comparable(field, spec[field]) != _comparable(field, live[field]):
            # The service has an empty text for a description that nobody gave.
            before = None if live[field] == "" else live[field]
            found.append(Reason(field, before=before, after=spec[field]))
    return tuple(found)


def _tags(stated: Mapping[str, str], live: Mapping[str, str]) -> list[Reason]:
    return [
        Reason(f"tags.{name}", before=live.get(name), after=value)
        for name, value in sorted(stated.items())
        if live.get(name) != value
    ]


def _comparable(field: str, value: Any) -> Any:
    if field in _ANY_CASE and isinstance(value, str):
        lower = value.lower()
        return _SAME.get(lower, lower)
    return value
