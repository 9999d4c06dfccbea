"""Computes and datastores: which fields change in place, and what stands against replacing them."""

from typing import Any

import pytest

from runner.model.live import LiveState
from runner.model.plan import Action, Change, Plan
from runner.model.resource import Resource
from runner.model.rules import Settings
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.builders import JOB, desired, present, resource, run_of

CLUSTER = {
    "name": "cpu",
    "type": "amlcompute",
    "size": "a",
    "tier": "dedicated",
    "location": "westeurope",
    "min_instances": 0,
    "max_instances": 1,
    "idle_time_before_scale_down": 120,
    "identity": {"type": "system_assigned"},
    "enable_node_public_ip": True,
    "description": "A",
    "tags": {"team": "a"},
}
INSTANCE = {"name": "cpu", "type": "ComputeInstance", "size": "a", "description": "A", "tags": {"team": "a"}}
STORE = {"type": "azure_blob", "account_name": "a", "container_name": "c", "description": "A", "tags": {"team": "a"}}
FREE = Settings(prevent_destroy=False)


def planned(wanted: Resource, asked: Asked | None = None, **changes: Any) -> tuple[Change, Plan]:
    """The change of a resource of which these fields are others where it is live."""
    found = {wanted.key.name: present(wanted, **changes)}
    place = {"computes": found} if wanted.key.kind == "compute" else {"datastores": found}
    made = make_plan(desired(wanted), LiveState(**place), asked=asked or Asked())  # type: ignore[arg-type]
    return made.changes[0], made


@pytest.mark.parametrize(
    ("name", "spec", "in_place"),
    [
        (
            "compute/cpu",
            CLUSTER,
            {"min_instances", "max_instances", "idle_time_before_scale_down", "identity", "description", "tags"},
        ),
        ("compute/cpu", INSTANCE, {"tags"}),
        ("datastore/lake", STORE, {"description", "tags"}),
    ],
)
def test_every_field_changes_in_place_or_replaces(name: str, spec: dict[str, Any], in_place: set[str]) -> None:
    wanted = resource(name, spec, settings=FREE)
    for field in spec.keys() - {"name"}:
        change, _ = planned(wanted, **{field: {} if field == "tags" else "other"})
        assert change.action is (Action.UPDATE if field in in_place else Action.REPLACE), field
        assert [reason.forces_replacement for reason in change.reasons] == [field not in in_place], field


@pytest.mark.parametrize(
    ("rule", "tagged", "refused"), [(None, False, False), (None, True, True), (True, False, True), (False, True, False)]
)
def test_protection_refuses_a_replacement(rule: bool | None, tagged: bool, refused: bool) -> None:
    live_one = present(resource("compute/cpu", CLUSTER, settings=Settings(prevent_destroy=tagged)), size="b")
    wanted = resource("compute/cpu", CLUSTER, settings=Settings(prevent_destroy=rule))
    made = make_plan(desired(wanted), LiveState(computes={"cpu": live_one}))
    assert made.changes[0].action is Action.REPLACE
    assert made.applyable is not refused
    why = "prevent_destroy protects it, by a rule or its own tags; a rule with prevent_destroy: false lifts that"
    errors = [item.message for item in made.diagnostics if item.severity == "error"]
    assert errors == ([f"compute/cpu: size cannot change in place, and {why}"] if refused else [])


def test_runs_that_end_with_it_are_named() -> None:
    cpu = resource("compute/cpu", CLUSTER)
    runs = [
        run_of(resource(f"job/{name}", JOB | {"compute": compute}), status)
        for name, compute, status in (("a", "CPU", "Running"), ("b", "cpu", "Completed"), ("c", "gpu", "Running"))
    ]
    found = LiveState(computes={"cpu": present(cpu, size="b")}, runs=tuple(runs))
    made = make_plan(desired(cpu), found)
    messages = [item.message for item in made.diagnostics]
    assert f"compute/cpu: runs that are active on it end with it: {runs[0].name}" in messages
    assert len(messages) == 2


@pytest.mark.parametrize(
    ("changes", "action", "error"),
    [
        ({}, Action.ADOPT, ""),
        ({"max_instances": 5}, Action.ADOPT, ""),
        ({"size": "b", "tier": "low_priority"}, Action.ADOPT, "size, tier"),
    ],
)
def test_adopting_changes_in_place_only(changes: dict[str, Any], action: Action, error: str) -> None:
    wanted = resource("compute/cpu", CLUSTER)
    found = present(wanted, **changes)
    theirs = {"team": "a", "aml.project": "theirs", "aml.target": "local"}
    found = type(found)(spec={**found.spec, "tags": theirs}, tags=theirs)
    made = make_plan(desired(wanted), LiveState(computes={"cpu": found}), asked=Asked(adopt=True))
    change = made.changes[0]
    assert change.action is action
    fields = ["aml.project", *sorted(changes)]
    assert [reason.field for reason in change.reasons] == fields
    how = "cannot change in place: write what is there, or use another name"
    assert [item.message for item in made.diagnostics] == (
        [f"compute/cpu: cannot be adopted, as {error} {how}"] if error else []
    )


@pytest.mark.parametrize(("state", "told"), [("Succeeded", "in sync"), ("", "in sync"), ("Failed", "in sync, Failed")])
def test_health(state: str, told: str) -> None:
    wanted = resource("compute/cpu", CLUSTER)
    found = present(wanted)
    found = type(found)(spec=found.spec, tags=found.tags, state=state)
    assert make_plan(desired(wanted), LiveState(computes={"cpu": found})).changes[0].state == told
