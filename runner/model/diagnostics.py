"""What is wrong with a file and where, collected so that one look shows everything."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from runner.errors import AmlError
from runner.model.detectors import masked

_LONGEST = 2_000  # characters of a message, which may hold words of a file


class Severity(StrEnum):
    """An error stops everything; a warning is said and passed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: `file` as people name it (relative to the project), line and column from 1.

    `rendered` is how the line of a template reads once it is rendered, where that tells more.
    """

    file: str
    line: int = 1
    column: int = 1
    rendered: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding; reads like a compiler's. Its message shows no secret, so that nobody can forget to hide one."""

    message: str
    position: Position | None = None
    severity: Severity = Severity.ERROR

    def __post_init__(self) -> None:
        whole = masked(self.message)
        object.__setattr__(self, "message", whole if len(whole) <= _LONGEST else whole[: _LONGEST - 3] + "...")

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        return f"{place}{self.severity}: {self.told}"

    @property
    def told(self) -> str:
        """The message, with how the line of a template reads once it is rendered."""
        rendered = self.position.rendered if self.position else ""
        return f"{self.message}; rendered: {rendered}" if rendered else self.message


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, then by text, each once: the order in which a person walks through them."""
    unique = set(diagnostics)
    return tuple(sorted(unique, key=lambda d: (d.position or Position(""), d.severity, d.message)))


def errors_in(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Only those that stop."""
    return tuple(d for d in diagnostics if d.severity is Severity.ERROR)


class InvalidSpecsError(AmlError):
    """The repository's files are wrong. `diagnostics` holds every finding, in order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = in_order(diagnostics)
        count = len(errors_in(self.diagnostics))
        super().__init__(f"{count} {'error' if count == 1 else 'errors'} in the specs; nothing was sent")


def first(error: AmlError) -> str:
    """What an error says in one line: of wrong specs the first finding."""
    found = errors_in(error.diagnostics) if isinstance(error, InvalidSpecsError) else ()
    return str(found[0]) if found else str(error)
