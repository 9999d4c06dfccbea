"""What starts a schedule, in one form of the many that say the same."""

from collections.abc import Mapping
from typing import Any

_TIMES = ("start_time", "end_time")


def plain(trigger: Mapping[str, Any]) -> dict[str, Any]:
    """A trigger in which single values are lists, words are lower case, and times are `YYYY-MM-DDThh:mm:ss`."""
    found = {name: value for name, value in trigger.items() if value not in (None, "", [], {})}
    for name in ("type", "frequency"):
        if name in found:
            found[name] = str(found[name]).lower()
    for name in _TIMES:
        if name in found:
            found[name] = str(found[name]).replace(" ", "T").removesuffix("Z").removesuffix("+00:00").partition(".")[0]
    pattern = {name: _listed(value) for name, value in (found.pop("schedule", None) or {}).items()}
    pattern = {name: value for name, value in pattern.items() if value}
    return {**found, "schedule": pattern} if pattern else found


def _listed(value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [each.lower() if isinstance(each, str) else each for each in values]
