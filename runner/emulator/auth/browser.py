"""Opening MLflow's UI in a browser: a link that works once and leaves a cookie behind."""

import hashlib
import hmac
import secrets
import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from runner.emulator.errors import ServiceError
from runner.emulator.settings import WORKSPACE_PATH

COOKIE = "aml_embedded"
LINK_SECONDS = 600.0
COOKIE_SECONDS = 7 * 24 * 3600
UI_PATH = f"/mlflow/v2.0{WORKSPACE_PATH}/"
MAX_LINKS = 64


class Browser:
    """Login links and the cookie that they are exchanged for."""

    def __init__(self, signing_key: str) -> None:
        self._key = signing_key.encode()
        self._links: dict[str, float] = {}  # one-time code -> deadline on the monotonic clock

    def link(self, base_url: str) -> str:
        """A fresh link; the oldest are forgotten when many were asked for and never opened."""
        while len(self._links) >= MAX_LINKS:
            self._links.pop(next(iter(self._links)))
        code = secrets.token_urlsafe(32)
        self._links[code] = time.monotonic() + LINK_SECONDS
        return f"{base_url}/login/{code}"

    def enter(self, code: str) -> Response:
        """Exchange a link's code for the cookie."""
        if self._links.pop(code, 0.0) < time.monotonic():
            raise ServiceError(401, "LoginLinkUsed", "This link was used or is too old: ask for a fresh one.")
        response = RedirectResponse(UI_PATH, status_code=303)
        response.set_cookie(
            COOKIE, self._ticket(), max_age=COOKIE_SECONDS, secure=True, httponly=True, samesite="strict"
        )
        return response

    def knows(self, request: Request) -> bool:
        """Whether the request carries a cookie of ours that is still good."""
        ticket = request.cookies.get(COOKIE, "")
        expires, _, _ = ticket.partition(".")
        genuine = hmac.compare_digest(ticket.encode(), self._sealed(expires).encode())
        return genuine and int(expires) > time.time()

    def _ticket(self) -> str:
        return self._sealed(str(int(time.time()) + COOKIE_SECONDS))

    def _sealed(self, expires: str) -> str:
        seal = hmac.new(self._key, f"cookie\n{expires}".encode(), hashlib.sha256).hexdigest()
        return f"{expires}.{seal}"
