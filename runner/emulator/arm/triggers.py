"""What a trigger of a schedule may say."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runner.emulator.errors import bad_request

_FREQUENCIES = ("minute", "hour", "day", "week", "month")
_CRON_FIELDS = 5


def check_trigger(trigger: Any) -> None:
    """Raises ServiceError for a trigger that could never start anything."""
    if not isinstance(trigger, dict):
        raise bad_request("A schedule needs a trigger.")
    match trigger.get("triggerType"):
        case "Cron":
            if len(str(trigger.get("expression") or "").split()) != _CRON_FIELDS:
                raise bad_request(f"The expression {trigger.get('expression')!r} does not have {_CRON_FIELDS} fields.")
        case "Recurrence":
            _check_recurrence(trigger)
        case kind:
            raise bad_request(f"The trigger type {kind!r} is neither Cron nor Recurrence.")
    times = {field: _time(field, trigger.get(field)) for field in ("startTime", "endTime")}
    if times["endTime"] and times["endTime"] < datetime.now(UTC):
        raise bad_request(f"The end time {trigger['endTime']} is over.")


def _check_recurrence(trigger: Mapping[str, Any]) -> None:
    if str(trigger.get("frequency")).lower() not in _FREQUENCIES:  # the SDK sends them in lower case
        raise bad_request(f"The frequency {trigger.get('frequency')!r} is none of {', '.join(_FREQUENCIES)}.")
    if not isinstance(trigger.get("interval"), int) or trigger["interval"] < 1:
        raise bad_request(f"The interval {trigger.get('interval')!r} is no whole number from 1.")


def _time(field: str, value: Any) -> datetime | None:
    if not value:
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise bad_request(f"The {field} {value!r} is no time like 2030-01-01T00:00:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
