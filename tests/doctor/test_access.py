"""What is found about the credential, the clock and the workspace."""

from typing import Any

import pytest

from runner.doctor.facts import Token, Unread, Workspace
from runner.doctor.judge import access
from runner.model.findings import Level

CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, "the token does not say who"),
        ({"oid": "o1"}, "object o1"),
        ({"upn": "ada@example.com", "appid": CLI}, "user ada@example.com, through the Azure CLI"),
        ({"unique_name": "ada@example.com", "tid": "t1", "appid": "other"}, "user ada@example.com, tenant t1"),
        ({"idtyp": "app", "appid": "a1", "oid": "o1", "tid": "t1"}, "application a1, tenant t1"),
        ({"idtyp": "app", "oid": "o1"}, "application o1"),
        ({"azp": "a2"}, "application a2"),
        (
            {"idtyp": "app", "appid": "a1", "xms_mirid": "/subscriptions/s/x/userAssignedIdentities/runner"},
            "managed identity runner",
        ),
    ],
)
def test_who_it_is(claims: dict[str, Any], expected: str) -> None:
    identity, token = access.token(Token(claims, 4000))
    assert (identity.message, identity.level) == (expected, Level.OK)
    assert (token.message, token.level) == ("lasts 66 min", Level.OK)


@pytest.mark.parametrize(
    ("seconds", "message", "level"),
    [
        (-5, "lasts 0 min", Level.WARNING),
        (599, "lasts 9 min", Level.WARNING),
        (600, "lasts 10 min", Level.OK),
        (86399, "lasts 23 h", Level.OK),
    ],
)
def test_how_long(seconds: float, message: str, level: Level) -> None:
    *_, found = access.token(Token({}, seconds))
    assert (found.message, found.level) == (message, level)


def test_no_token() -> None:
    (found,) = access.token(Unread("asking for a token: not signed in", 401))
    assert found.level is Level.ERROR


@pytest.mark.parametrize(
    ("ahead", "message", "level"),
    [
        (0.4, "agrees with the service", Level.OK),
        (-1.4, "agrees with the service", Level.OK),
        (119, "119 s ahead", Level.OK),
        (-121, "121 s behind of", Level.WARNING),
        (300, "300 s ahead of", Level.WARNING),
        (301, "301 s ahead of", Level.ERROR),
        (-4000, "4000 s behind of", Level.ERROR),
        (None, "the service did not say", Level.UNKNOWN),
    ],
)
def test_the_clock(ahead: float | None, message: str, level: Level) -> None:
    *_, clock = access.workspace(Workspace("w", "westeurope", "", 0.1, ahead))
    assert (clock.check, clock.level) == ("clock", level)
    assert clock.message.startswith(message)


@pytest.mark.parametrize(("seconds", "level"), [(0.02, Level.OK), (2.5, Level.WARNING)])
def test_the_speed(seconds: float, level: Level) -> None:
    workspace, speed, _ = access.workspace(Workspace("w", "westeurope", "", seconds, 0))
    assert workspace.message == "w, region westeurope"
    assert (speed.message, speed.level) == (f"one read takes {seconds * 1000:.0f} ms", level)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(404, "check the target's coordinates"), (400, "the service may have given up"), (None, ""), (403, "")],
)
def test_no_workspace(status: int | None, advice: str) -> None:
    (found,) = access.workspace(Unread("no", status))
    assert found.level is Level.ERROR
    assert found.advice.startswith(advice)
    assert bool(found.advice) == bool(advice)
