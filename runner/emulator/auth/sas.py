"""Shared access signatures: a query string that opens one blob, or one container, for a while."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import urlencode

VERSION = "2025-05-05"
LIFETIME_SECONDS = 7 * 24 * 3600


class Signatures:
    """Signs and verifies with the storage key. The fields are Azure's; what is signed is our own choice."""

    def __init__(self, storage_key: str) -> None:
        self._key = storage_key.encode()

    def sign(self, container: str, blob: str = "", permissions: str = "r", lifetime: float = LIFETIME_SECONDS) -> str:
        """A query string. Without `blob` it is good for the whole container."""
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + lifetime))
        scope = "b" if blob else "c"
        fields = {"sv": VERSION, "sr": scope, "sp": permissions, "se": expires}
        return urlencode({**fields, "sig": self._signature(fields, container, blob)})

    def allows(self, query: Mapping[str, str], container: str, blob: str, permission: str) -> bool:
        """Whether the query's signature is ours, still good, and covers this permission on this blob."""
        fields = {name: query.get(name, "") for name in ("sv", "sr", "sp", "se")}
        signed_blob = blob if fields["sr"] == "b" else ""
        expected = self._signature(fields, container, signed_blob)
        # First the signature: of a forged query nothing else is told, not even by how long the answer takes.
        if not hmac.compare_digest(expected.encode(), query.get("sig", "").encode()):
            return False
        return permission in fields["sp"] and fields["se"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def _signature(self, fields: Mapping[str, str], container: str, blob: str) -> str:
        text = "\n".join((*fields.values(), container, blob))
        return base64.b64encode(hmac.new(self._key, text.encode(), hashlib.sha256).digest()).decode()
