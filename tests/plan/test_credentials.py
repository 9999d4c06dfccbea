"""Credentials that no read returns: sent again on request, and never taken away unsaid."""

import dataclasses
from typing import Any

import pytest

from runner.model.live import LiveState
from runner.model.plan import Action, Plan, Reason
from runner.model.resource import Resource
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.builders import desired, live, present, resource

BLOB = {"type": "azure_blob", "account_name": "a", "container_name": "c", "description": "New."}
KEY = {"account_key": "{{ env.AML_SECRET_KEY }}"}
AGAIN = Reason("credentials", before="not returned", after="sent again (--refresh-secrets)")
DESCRIBED = Reason("description", before="Old.", after="New.")


def store(name: str = "lake", **spec: Any) -> Resource:
    return resource(f"datastore/{name}", {**BLOB, **spec})


def planned(wanted: Resource, *, has: bool = True, refresh: bool = False, **changes: Any) -> Plan:
    found = dataclasses.replace(present(wanted, **changes), has_credentials=has)
    return make_plan(desired(wanted), LiveState(datastores={"lake": found}), asked=Asked(refresh_secrets=refresh))


def test_credentials_are_sent_again_on_request_alone() -> None:
    assert planned(store(credentials=KEY)).pending == ()
    (change,) = planned(store(credentials=KEY), refresh=True).pending
    assert (change.action, change.reasons) == (Action.UPDATE, (AGAIN,))


def test_beside_other_reasons() -> None:
    (change,) = planned(store(credentials=KEY), refresh=True, description="Old.").pending
    assert change.reasons == (DESCRIBED, AGAIN)


@pytest.mark.parametrize("spec", [{}, {"credentials": None}, {"credentials": {}}])
def test_a_spec_without_credentials_has_none_to_send(spec: dict[str, Any]) -> None:
    assert planned(store(**spec), refresh=True).changes[0].action is Action.NO_OP


def test_only_of_what_is_selected() -> None:
    lake, other = store(credentials=KEY), store("other", credentials=KEY)
    wanted = desired(lake, other, resource("compute/cpu", {"type": "amlcompute"}))
    made = make_plan(wanted, live(wanted), selected=frozenset({other.key}), asked=Asked(refresh_secrets=True))
    assert [change.key for change in made.pending] == [other.key]
    everything = make_plan(wanted, live(wanted), asked=Asked(refresh_secrets=True))
    assert [change.key for change in everything.pending] == [lake.key, other.key]


@pytest.mark.parametrize(
    ("spec", "has", "applyable"),
    [
        ({}, True, False),
        ({"credentials": None}, True, False),
        ({"credentials": {}}, True, True),
        ({"credentials": KEY}, True, True),
        ({}, False, True),
    ],
)
def test_an_update_that_would_take_credentials_away_is_refused(
    spec: dict[str, Any], has: bool, applyable: bool
) -> None:
    made = planned(store(**spec), has=has, description="Old.")
    assert made.pending[0].reasons == (DESCRIBED,)
    assert made.applyable is applyable
    if not applyable:
        (refusal,) = made.diagnostics
        assert "which an update that states none would take away" in refusal.message
    assert planned(store(**spec), has=has).applyable, "where nothing is updated, nothing is taken away"
