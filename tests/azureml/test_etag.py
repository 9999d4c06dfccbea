"""ETags, asked of a server that a spec names: it gets the URI, and nothing else of ours."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.azureml.etag import etag, last_modified
from runner.errors import ServiceError
from tests.loopback import Answer, Service


@pytest.fixture(autouse=True)
def environment(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The server's CA is trusted, and the user has a password for it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.ca_file))
    monkeypatch.setenv("NETRC", str(netrc))


def test_what_the_server_says(service: Service) -> None:
    service.on("/iris.csv", Answer(b"a,b\n", headers={"ETag": '"v1"'}))
    assert etag(f"{service.url}/iris.csv?sig=x") == '"v1"'
    asked = service.asked[-1]
    assert (asked.method, asked.query) == ("HEAD", {"sig": "x"})
    assert "authorization" not in asked.headers


def test_after_a_redirect_too(service: Service) -> None:
    service.on("/old", Answer(status=302, headers={"Location": f"{service.url}/new"}))
    service.on("/new", Answer(headers={"ETag": "2"}))
    assert etag(f"{service.url}/old") == "2"
    assert all("authorization" not in asked.headers for asked in service.asked)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"x"), "has no ETag, so `fingerprint: etag` cannot tell when it changes"),
        (Answer(b"", 403), "403"),
        (Answer(b"", 404), "404"),
    ],
)
def test_no_etag(service: Service, answer: Answer, words: str) -> None:
    service.on("/iris.csv", answer)
    with pytest.raises(ServiceError) as caught:
        etag(f"{service.url}/iris.csv?sig=s3cret")
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("Thu, 01 Jan 2026 00:00:00 GMT", datetime(2026, 1, 1, tzinfo=UTC)),
        ("Thu, 01 Jan 2026 00:00:00 -0000", datetime(2026, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_when_it_changed_last(service: Service, told: str | None, moment: datetime | None) -> None:
    service.on("/iris.csv", Answer(headers={"Last-Modified": told} if told else {}))
    assert last_modified(f"{service.url}/iris.csv") == moment
