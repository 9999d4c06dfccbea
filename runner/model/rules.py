"""What `rules:` of project.yml settle for one resource."""

from dataclasses import dataclass

from runner.model.gates import Gate

RETRYABLE = ("preempted", "infrastructure")


@dataclass(frozen=True, slots=True)
class Register:
    """The model that a run's output becomes: `path` is where it lies in the run's artifacts."""

    model: str
    path: str
    type: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one resource; each by the first rule that matches and has it."""

    rerun: int = 1  # bumped to train the same content again
    retry_limit: int = 0  # attempts after the first that failures allow by themselves
    retry_on: frozenset[str] = frozenset(RETRYABLE)
    cancel_superseded: bool = False  # whether the same branch's older run, still active, is canceled
    ignore_changes: tuple[str, ...] = ()  # dotted paths that neither decide nor are compared
    by_etag: bool = False  # whether a cloud URI counts by its ETag, and not as written alone
    prevent_destroy: bool | None = None  # never delete, replace or archive it; None: what its own tags say
    cancel_removed: bool = False  # whether a job's active runs are canceled when it leaves the repository
    gates: tuple[Gate, ...] = ()  # what a job's metrics must say
    register: Register | None = None
    cancel_on_abort: bool = False  # whether a job's run is canceled with the workflow that submitted it


DEFAULT = Settings()
