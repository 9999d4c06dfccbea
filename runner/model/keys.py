"""What a resource is called: `kind/name`, e.g. `job/iris-train`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from runner.errors import ConfigError


class Kind(StrEnum):
    """The kinds of resource, in the order in which they are usually created."""

    COMPUTE = "compute"
    DATASTORE = "datastore"
    CONNECTION = "connection"
    ENVIRONMENT = "environment"
    DATA = "data"
    MODEL = "model"
    COMPONENT = "component"
    JOB = "job"
    SCHEDULE = "schedule"

    @property
    def folder(self) -> str:
        """The folder of `specs/` that says what a file in it is."""
        return self.value if self in {Kind.COMPUTE, Kind.DATA} else f"{self.value}s"

    @property
    def versioned(self) -> bool:
        """Whether the workspace keeps versions of it, which never change."""
        return self in {Kind.ENVIRONMENT, Kind.DATA, Kind.MODEL, Kind.COMPONENT}

    @property
    def mutable(self) -> bool:
        """Whether it changes in place, and is deleted in the end."""
        return not self.versioned and self is not Kind.JOB

    @property
    def rank(self) -> int:
        """Its place in the order of creation: what others need comes first."""
        return list(Kind).index(self)

    @property
    def numbered(self) -> bool:
        """Whether its versions are positive integers that the workspace counts, so that content cannot name them."""
        return self is Kind.MODEL


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Identifies a resource within a project."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    @property
    def folded(self) -> "Key":
        """The key as the service compares it: it does not tell the cases of a compute's name apart."""
        return Key(self.kind, self.name.lower()) if self.kind is Kind.COMPUTE else self


# The service's rules (docs/azure-ml.md, "Names"), and each in words.
_ASSET = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}")
_COMPUTE = re.compile(r"[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9\-]{2,23}")
_COMPONENT = re.compile(r"[a-z][a-z0-9_]{0,254}")  # the SDK's own rule: it makes a function of each
_CONNECTION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{2,32}")
_IN_WORDS = {
    _ASSET: "1-255 letters, digits, '-' and '_', beginning with a letter or digit",
    _COMPONENT: "1-255 lower-case letters, digits and '_', beginning with a letter",
    _CONNECTION: "3-33 letters, digits, '-' and '_', beginning with a letter or digit",
    _COMPUTE: "3-24 letters, digits and '-', beginning with a letter and not ending in '-' and digits",
}
# A job's live name carries a suffix: `-` and twelve digits of its digest, `-r` and `-a` with numbers.
LONGEST_JOB_NAME = 255 - len("-123456789012-r9999-a9999")


_RULES = {Kind.COMPUTE: _COMPUTE, Kind.COMPONENT: _COMPONENT, Kind.CONNECTION: _CONNECTION}


def name_problem(key: Key) -> str | None:
    """Why the service would refuse this name, or None."""
    rule = _RULES.get(key.kind, _ASSET)
    if not rule.fullmatch(key.name):
        return f"the service refuses the {key.kind} name {key.name!r}: it must be {_IN_WORDS[rule]}"
    if key.kind is Kind.JOB and len(key.name) > LONGEST_JOB_NAME:
        return f"this job name has {len(key.name)} characters; {LONGEST_JOB_NAME} leave room for the run's suffix"
    return None


def select(keys: Iterable[Key], patterns: Iterable[str]) -> set[Key]:
    """The keys that any pattern matches. A pattern is a glob over `kind/name`, or over the name alone.

    Raises ConfigError for a pattern that matches nothing: it is a typing error far more often than an intention.
    """
    everything = set(keys)
    chosen: set[Key] = set()
    for pattern in patterns:
        matches = {key for key in everything if _matches(key, pattern)}
        if not matches:
            raise ConfigError(
                f"nothing matches {pattern!r}; there is: {', '.join(map(str, sorted(everything))) or '-'}"
            )
        chosen |= matches
    return chosen


def matches_any(key: Key, globs: Iterable[str]) -> bool:
    """Whether any of the globs over `kind/name` matches."""
    return any(fnmatchcase(str(key), glob) for glob in globs)


def _matches(key: Key, pattern: str) -> bool:
    return fnmatchcase(str(key), pattern) or ("/" not in pattern and fnmatchcase(key.name, pattern))
