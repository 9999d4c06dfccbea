"""The service's and the SDK's exceptions, in our one tree and in a person's words. None leaks past this package."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError, ServiceRequestError

from runner.azureml.findings import first_line, told
from runner.azureml.signin import NotSignedInError
from runner.errors import ServiceError, SignInError

_ADVICE = {
    401: "sign in (az login), or check the identity this runs under",
    403: "the identity lacks a role here: docs/azure.md lists what plan and apply need",
    429: "the service asks to slow down; try again in a minute",
}

_SIGN_IN = "az login on a laptop; docs/azure.md says what there is elsewhere"


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Whatever the service or the SDK raises in the block comes out as ServiceError. `doing` opens the message."""
    try:
        yield
    except NotSignedInError as error:
        raise SignInError(f"{doing}: not signed in: {error.message}; {_SIGN_IN}", error.tried) from error
    except ClientAuthenticationError as error:
        raise ServiceError(f"{doing}: not signed in: {first_line(str(error))}; {_ADVICE[401]}", status=401) from error
    except HttpResponseError as error:
        raise _refused(doing, error) from error
    except ServiceRequestError as error:
        raise ServiceError(f"{doing}: the workspace cannot be reached: {first_line(str(error))}") from error
    except AzureError as error:
        place, words = told(str(error))
        where = ".".join(map(str, place))
        raise ServiceError(f"{doing}: {where}{': ' if where else ''}{words}") from error
    except (OSError, ValueError) as error:
        raise ServiceError(f"{doing}: {first_line(str(error))}") from error


def _refused(doing: str, error: HttpResponseError) -> ServiceError:
    code = str(getattr(error.error, "code", "") or "")
    message = first_line(str(getattr(error.error, "message", "") or error.message or error))
    status = error.status_code
    advice = f"; {_ADVICE[status]}" if status in _ADVICE else ""
    where = " ".join(filter(None, [str(status or ""), code]))
    return ServiceError(f"{doing}: {message}{f' ({where})' if where else ''}{advice}", status=status, code=code)
