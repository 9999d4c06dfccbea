"""The one exception that becomes an HTTP error, and the one that ends a command of ours."""


class ServiceError(Exception):
    """A refused request: HTTP status, the service's error code, and a message for a person."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class CommandError(Exception):
    """A command cannot do what it was asked; the message says why and what to do."""


def not_found(what: str) -> ServiceError:
    return ServiceError(404, "ResourceNotFound", f"{what} was not found in the embedded workspace.")


def bad_request(message: str, code: str = "UserError") -> ServiceError:
    return ServiceError(400, code, message)


def conflict(message: str, code: str = "Conflict") -> ServiceError:
    return ServiceError(409, code, message)


def not_embedded(what: str) -> ServiceError:
    return ServiceError(501, "NotEmbedded", f"The embedded workspace has no {what}: use an Azure workspace for that.")
