"""Bearer tokens: signed JWTs with the claims the SDK reads (tid, oid, aud, exp)."""

import time
from typing import Any

import jwt

from runner.emulator.settings import PRINCIPAL_ID, TENANT_ID

ALGORITHM = "HS256"
ISSUER = "aml-embedded"
LIFETIME_SECONDS = 24 * 3600


class Tokens:
    """Issues and verifies the tokens of one workspace."""

    def __init__(self, signing_key: str) -> None:
        self._key = signing_key

    def issue(self, resource: str, lifetime: float = LIFETIME_SECONDS) -> tuple[str, int]:
        """A token for a resource, and when it expires (seconds since the epoch)."""
        now = int(time.time())
        expires = now + int(lifetime)
        claims = {
            "aud": resource,
            "iss": ISSUER,
            "tid": TENANT_ID,
            "oid": PRINCIPAL_ID,
            "idtyp": "app",
            "iat": now,
            "nbf": now,
            "exp": expires,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM), expires

    def claims(self, token: str) -> dict[str, Any] | None:
        """The claims of a token we signed and that is still good, else None."""
        try:
            # One workspace is the only resource here: any audience we issued opens all of it, as one role would.
            found: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={"verify_aud": False, "require": ["exp", "aud"]},
            )
        except jwt.InvalidTokenError:
            return None
        return found
