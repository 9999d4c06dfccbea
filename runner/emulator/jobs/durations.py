"""Durations as the service writes them."""

import re

from runner.emulator.errors import bad_request

DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def seconds(duration: str | None) -> float | None:
    """An ISO 8601 duration as the SDK writes it (PT1H30M), in seconds; None for none."""
    if not duration:
        return None
    matched = DURATION.fullmatch(duration)
    if matched is None or not any(matched.groups()):
        raise bad_request(f"{duration!r} is no duration like PT120S.")
    days, hours, minutes, rest = (float(part or 0) for part in matched.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest
