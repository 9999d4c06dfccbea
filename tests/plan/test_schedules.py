"""What has to happen to a schedule or a connection, case by case."""

import dataclasses
from typing import Any

import pytest

from runner.model import triggers
from runner.model.live import LiveResource, LiveRun, LiveState
from runner.model.plan import Action, Change, Plan
from runner.model.resource import Resource
from runner.plan.explained import Record
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from runner.plan.strays import strays
from tests.builders import desired, present, resource

CRON = {"type": "cron", "expression": "0 3 * * *"}
DAILY = {"type": "recurrence", "frequency": "day", "interval": 1, "schedule": {"hours": 3, "minutes": [0]}}
PIPELINE = {"type": "pipeline", "jobs": {"a": {"command": "x", "environment": "azureml:e:1"}}}
NIGHTLY = resource(
    "schedule/nightly", {"name": "nightly", "description": "Trains.", "trigger": CRON, "create_job": PIPELINE}
)
DAYS = resource("schedule/nightly", {"name": "nightly", "trigger": DAILY, "create_job": "azureml:a-run"})
FEED = resource(
    "connection/feed",
    {
        "name": "feed",
        "type": "python_feed",
        "target": "https://feed.example",
        "metadata": {"team": "a"},
        "credentials": {"type": "pat", "pat": "{{ env.AML_SECRET_FEED }}"},
    },
)


def as_read(wanted: Resource, **changes: Any) -> LiveResource:
    """As the service tells it: no job of a schedule, no credentials of a connection."""
    found = present(wanted, **changes)
    spec = {name: value for name, value in found.spec.items() if name not in {"create_job", "credentials", "type"}}
    return dataclasses.replace(found, spec=spec)


def planned(wanted: Resource, found: LiveResource | None, **asked: Any) -> tuple[Change, Plan]:
    live = {} if found is None else {wanted.key.name: found}
    state = LiveState(schedules=live) if wanted.key.kind == "schedule" else LiveState(connections=live)
    made = make_plan(desired(wanted), state, asked=Asked(**asked))
    return made.changes[0], made


@pytest.mark.parametrize(
    ("wanted", "changes", "action", "fields"),
    [
        (NIGHTLY, {}, Action.NO_OP, []),
        (NIGHTLY, {"trigger": {**CRON, "time_zone": "UTC", "start_time": None}}, Action.NO_OP, []),
        (NIGHTLY, {"trigger": {**CRON, "expression": "0 4 * * *"}}, Action.UPDATE, ["trigger"]),
        (NIGHTLY, {"description": "by hand"}, Action.UPDATE, ["description"]),
        (NIGHTLY, {"is_enabled": False}, Action.NO_OP, []),
        (
            DAYS,
            {"trigger": {**DAILY, "frequency": "Day", "schedule": {"hours": [3], "minutes": [0]}}},
            Action.NO_OP,
            [],
        ),
        (DAYS, {"trigger": {**DAILY, "interval": 2}}, Action.UPDATE, ["trigger"]),
        (FEED, {}, Action.NO_OP, []),
        (FEED, {"metadata": {"team": "a", "more": "b"}}, Action.NO_OP, []),
        (FEED, {"metadata": {"team": "b"}}, Action.UPDATE, ["metadata"]),
        (FEED, {"target": "https://other.example"}, Action.UPDATE, ["target"]),
    ],
)
def test_differences(wanted: Resource, changes: dict[str, Any], action: Action, fields: list[str]) -> None:
    change, made = planned(wanted, as_read(wanted, **changes))
    assert (change.action, [reason.field for reason in change.reasons]) == (action, fields)
    assert made.applyable


def test_another_job_updates_the_schedule_in_place() -> None:
    before = as_read(NIGHTLY)
    wanted = resource("schedule/nightly", {**NIGHTLY.spec, "create_job": {**PIPELINE, "inputs": {"rate": 1}}})
    change, _ = planned(wanted, before)
    assert (change.action, [reason.field for reason in change.reasons]) == (Action.UPDATE, ["create_job"])


def test_an_update_keeps_whether_it_is_enabled() -> None:
    change, _ = planned(NIGHTLY, as_read(NIGHTLY, description="by hand", is_enabled=False))
    assert change.keeps["is_enabled"] is False


def test_another_type_of_connection_replaces_it() -> None:
    wanted = resource("connection/feed", {**FEED.spec, "type": "git"})
    change, _ = planned(wanted, as_read(FEED))
    assert (change.action, [reason.field for reason in change.reasons]) == (Action.REPLACE, ["type"])


def test_credentials_are_sent_again_when_asked() -> None:
    change, _ = planned(FEED, as_read(FEED), refresh_secrets=True)
    assert [reason.field for reason in change.reasons] == ["credentials"]
    keyed = resource("connection/ai", {"name": "ai", "type": "azure_open_ai", "api_key": "{{ env.AML_SECRET_AI }}"})
    change, _ = planned(keyed, as_read(keyed), refresh_secrets=True)
    assert [reason.field for reason in change.reasons] == ["api_key"]


@pytest.mark.parametrize("job", [{"command": "x"}, {"type": "command", "job": {"command": "x"}}, {"type": "spark"}])
def test_what_the_sdk_does_not_schedule_is_refused(job: dict[str, Any]) -> None:
    wanted = resource("schedule/nightly", {"name": "nightly", "trigger": CRON, "create_job": job})
    _, made = planned(wanted, None)
    assert not made.applyable
    assert "the SDK schedules pipelines only" in made.diagnostics[0].message


def test_a_run_that_a_live_schedule_started_is_no_stray() -> None:
    runs = [LiveRun("nightly-20300101T030000Z", "Completed", schedule="nightly"), LiveRun("x", "Completed")]
    state = LiveState(schedules={"nightly": as_read(NIGHTLY)})
    assert [stray.address for stray in strays(desired(NIGHTLY), state, runs, (), Record())] == ["job/x"]
    assert len(strays(desired(), LiveState(), runs, (), Record())) == 2


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({"type": "Cron", "expression": "x", "time_zone": None}, {"type": "cron", "expression": "x"}),
        ({"start_time": "2030-01-01 03:00:00"}, {"start_time": "2030-01-01T03:00:00"}),
        ({"start_time": "2030-01-01T03:00:00.000Z"}, {"start_time": "2030-01-01T03:00:00"}),
        ({"schedule": {"hours": 3, "week_days": "Monday"}}, {"schedule": {"hours": [3], "week_days": ["monday"]}}),
        ({"schedule": {"hours": [], "minutes": []}}, {}),
    ],
)
def test_triggers_in_one_form(trigger: dict[str, Any], expected: dict[str, Any]) -> None:
    assert triggers.plain(trigger) == expected
