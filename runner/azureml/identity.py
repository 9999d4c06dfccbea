"""Who a token is for: its claims, read and not verified. The token itself leaves this module never."""

import base64
import binascii
import json
from typing import Any

from runner.azureml.rest import Rest
from runner.azureml.translate import translated


def claims(rest: Rest) -> dict[str, Any]:
    """The claims of the token for ARM (`oid`, `tid`, `appid`, `upn`, `idtyp`, ...), and `exp` in any case.

    `exp` is in seconds since the epoch. A token that is no JWT has no other claim. Raises ServiceError without one.
    """
    with translated("asking for a token"):
        token = rest.credential.get_token(f"{rest.workspace.arm_url}/.default")
    return {**_payload(token.token), "exp": int(token.expires_on)}


def _payload(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return payload if isinstance(payload, dict) else {}
