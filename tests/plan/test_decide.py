"""What has to happen to one resource, case by case."""

import dataclasses
from typing import Any

import pytest

from runner.model.keys import Kind
from runner.model.live import LiveResource, LiveState
from runner.model.plan import Action, Change, Plan, Reason
from runner.model.resource import Resource
from runner.model.rules import Settings
from runner.plan.planner import make_plan
from tests.builders import desired, key, present, resource

CPU = resource(
    "compute/cpu",
    {
        "name": "cpu",
        "type": "amlcompute",
        "size": "Standard_DS11_v2",
        "max_instances": 4,
        "tags": {"team": "a"},
        "idle_time_before_scale_down": 120,
    },
)
DATA = resource("data/iris", {"name": "iris", "type": "uri_file", "path": "https://example.com/a", "description": "A"})
FIXED = resource("data/iris", {"name": "iris", "path": "https://example.com/a", "version": "1"})
STORE = resource(
    "datastore/lake",
    {"type": "azure_blob", "account_name": "a", "container_name": "c", "credentials": {"account_key": "s3cret"}},
)
FOREIGN = "use another name, or list it under external: in specs/project.yml; --adopt takes it over"


def planned(wanted: Resource, live: LiveState, **options: Any) -> tuple[Change, Plan]:
    made = make_plan(desired(wanted), live, **options)
    return made.changes[0], made


def with_compute(**changes: Any) -> LiveState:
    return LiveState(computes={"cpu": present(CPU, **changes)})


def with_asset(wanted: Resource, found: LiveResource) -> LiveState:
    return LiveState(assets={(wanted.key, wanted.version): found})


def retagged(found: LiveResource, **tags: str | None) -> LiveResource:
    merged = {**found.tags, **{f"aml.{name}": value for name, value in tags.items()}}
    kept = {name: value for name, value in merged.items() if value is not None}
    return dataclasses.replace(found, tags=kept, spec={**found.spec, "tags": kept})


def said(made: Plan) -> list[str]:
    return [str(item) for item in made.diagnostics]


@pytest.mark.parametrize(
    ("changes", "action", "reasons"),
    [
        ({}, Action.NO_OP, []),
        ({"size": "STANDARD_ds11_V2", "type": "AmlCompute"}, Action.NO_OP, []),  # the service minds no case
        ({"max_instances": 2}, Action.UPDATE, [("max_instances", 2, 4)]),
        ({"idle_time_before_scale_down": 60}, Action.UPDATE, [("idle_time_before_scale_down", 60, 120)]),
        ({"tags": {"team": "b", "x": "y"}}, Action.UPDATE, [("tags.team", "b", "a")]),
        ({"tags": None}, Action.UPDATE, [("tags.team", None, "a")]),
        ({"description": "by hand", "min_instances": 3}, Action.NO_OP, []),  # the spec does not state them
    ],
)
def test_compute(changes: dict[str, Any], action: Action, reasons: list[tuple[str, Any, Any]]) -> None:
    change, made = planned(CPU, with_compute(**changes))
    assert change.action is action
    assert [(reason.field, reason.before, reason.after) for reason in change.reasons] == reasons
    assert made.applyable


def test_a_new_compute() -> None:
    change, made = planned(CPU, LiveState())
    assert (change.action, change.live_name, change.state) == (Action.CREATE, "cpu", "")
    assert made.applyable


def test_a_digest_that_somebody_changed_is_recorded_anew() -> None:
    live = LiveState(computes={"cpu": retagged(present(CPU), digest="other")})
    change, made = planned(CPU, live)
    assert change.action is Action.UPDATE
    assert change.reasons == (Reason("tags.aml.digest", before="other", after=CPU.digest),)
    assert made.applyable


def test_computes_are_found_whatever_the_case() -> None:
    upper = resource("compute/CPU", CPU.spec)
    assert planned(upper, LiveState(computes={"cpu": present(upper)}))[0].action is Action.NO_OP


def test_what_is_fixed_at_creation_is_replaced() -> None:
    change, made = planned(CPU, with_compute(size="Standard_NC6", tier="low_priority", max_instances=1))
    assert change.action is Action.REPLACE
    forced = {reason.field: reason.forces_replacement for reason in change.reasons}
    assert forced == {"size": True, "max_instances": False}  # the spec does not state the tier
    message = "size cannot change in place: apply deletes it and makes it anew (--allow-replace)"
    assert said(made) == [f"specs/compute/cpu.yml:1:1: warning: compute/cpu: {message}"]
    assert made.applyable


@pytest.mark.parametrize(
    ("tags", "whose"),
    [
        ({"project": None}, "was not made by this project"),
        ({"project": "theirs"}, "belongs to project 'theirs'"),
        ({"target": "prod"}, "belongs to target 'prod' of this project"),
    ],
)
def test_what_is_foreign_is_refused(tags: dict[str, str | None], whose: str) -> None:
    live = LiveState(computes={"cpu": retagged(present(CPU, max_instances=1), **tags)})
    change, made = planned(CPU, live)
    assert (change.action, change.state) == (Action.NO_OP, "foreign")
    assert said(made) == [f"specs/compute/cpu.yml:1:1: error: compute/cpu: exists and {whose}: {FOREIGN}"]


def test_a_new_asset() -> None:
    change, _ = planned(DATA, LiveState())
    assert (change.action, change.live_name) == (Action.CREATE, f"iris:c{DATA.digest[:12]}")


