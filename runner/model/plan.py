"""The plan: a document, complete in itself, that says what would change and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from runner.model.diagnostics import Diagnostic, Position, errors_in
from runner.model.keys import Key
from runner.model.secrets import hidden

if TYPE_CHECKING:
    from runner.model.resource import Origin


class Action(StrEnum):
    """Everything that can happen to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    RUN = "run"
    ADOPT = "adopt"
    NO_OP = "no-op"

    @property
    def symbol(self) -> str:
        """One look tells them apart."""
        return _SYMBOLS[self.value]

    @property
    def adds(self) -> bool:
        """Whether nothing that is there becomes another by it."""
        return self in {Action.CREATE, Action.RUN, Action.NO_OP}


_SYMBOLS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "run": ">", "adopt": "=", "no-op": " "}


@dataclass(frozen=True, slots=True)
class Reason:
    """One difference that calls for an action. `before` and `after` are as a spec writes them; None is absent.

    For a difference in a `file`, they are short hashes of it. Without either, only *that* the field differs is known.
    Secrets that an earlier spec or somebody else wrote out are hidden.
    """

    field: str
    before: Any = None
    after: Any = None
    file: str = ""
    commit: str = ""  # the commit that made the difference, when git knows
    forces_replacement: bool = False  # the service cannot change the field in place

    def __post_init__(self) -> None:
        for side in ("before", "after"):
            object.__setattr__(self, side, hidden(self.field.split("."), getattr(self, side)))

    @property
    def untold(self) -> bool:
        """Whether it is only known that the field differs."""
        return self.before is None and self.after is None


@dataclass(frozen=True, slots=True)
class Drift:
    """A stated field that somebody changed in the workspace: `before` is as the spec has it, `after` what is live."""

    key: Key
    field: str
    before: Any
    after: Any
    by: str = ""  # who changed the resource last, and when, as far as the service tells
    at: str = ""
    kept: bool = False  # a rule ignores the field; else apply takes it back


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource. `state` says in words where it stands, e.g. "satisfied by iris-train-1a2b"."""

    key: Key
    action: Action
    live_name: str
    digest: str
    position: Position
    reasons: tuple[Reason, ...] = ()
    depends_on: tuple[Key, ...] = ()
    state: str = ""
    run_status: str = ""  # of the run that stands for this content, when there is one
    since: str = ""  # the commit of what is live: of a job's last run, which its reasons count from
    since_target: str = ""  # the target that this run was submitted for
    supersedes: tuple[str, ...] = ()  # active runs that this one takes the place of
    resolved: Mapping[str, str] = field(default_factory=dict)  # field -> what others' label in it stands for now
    moved: tuple[Reason, ...] = ()  # labels that stood for something else when the run was submitted
    removes: tuple[str, ...] = ()  # of a deletion: versions to archive, or runs to cancel
    keeps: Mapping[str, Any] = field(default_factory=dict)  # live fields that no spec states and an update repeats
    withheld: str = ""  # why apply leaves it alone: it is for others to do


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes in dependency order. Only an applyable plan may be applied."""

    origin: "Origin"
    changes: tuple[Change, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    drift: tuple[Drift, ...] = ()
    empties: bool = False  # whether nothing that the project owns here would be left

    @property
    def applyable(self) -> bool:
        """Whether nothing stands against applying it."""
        return not errors_in(self.diagnostics)

    @property
    def pending(self) -> tuple[Change, ...]:
        """What apply has to do."""
        return tuple(change for change in self.changes if change.action is not Action.NO_OP and not change.withheld)

    @property
    def withheld(self) -> tuple[Change, ...]:
        """What differs and is left to others."""
        return tuple(change for change in self.changes if change.withheld)

    def summary(self) -> dict[str, int]:
        """How many of each action; what needs nothing, or is left to others, counts as `unchanged`."""
        counts = Counter(change.action for change in self.pending)
        actions = {action.value: counts[action] for action in Action if action is not Action.NO_OP}
        return actions | {"unchanged": len(self.changes) - len(self.pending)}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one change. `run` holds status, metrics and times of an awaited run."""

    key: Key
    action: Action
    live_name: str
    status: str  # done | failed | skipped | unknown
    error: str = ""
    because: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)
