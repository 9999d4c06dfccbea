"""What a look at the set-up found: one finding for each thing that was checked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"  # a part of apply will be refused, or something is lost
    ERROR = "error"  # plan cannot do its work
    UNKNOWN = "unknown"  # it could not be found out


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. `advice` says what to do; a command where one does it."""

    group: str  # e.g. git, storage
    check: str  # e.g. history
    level: Level
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything that was found, in the order in which a person would mend it."""

    target: str  # empty when it could not be chosen
    findings: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is an error."""
        return all(finding.level is not Level.ERROR for finding in self.findings)


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """How many there are of each level."""
    found = Counter(finding.level for finding in findings)
    return {level.value: found[level] for level in Level}
