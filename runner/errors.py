"""The exceptions a user can meet. Every message is written for them: what happened, where, and what to do."""


class AmlError(Exception):
    """The root: the command line prints its message and exits with 1."""


class ConfigError(AmlError):
    """The project, a target or an option is wrong; nothing was read or sent."""


class GitError(AmlError):
    """Git could not answer, or its answer proves nothing."""


class ServiceError(AmlError):
    """The workspace refused a request or could not be reached.

    `status` is the HTTP status, or None when no response arrived; `code` is the service's own error code.
    """

    def __init__(self, message: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class SignInError(ServiceError):
    """Nobody is signed in. `diagnostics` has a line for each credential that was tried."""

    def __init__(self, message: str, diagnostics: tuple[str, ...]) -> None:
        super().__init__(message, status=401)
        self.diagnostics = diagnostics
