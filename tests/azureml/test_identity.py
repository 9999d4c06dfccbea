"""The claims of a token, as far as it has any."""

import base64
import json

import pytest

from runner.azureml.identity import claims
from runner.azureml.rest import Rest
from runner.errors import ServiceError
from tests.loopback import Answer, Service

PAYLOAD = base64.urlsafe_b64encode(json.dumps({"oid": "o1", "exp": 1}).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (f"e30.{PAYLOAD}.c2ln", {"oid": "o1"}),
        ("opaque", {}),
        ("a.b.c", {}),
        ("e30.WzFd.c2ln", {}),
        (f"{PAYLOAD}.{PAYLOAD}", {}),
    ],
    ids=["a JWT", "no parts", "no base64", "no object", "two parts"],
)
def test_claims(service: Service, rest: Rest, token: str, expected: dict[str, object]) -> None:
    service.on("/token", Answer({"access_token": token, "expires_on": "32503680000"}))
    assert claims(rest) == {**expected, "exp": 32503680000}


def test_no_token(service: Service, rest: Rest) -> None:
    service.on("/token", Answer(b"no", 403))
    with pytest.raises(ServiceError, match="asking for a token: not signed in") as raised:
        claims(rest)
    assert raised.value.status == 401
