"""Values on the command line: `NAME=VALUE`."""

import re

from runner.errors import ConfigError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def variable(text: str) -> tuple[str, str | int | float | bool]:
    """A name and its value. Raises ConfigError when there is no name.

    `true`, `false` and numbers that are written as they are printed (3, 0.5, 1e-05) are what they look like; anything
    else is text as it stands: `1.10`, `007`, a commit. So inside a text every value is exactly what was given.
    """
    name, equals, value = text.partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise ConfigError(f"{text!r} is no variable: write NAME=VALUE, where NAME has letters, digits and '_'")
    return name, _value(value)


def _value(text: str) -> str | int | float | bool:
    if text in {"true", "false"}:
        return text == "true"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if str(number) == text and number * 0 == 0:  # no infinity, no NaN
            return number
    return text
