"""What the server of something on the web says of it without sending it: its ETag, and when it changed last."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runner.azureml.translate import translated
from runner.errors import ServiceError

if TYPE_CHECKING:
    from requests import PreparedRequest

_SECONDS = 30


def etag(uri: str) -> str:
    """The ETag that the server of an https URI gives: what changes when it does. Raises ServiceError without one."""
    headers = _headers(uri, "the ETag")
    if "ETag" not in headers:
        raise ServiceError(f"{_shown(uri)} has no ETag, so `fingerprint: etag` cannot tell when it changes")
    return headers["ETag"]


def last_modified(uri: str) -> datetime | None:
    """When it changed last; None when the server does not say. Raises ServiceError when it does not answer."""
    try:
        found = parsedate_to_datetime(_headers(uri, "the time of the last change").get("Last-Modified", ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _headers(uri: str, wanted: str) -> Mapping[str, str]:
    """What a HEAD request for an https URI is answered with.

    Nothing but the URI is sent: no token of ours goes to a server that a spec names.
    """
    import requests

    with translated(f"asking for {wanted} of {_shown(uri)}"), requests.Session() as session:
        session.auth = _nobody
        session.rebuild_auth = lambda *_: None  # type: ignore[method-assign] # after a redirect, likewise
        reply = session.head(uri, timeout=_SECONDS, allow_redirects=True)
        reply.raise_for_status()
    return reply.headers


def _shown(uri: str) -> str:
    """The URI without its query, which may hold a signature."""
    return urlsplit(uri)._replace(query="", fragment="").geturl()


def _nobody(request: "PreparedRequest") -> "PreparedRequest":
    # Without an answer of ours requests looks for one in the user's .netrc.
    return request
