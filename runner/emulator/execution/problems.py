"""What ends a job before or beside its own exit code. Each carries the code that the run's error shows."""

from typing import ClassVar


class ExecutionError(Exception):
    """A job cannot go on; the message is one sentence for a person."""

    code: ClassVar[str] = "SystemError"


class UserError(ExecutionError):
    """The job's own definition is wrong, e.g. its command names an input that it does not have."""

    code = "UserError"


class InputNotFoundError(ExecutionError):
    """An input is missing, or is not what its type says."""

    code = "InputNotFound"


class EnvironmentBuildError(ExecutionError):
    """The environment cannot be understood or cannot be installed."""

    code = "EnvironmentBuildFailed"


class JobCanceledError(ExecutionError):
    """Somebody asked for the end while the job was being prepared."""

    code = "Canceled"
