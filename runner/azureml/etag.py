"""The ETag of something on the web: what changes when it does."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runner.azureml.translate import translated
from runner.errors import ServiceError

if TYPE_CHECKING:
    from requests import PreparedRequest

_SECONDS = 30


def etag(uri: str) -> str:
    """The ETag that the server of an https URI gives. Raises ServiceError when there is none.

    Nothing but the URI is sent: no token of ours goes to a server that a spec names.
    """
    import requests

    shown = urlsplit(uri)._replace(query="", fragment="").geturl()  # a query may hold a signature
    with translated(f"asking for the ETag of {shown}"), requests.Session() as session:
        session.auth = _nobody
        session.rebuild_auth = lambda *_: None  # type: ignore[method-assign] # after a redirect, likewise
        reply = session.head(uri, timeout=_SECONDS, allow_redirects=True)
        reply.raise_for_status()
    if "ETag" not in reply.headers:
        raise ServiceError(f"{shown} has no ETag, so `fingerprint: etag` cannot tell when it changes")
    return str(reply.headers["ETag"])


def _nobody(request: "PreparedRequest") -> "PreparedRequest":
    # Without an answer of ours requests looks for one in the user's .netrc.
    return request
