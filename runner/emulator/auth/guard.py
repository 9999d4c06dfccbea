"""The guard in front of every route: right host, right origin, and a proof of who asks."""

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from runner.emulator.auth.browser import Browser
from runner.emulator.auth.sas import Signatures
from runner.emulator.auth.tokens import Tokens
from runner.emulator.blob.address import BlobAddress
from runner.emulator.errors import ServiceError
from runner.emulator.secrets import Secrets

HOSTS = ("127.0.0.1", "localhost")


class Guard:
    """Lets a request pass or raises the ServiceError that refuses it."""

    def __init__(self, secrets: Secrets, port: int) -> None:
        self.tokens = Tokens(secrets.signing_key)
        self.signatures = Signatures(secrets.storage_key)
        self.browser = Browser(secrets.signing_key)
        self._secrets = secrets
        self._hosts = {f"{host}:{port}" for host in HOSTS}

    def check_source(self, request: Request) -> None:
        """Refuse what a foreign web page could send: by DNS rebinding (Host) or across origins (Origin)."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            raise ServiceError(403, "ForeignHost", f"The embedded workspace does not answer for the host {host!r}.")
        origin = request.headers.get("origin")
        if origin is not None and (urlsplit(origin).scheme != "https" or urlsplit(origin).netloc not in self._hosts):
            raise ServiceError(403, "ForeignOrigin", f"Requests from the page {origin!r} are refused.")

    def check_bearer(self, request: Request) -> None:
        """Demand a token of ours."""
        if not self._has_bearer(request):
            raise ServiceError(
                401,
                "InvalidAuthenticationToken",
                "A bearer token of this workspace is needed: run `aml workspace env`.",
            )

    def check_tracking(self, request: Request) -> None:
        """MLflow is also met by a browser, with the cookie."""
        if not self.browser.knows(request):
            self.check_bearer(request)

    def check_identity(self, request: Request) -> None:
        """The identity endpoint hands out tokens to those who know the header's secret."""
        given = request.headers.get("x-identity-header", "")
        if not hmac.compare_digest(given.encode(), self._secrets.identity_header.encode()):
            raise ServiceError(401, "InvalidIdentityHeader", "The identity header is not this workspace's.")

    def check_discovery(self, key: str) -> None:
        """The SDK reads two documents without a token: their path carries a secret instead."""
        if not hmac.compare_digest(key.encode(), self._secrets.discovery_key.encode()):
            raise ServiceError(401, "InvalidDiscoveryKey", "This is not this workspace's address.")

    def check_blob(self, request: Request, address: BlobAddress) -> None:
        """A token, or a signature that covers what is asked."""
        if "authorization" in request.headers:
            self.check_bearer(request)
            return
        query = dict(request.query_params)
        permission = address.permission(request.method, query)
        if "sig" not in query:
            raise ServiceError(401, "NoAuthenticationInformation", "A token or a shared access signature is needed.")
        if not self.signatures.allows(query, address.container, address.blob, permission):
            raise ServiceError(403, "AuthenticationFailed", "The shared access signature does not allow this.")

    def _has_bearer(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self.tokens.claims(token.strip()) is not None
