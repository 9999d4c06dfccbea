"""Schedules and connections, as the SDK asks for them and as it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from azure.ai.ml import MLClient

    from tests.emulator.conftest import Api

CRON = {"triggerType": "Cron", "expression": "0 3 * * *", "timeZone": "UTC"}
DAILY = {"triggerType": "Recurrence", "frequency": "Day", "interval": 1}
ACTION = {"actionType": "CreateJob", "jobDefinition": {"jobType": "Pipeline", "jobs": {}}}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 201),
        ({"trigger": DAILY}, 201),
        ({"trigger": {**DAILY, "startTime": "2030-01-01 03:00:00"}}, 201),
        ({"trigger": None}, 400),
        ({"trigger": {"triggerType": "Moon"}}, 400),
        ({"trigger": {**CRON, "expression": "0 3"}}, 400),
        ({"trigger": {**DAILY, "frequency": "Never"}}, 400),
        ({"trigger": {**DAILY, "interval": 0}}, 400),
        ({"trigger": {**DAILY, "startTime": "soon"}}, 400),
        ({"trigger": {**CRON, "endTime": "2001-01-01T00:00:00"}}, 400),
        ({"action": None}, 400),
        ({"action": {"actionType": "CreateJob"}}, 400),
        ({"action": {"actionType": "CreateMonitor"}}, 501),
    ],
)
def test_what_a_schedule_must_say(
    api: Api, changes: dict[str, Any], status: int, request: pytest.FixtureRequest
) -> None:
    path = f"schedules/{request.node.callspec.id}"
    assert api.put(path, **{"trigger": CRON, "action": ACTION, **changes}).status_code == status


def test_views_and_the_end_of_a_schedule(api: Api) -> None:
    api.put("schedules/viewed", trigger=CRON, action=ACTION)
    assert api.call("DELETE", "schedules/viewed").status_code == 409
    assert api.put("schedules/viewed", trigger=CRON, action=ACTION, isEnabled=False).status_code == 200

    def shown(view: str) -> bool:
        listed = api.get("schedules", listViewType=view)["value"]
        return "viewed" in {each["name"] for each in listed}

    assert (shown("EnabledOnly"), shown("DisabledOnly"), shown("All")) == (False, True, True)
    assert api.call("POST", "schedules/viewed/trigger").status_code == 409
    assert api.call("DELETE", "schedules/viewed").status_code == 200
    assert api.call("GET", "schedules/viewed").status_code == 404


def test_a_connection_keeps_its_secret_to_itself(api: Api, ml_client: MLClient) -> None:
    from azure.ai.ml.entities import PatTokenConfiguration, WorkspaceConnection

    made = WorkspaceConnection(
        name="feed",
        type="python_feed",
        target="https://feed.example",
        credentials=PatTokenConfiguration(pat="s3cret"),
        metadata={"team": "a"},
    )
    ml_client.connections.create_or_update(made)
    found = ml_client.connections.get("feed")
    assert (found.type, found.target, found.metadata["team"]) == ("python_feed", "https://feed.example", "a")
    assert "feed" in {each.name for each in ml_client.connections.list()}
    assert "s3cret" not in api.call("GET", "connections/feed").text + api.call("GET", "connections").text
    secrets = api.call("POST", "connections/feed/listsecrets").json()["properties"]["credentials"]
    assert secrets == {"pat": "s3cret"}
    assert api.put("connections/feed", category="Git", authType="None").status_code == 400
    ml_client.connections.delete("feed")
    assert api.call("GET", "connections/feed").status_code == 404


@pytest.mark.parametrize(("name", "body"), [("x", {"category": "Git", "authType": "None"}), ("feed2", {})])
def test_what_is_no_connection(api: Api, name: str, body: dict[str, str]) -> None:
    assert api.put(f"connections/{name}", **body).status_code == 400
