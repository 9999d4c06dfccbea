"""Secrets in specs: the references that stand for them, where those may stand, and what looks like a secret itself.

A reference is `{{ env.AML_SECRET_NAME }}`, the whole value. It counts as it is written; the value takes its place when
the resource is sent. Plans, digests and files hold the reference, never the value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from runner.model import detectors
from runner.model.detectors import HIDDEN
from runner.model.diagnostics import Position

PREFIX = "AML_SECRET_"
REFERENCE = f"{{{{ env.{PREFIX}NAME }}}}"  # as messages write it
MARK = "# aml: not a secret"  # ends a line of a spec on which a detector errs

_REFERENCE = re.compile(rf"\{{\{{\s*env\.({PREFIX}\w+)\s*\}}\}}", re.ASCII)
_OF_ENVIRONMENT = re.compile(r"(?<!\$)\{\{\s*env\b")
# What credentials say of who it is, and not how they prove it, is no secret.
_PROOF = frozenset({"account_key", "sas_token", "client_secret", "certificate"})
_PROOF |= {"key", "password", "pat", "secret_access_key"}  # of connections
# Names end in what they hold: PAT_TOKEN holds a token, and TOKEN_FILE a file.
_SECRET_NAME = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|APIKEY|(?:^|_)(?:SECRET|TOKEN)|_PWD"
    r"|(?:^|_)(?:API|ACCESS|ACCOUNT|PRIVATE|SECRET|STORAGE|SHARED)_?KEY|(?:^|_)CONNECTION_?STRING)\d*$"
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-. ]")
# A value that is none, that stands for one, or that leads to one: ${X}, <pad>, a path, a URI, a count.
_NO_SECRET = re.compile(
    r"|[$<\[{%].*|\*+|true|false|yes|no|on|off|none|null|[~.]{0,2}/[\w ./-]*|[\w.-]+(?:/[\w.-]+)+\.\w{1,6}"
    r"|\w[\w+.-]*://.*|azureml:.*",
    re.IGNORECASE | re.DOTALL,
)
# What says of itself that it only shows where a secret would stand: <your-key>, XXXX-xx, dummy, example-password.
_STAND_IN = re.compile(
    r"<[^<>]*>|(?=.*x)[^a-wyz0-9]+|(?:dummy|example|placeholder|change-?me|your)(?:[-_. ].*)?", re.IGNORECASE
)
_ASSIGNED = re.compile(r"(?<![\w$-])([A-Z][A-Z0-9_]*)=(?:\"([^\"]*)\"|'([^']*)'|([^\s;&|\"']+))")
_PAIR = re.compile(r"([\w.-]+)[\"']?\s*[:=]\s*(?=(\S.*))")

Path = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Need:
    """A place of a spec that is filled in when it is sent: the variable, and where the spec refers to it."""

    variable: str
    position: Position


def variable(value: Any) -> str | None:
    """The variable that a reference names; None for what is no reference."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def may_hold(path: Path) -> bool:
    """Whether a reference may stand at this place of a spec."""
    match list(path):
        case ["credentials", _] | ["environment_variables", _] | ["ssh_settings", "admin_password"] | ["api_key"]:
            return True
        case ["jobs", _, *inner] | ["component" | "trial" | "create_job", *inner]:
            return may_hold(inner)
    return False


def refused(path: Path, value: Any) -> str | None:
    """Why what stands at this place is no reference although it looks like one, or None."""
    if not isinstance(value, str) or not _OF_ENVIRONMENT.search(value) or variable(value) or not may_hold(path):
        return None
    return f"only {REFERENCE} is filled in here: a variable whose name begins with {PREFIX}, and nothing beside it"


def detector(path: Path, value: Any) -> str | None:
    """The name of the detector that takes the value at this place for a secret, or None."""
    if value is None or isinstance(value, bool) or variable(value):
        return None
    text = str(value)
    by_shape = detectors.finds(text)
    if by_shape:
        return by_shape[0].detector
    if _is_proof(path) and text.strip() and not text.startswith("${{") and not _STAND_IN.fullmatch(text.strip()):
        return "credentials"
    return "name" if _is_named(path, text) or any(_assigned(text)) else None


def hidden(path: Path, value: Any) -> Any:
    """The value with every secret in it hidden; `path` is where it stands."""
    match value:
        case dict():
            return {name: hidden((*path, name), item) for name, item in value.items()}
        case list():
            return [hidden((*path, index), item) for index, item in enumerate(value)]
    found = detector(path, value)
    if not found:
        return value
    text = str(value)
    if _is_proof(path) or _is_named(path, text):
        return HIDDEN
    for match in _assigned(text):
        text = text.replace(match[0], f"{match[1]}={HIDDEN}")
    return detectors.masked(text)


def hidden_in_line(line: str) -> str:
    """A line of YAML without what looks like a secret in it, by its shape or by the name before it."""
    for found in _PAIR.finditer(line):
        if found[1] in {*_PROOF, "admin_password"} or _says_secret(found[1], found[2]):
            return detectors.masked(line[: found.start(2)]) + HIDDEN
    return detectors.masked(line)


def _is_proof(path: Path) -> bool:
    """Whether this place holds nothing but secrets."""
    match list(path):
        case ["credentials", field]:
            return field in _PROOF
        case ["ssh_settings", "admin_password"] | ["api_key"]:
            return True
    return False


def _is_named(path: Path, text: str) -> bool:
    """Whether the name of this place says that a secret stands here, and what stands here may be one."""
    return bool(path) and isinstance(path[-1], str) and _says_secret(path[-1], text)


def _assigned(text: str) -> Iterator[re.Match[str]]:
    """`NAME=value` in a command, where the name says that it is a secret."""
    for found in _ASSIGNED.finditer(text):
        name, *values = found.groups("")
        if _says_secret(name, "".join(values)):
            yield found


def _says_secret(name: str, text: str) -> bool:
    if not _is_secret_name(name) or _NO_SECRET.fullmatch(text.strip()) or _STAND_IN.fullmatch(text.strip()):
        return False
    return not (text.isdecimal() and name.upper().endswith("TOKEN"))  # a count, or the number of a token


@lru_cache(maxsize=10_000)  # specs use the same few names over and over
def _is_secret_name(name: str) -> bool:
    return _SECRET_NAME.search(_WORDS.sub("_", name).upper()) is not None
