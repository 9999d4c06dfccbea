"""Whatever the service and the SDK raise comes out as one exception with one line for a person."""

import json

import pytest
import requests
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    IncompleteReadError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline.transport import RequestsTransportResponse

from runner.azureml.translate import translated
from runner.errors import ServiceError

FORBIDDEN = "the identity lacks a role here: docs/azure.md lists what plan and apply need"
SIGN_IN = "sign in (az login), or check the identity this runs under"
SLOW = "the service asks to slow down; try again in a minute"


def http(status: int, body: object = None, kind: type[HttpResponseError] = HttpResponseError) -> HttpResponseError:
    """The exception that azure-core raises for a reply."""
    reply = requests.Response()
    reply.status_code, reply.reason = status, "Reason"
    reply._content = b"" if body is None else json.dumps(body).encode()
    reply.headers["Content-Type"] = "application/json"
    request = requests.Request("GET", "https://example.com").prepare()
    return kind(response=RequestsTransportResponse(request, reply))


def error(code: str, message: str) -> dict[str, dict[str, str]]:
    return {"error": {"code": code, "message": message}}


CASES = [
    (http(409, error("Conflict", "It exists.")), "x: It exists. (409 Conflict)", 409, "Conflict"),
    (http(400, error("UserError", "One.\nTwo.")), "x: One. (400 UserError)", 400, "UserError"),
    (http(403, error("Denied", "No.")), f"x: No. (403 Denied); {FORBIDDEN}", 403, "Denied"),
    (http(429, error("TooMany", "Wait.")), f"x: Wait. (429 TooMany); {SLOW}", 429, "TooMany"),
    (http(401, error("Expired", "Old.")), f"x: Old. (401 Expired); {SIGN_IN}", 401, "Expired"),
    (http(400), "x: Operation returned an invalid status 'Reason' (400)", 400, ""),
    (http(400, "text"), "x: Operation returned an invalid status 'Reason' (400)", 400, ""),
    (http(404, error("Gone", "Not here."), ResourceNotFoundError), "x: Not here. (404 Gone)", 404, "Gone"),
    (http(409, error("There", "Twice."), ResourceExistsError), "x: Twice. (409 There)", 409, "There"),
    (
        http(401, error("E", "Bad token."), ClientAuthenticationError),
        f"x: not signed in: (E) Bad token.; {SIGN_IN}",
        401,
        "",
    ),
    (ClientAuthenticationError("no\nway"), f"x: not signed in: no; {SIGN_IN}", 401, ""),
    (ServiceRequestError("refused"), "x: the workspace cannot be reached: refused", None, ""),
    (ServiceResponseError("cut off"), "x: cut off", None, ""),
    (IncompleteReadError("half"), "x: half", None, ""),
    (DecodeError(message="no JSON"), "x: no JSON", None, ""),
    (AzureError("\x1b[31m\n \x1b[1;32mred\x1b[0m words\nmore"), "x: red words", None, ""),
    (AzureError(""), "x: no reason given", None, ""),
    (OSError("disk"), "x: disk", None, ""),
    (requests.ConnectionError("gone"), "x: gone", None, ""),
    (requests.Timeout("late"), "x: late", None, ""),
    (ValueError("odd"), "x: odd", None, ""),
]


@pytest.mark.parametrize(("raised", "message", "status", "code"), CASES, ids=[message for _, message, _, _ in CASES])
def test_in_a_persons_words(raised: Exception, message: str, status: int | None, code: str) -> None:
    with pytest.raises(ServiceError) as caught, translated("x"):
        raise raised
    assert (str(caught.value), caught.value.status, caught.value.code) == (message, status, code)
    assert caught.value.__cause__ is raised


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), KeyError("ours"), ServiceError("ours already"), TypeError()])
def test_what_is_none_of_theirs_passes(raised: BaseException) -> None:
    with pytest.raises(type(raised)) as caught, translated("x"):
        raise raised
    assert caught.value is raised


def test_nothing_raised_nothing_said() -> None:
    with translated("x"):
        pass
