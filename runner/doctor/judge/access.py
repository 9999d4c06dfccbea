"""Findings about the credential, the clock and the workspace itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.doctor.facts import Token, Unread, Workspace
from runner.model.findings import Finding, Level

CREDENTIAL, WORKSPACE = "credential", "workspace"
SOON = 600  # seconds that a token should last at least
SKEW, FAR = 120, 300  # seconds; Entra ID itself forgives five minutes
SLOW = 2.0  # seconds that one read may take
# Microsoft's own clients, by the ids under which they ask for tokens: the same in every tenant.
_CLIENTS = {
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "the Azure CLI",
    "1950a258-227b-4e31-a9cf-717495945fc2": "Azure PowerShell",
    "aebc6443-996d-45c2-90f0-388ff96faa56": "Visual Studio Code",
}


def token(found: Token | Unread) -> Iterator[Finding]:
    """Who we are, and for how long."""
    if isinstance(found, Unread):
        yield Finding(CREDENTIAL, "token", Level.ERROR, found.why)
        return
    yield Finding(CREDENTIAL, "identity", Level.OK, _identity(found.claims))
    minutes = max(int(found.seconds // 60), 0)
    lasts = f"lasts {minutes} min" if minutes < 120 else f"lasts {minutes // 60} h"
    if found.seconds < SOON:
        yield Finding(CREDENTIAL, "token", Level.WARNING, lasts, "sign in again, or set the clock if it is wrong")
    else:
        yield Finding(CREDENTIAL, "token", Level.OK, lasts)


def _identity(claims: Mapping[str, Any]) -> str:
    """As people know it: a user by name, an application by its id."""
    user = next((claims[name] for name in ("upn", "preferred_username", "unique_name") if claims.get(name)), "")
    application = str(claims.get("appid") or claims.get("azp") or "")
    if claims.get("xms_mirid"):
        who = f"managed identity {str(claims['xms_mirid']).rpartition('/')[2]}"
    elif user:
        who = f"user {user}"
    elif claims.get("idtyp") == "app" or application:
        who = f"application {application or claims.get('oid', '?')}"
    else:
        who = f"object {claims['oid']}" if claims.get("oid") else "the token does not say who"
    through = f", through {_CLIENTS[application]}" if application in _CLIENTS else ""
    tenant = f", tenant {claims['tid']}" if claims.get("tid") else ""
    return f"{who}{through}{tenant}"


def workspace(found: Workspace | Unread) -> Iterator[Finding]:
    """Whether it answers, how fast, and what time it has."""
    if isinstance(found, Unread):
        yield Finding(WORKSPACE, "workspace", Level.ERROR, found.why, _remedy(found))
        return
    yield Finding(WORKSPACE, "workspace", Level.OK, f"{found.name}, region {found.region or 'unknown'}")
    milliseconds = f"one read takes {found.seconds * 1000:.0f} ms"
    if found.seconds > SLOW:
        yield Finding(WORKSPACE, "speed", Level.WARNING, milliseconds, "look for a proxy, a VPN or throttling between")
    else:
        yield Finding(WORKSPACE, "speed", Level.OK, milliseconds)
    yield _clock(found.ahead)


def _remedy(found: Unread) -> str:
    if found.status == 404:
        return "check the target's coordinates; an identity without any role here also sees nothing"
    if found.status == 400:
        return "the service may have given up this api-version: try a newer aml-runner"
    return ""


def _clock(ahead: float | None) -> Finding:
    if ahead is None:
        return Finding(WORKSPACE, "clock", Level.UNKNOWN, "the service did not say what time it has")
    difference = f"{abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}"
    if abs(ahead) <= SKEW:
        return Finding(WORKSPACE, "clock", Level.OK, "agrees with the service" if abs(ahead) < 1.5 else difference)
    level = Level.ERROR if abs(ahead) > FAR else Level.WARNING
    message = f"{difference} of the service: tokens and signatures are refused from five minutes on"
    return Finding(WORKSPACE, "clock", level, message, "set this machine's clock, e.g. by NTP")
