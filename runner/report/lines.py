"""Lines with a style each. Who prints them decides whether there is colour."""

import unicodedata
from dataclasses import dataclass
from typing import Any

# The styles, by meaning; the terminal maps them to colours.
PLAIN, ADD, CHANGE, RUN, REMOVE, WARN, FAINT, STRONG = (
    "plain",
    "add",
    "change",
    "run",
    "remove",
    "warn",
    "faint",
    "strong",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output."""

    text: str = ""
    style: str = PLAIN


def inert(text: str) -> str:
    """Text from specs and logs without what steers a terminal: control characters, and marks that turn direction."""
    return "".join(
        char if char == "\t" or unicodedata.category(char) not in {"Cc", "Cf"} else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def shown(value: Any) -> str:
    """A spec's value on one line, as YAML would write it; long ones are shortened."""
    if value is None:
        return "(none)"
    text = inert(str(value).lower() if isinstance(value, bool) else " ".join(str(value).split()))
    return text if len(text) <= 60 else text[:57] + "..."


def duration(seconds: float) -> str:
    """Seconds as people say them: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def number(value: float) -> str:
    """A metric with four digits that matter."""
    return f"{value:.4g}" if abs(value) < 1e6 else f"{value:.4e}"
