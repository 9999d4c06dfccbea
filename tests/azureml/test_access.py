"""A look into the container of uploads: to whom a token goes, and what comes back."""

from pathlib import Path

import pytest

from runner.azureml.access import is_storage, look_into
from runner.azureml.rest import Rest
from runner.errors import ServiceError
from tests.loopback import Answer, Service


@pytest.mark.parametrize(
    ("account", "endpoint", "expected"),
    [
        ("mlwstorage1", "core.windows.net", True),
        ("mlwstorage1", "core.example.com", False),
        ("mlwstorage1", "core.windows.net.example.com", False),
        ("example.com/x", "core.windows.net", False),
        ("user@example", "core.windows.net", False),
        ("", "core.windows.net", False),
    ],
)
def test_whom_a_token_is_shown(account: str, endpoint: str, expected: bool) -> None:
    assert is_storage(account, endpoint) is expected


def account(service: Service) -> str:
    return f"{service.url.removeprefix('https://')}/acct"


def test_a_look(service: Service, rest: Rest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password foreign\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    service.on("/acct.blob.x/box", Answer(b"<EnumerationResults/>"))
    assert look_into(rest, account(service), "x", "box")
    asked = service.asked[-1]
    assert (asked.method, asked.query["maxresults"]) == ("GET", "1")
    assert asked.headers["authorization"] == "Bearer t0ken"
    tokens = [asked.query["resource"] for asked in service.asked if asked.path == "/token"]
    assert tokens == ["https://storage.azure.com"]


def test_a_refusal_says_the_storage_s_own_code(service: Service, rest: Rest) -> None:
    service.on("/acct.blob.x/box", Answer(b"", 403, {"x-ms-error-code": "AuthorizationFailure"}))
    with pytest.raises(ServiceError, match=r"looking into the storage: .*\(403 AuthorizationFailure\)") as raised:
        look_into(rest, account(service), "x", "box")
    assert (raised.value.status, raised.value.code) == (403, "AuthorizationFailure")


def test_a_foreign_host_is_not_asked(service: Service, rest: Rest) -> None:
    assert not look_into(rest, "127.0.0.1:9/acct", "x", "box")
    assert service.asked == []
