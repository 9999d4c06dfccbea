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


# Control and format characters, line and paragraph separators, and lone surrogates, which cannot even be printed.
_BRACKET = "##\N{FULLWIDTH LEFT SQUARE BRACKET}"
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of output. Its text is always inert, so that no renderer can forget it."""

    text: str = ""
    style: str = PLAIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", inert(self.text))


def inert(text: str) -> str:
    """Text from specs and logs without what steers a terminal: control characters, and marks that turn direction.

    A workflow's log is one, too: there `##[` is a command wherever it stands in a line.
    """
    if text.isprintable():  # nothing of that is, and most is
        return text.replace("##[", _BRACKET)
    return "".join(
        char if char == "\t" or unicodedata.category(char) not in _STEERING else "\N{REPLACEMENT CHARACTER}"
        for char in text
    ).replace("##[", _BRACKET)


def one_line(text: str) -> str:
    """A message on one line, whole: people search for its words."""
    return inert(" ".join(text.split()))


def shown(value: Any) -> str:
    """A spec's value on one line, as YAML would write it; long ones are shortened."""
    if value is None:
        return "(none)"
    text = str(value).lower() if isinstance(value, bool) else one_line(str(value))
    return text if len(text) <= 60 else text[:57] + "..."


def cut(text: str, width: int) -> str:
    """A text that fits; what is cut off is told by three dots."""
    return text if len(text) <= width else f"{text[: width - 3]}..."


def duration(seconds: float) -> str:
    """Seconds as people say them: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def number(value: float) -> str:
    """A metric with four digits that matter."""
    return f"{value:.4g}" if abs(value) < 1e6 else f"{value:.4e}"


def delta(before: float | None, after: float | None) -> str:
    """By how much a metric changed, and which share of it that is; nothing when one of them is missing."""
    if before is None or after is None:
        return ""
    by = after - before
    told = 0.005 * abs(before) <= abs(by) < 10 * abs(before)
    share = f" ({by / abs(before):+.0%})" if by and told else ""
    return f"{'+' if by > 0 else ''}{number(by)}{share}"