@pytest.mark.parametrize(
    ("tags", "state"),
    [
        ({}, "in sync"),
        ({"target": "prod"}, "in sync"),
        ({"project": "theirs"}, "shared with project 'theirs'"),
    ],
)
def test_equal_content_is_shared_whoever_put_it_there(tags: dict[str, str | None], state: str) -> None:
    words = {} if not tags else {"description": "theirs", "archived": True}  # and stays as they have it
    change, made = planned(DATA, with_asset(DATA, retagged(present(DATA, **words), **tags)))
    assert (change.action, change.state) == (Action.NO_OP, state)
    assert made.applyable


def test_what_describes_an_asset_changes_in_place() -> None:
    change, _ = planned(DATA, with_asset(DATA, present(DATA, description="B")))
    assert change.action is Action.UPDATE
    assert [(reason.field, reason.before, reason.after) for reason in change.reasons] == [("description", "B", "A")]


@pytest.mark.parametrize(
    ("tags", "state", "message"),
    [
        ({"digest": "other"}, "differs", "version 1 exists with other content, and versions never change: bump it"),
        ({"digest": "other", "project": "theirs"}, "foreign", f"exists and belongs to project 'theirs': {FOREIGN}"),
        ({"digest": None, "project": None}, "foreign", f"exists and was not made by this project: {FOREIGN}"),
    ],
)
def test_other_content_under_the_same_version(tags: dict[str, str | None], state: str, message: str) -> None:
    change, made = planned(FIXED, with_asset(FIXED, retagged(present(FIXED), **tags)))
    assert (change.action, change.state) == (Action.NO_OP, state)
    assert said(made) == [f"specs/data/iris.yml:1:1: error: data/iris: {message}"]


def test_an_archived_version_is_restored() -> None:
    change, made = planned(FIXED, with_asset(FIXED, present(FIXED, archived=True)))
    assert (change.action, change.live_name, list(change.reasons)) == (
        Action.UPDATE,
        "iris:1",
        [Reason("archived", before=True, after=False)],
    )
    assert made.applyable


def test_an_archived_version_with_other_content_is_not_restored() -> None:
    change, made = planned(FIXED, with_asset(FIXED, retagged(present(FIXED, archived=True), digest="other")))
    assert (change.action, made.applyable) == (Action.NO_OP, False)


def test_another_version_is_no_counterpart() -> None:
    live = LiveState(assets={(FIXED.key, "2"): present(FIXED)})
    assert planned(FIXED, live)[0].action is Action.CREATE


@pytest.mark.parametrize("kind", list(Kind))
def test_unread_is_said_for_every_kind(kind: Kind) -> None:
    wanted = resource(f"{kind}/abc", {"command": "x"})
    _, made = planned(wanted, LiveState(unknown={key(f"{kind}/abc"): "403"}))
    assert said(made)[0].endswith(
        f"{kind}/abc: could not be read, and unknown is not absent; plan again when it can be: 403"
    )


@pytest.mark.parametrize(
    ("changes", "action", "fields", "problem"),
    [
        ({}, Action.NO_OP, [], ""),
        ({"description": "by hand"}, Action.NO_OP, [], ""),
        (
            {"container_name": "other"},
            Action.REPLACE,
            ["container_name"],
            "container_name cannot change in place: apply deletes it and makes it anew (--allow-replace)",
        ),
    ],
)
def test_datastore(changes: dict[str, Any], action: Action, fields: list[str], problem: str) -> None:
    lake = present(STORE, **changes)
    spec = {name: value for name, value in lake.spec.items() if name != "credentials"}  # the service returns none
    change, made = planned(STORE, LiveState(datastores={"lake": dataclasses.replace(lake, spec=spec)}))
    assert (change.action, [reason.field for reason in change.reasons]) == (action, fields)
    assert said(made) == ([f"specs/datastores/lake.yml:1:1: warning: datastore/lake: {problem}"] if problem else [])
    assert "s3cret" not in str(made)


def test_a_new_datastore() -> None:
    change, made = planned(STORE, LiveState())
    assert (change.action, change.live_name, made.applyable) == (Action.CREATE, "lake", True)


def test_a_foreign_datastore_is_refused() -> None:
    live = LiveState(datastores={"lake": retagged(present(STORE), project=None)})
    assert planned(STORE, live)[0].state == "foreign"


@pytest.mark.parametrize(
    ("ignored", "changes", "action"),
    [
        (("idle_time_before_scale_down",), {"idle_time_before_scale_down": 60}, Action.NO_OP),
        (("idle_time_before_scale_down",), {"max_instances": 2}, Action.UPDATE),
        (("tags",), {"tags": {}}, Action.NO_OP),
        (("tags.team",), {"tags": {}}, Action.NO_OP),
        (("tags.te",), {"tags": {}}, Action.UPDATE),
        (("size",), {"size": "Standard_NC6"}, Action.NO_OP),  # nor does what is fixed stand against the plan then
    ],
)
def test_what_a_rule_ignores_is_not_compared(ignored: tuple[str, ...], changes: dict[str, Any], action: Action) -> None:
    cpu = resource("compute/cpu", CPU.spec, settings=Settings(ignore_changes=ignored))
    change, made = planned(cpu, LiveState(computes={"cpu": present(cpu, **changes)}))
    assert change.action is action
    assert made.applyable


def test_what_a_rule_ignores_of_an_asset() -> None:
    wanted = resource("data/iris", DATA.spec, settings=Settings(ignore_changes=("description",)))
    live = with_asset(wanted, present(wanted, description="by hand"))
    assert planned(wanted, live)[0].action is Action.NO_OP
