"""Only stated fields are compared, and what the service does not return is not held against it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.live import LiveResource
from runner.model.plan import Reason
from runner.model.resource import Resource
from runner.model.rules import Settings
from runner.plan.compare import Comparison, compare, differences, kept
from tests.builders import present, resource


@pytest.mark.parametrize(
    ("spec", "live", "expected"),
    [
        ({"size": "A"}, {"size": "a"}, []),
        ({"tier": "lowpriority"}, {"tier": "low_priority"}, []),
        ({"tier": "LowPriority"}, {"tier": "dedicated"}, [Reason("tier", "dedicated", "LowPriority")]),
        ({"description": "A"}, {"description": "a"}, [Reason("description", "a", "A")]),
        ({"size": "A"}, {}, []),
        ({}, {"size": "A"}, []),
        ({"name": "a", "version": "1", "$schema": "x"}, {"name": "b", "version": "2"}, []),
        ({"tags": {"a": "1"}}, {"tags": {"a": "1", "b": "2"}}, []),
        ({"tags": {"b": "1", "a": "2"}}, {}, [Reason("tags.a", None, "2"), Reason("tags.b", None, "1")]),
        ({"tags": None}, {"tags": {"a": "1"}}, []),
        ({"description": "A"}, {"description": ""}, [Reason("description", None, "A")]),
        ({"max_instances": 0}, {"max_instances": 4}, [Reason("max_instances", 4, 0)]),
    ],
)
def test_differences(spec: dict[str, Any], live: dict[str, Any], expected: list[Reason]) -> None:
    assert list(differences(spec, live)) == expected


@given(st.dictionaries(st.text(), st.integers() | st.text()).filter(lambda spec: "tags" not in spec))
def test_nothing_differs_from_itself(spec: dict[str, Any]) -> None:
    assert differences(spec, spec) == ()


SPEC = {"type": "amlcompute", "max_instances": 2, "description": "A", "tags": {"team": "red", "cost": "low"}}
CPU = resource("compute/cpu", SPEC)


def changed(found: LiveResource, *, tags: Mapping[str, str | None] | None = None, **fields: Any) -> LiveResource:
    """What is live with other fields and tags; None takes a tag away."""
    merged = {name: value for name, value in {**found.tags, **(tags or {})}.items() if value is not None}
    return dataclasses.replace(found, spec={**found.spec, **fields, "tags": merged}, tags=merged)


def compared(wanted: Resource, found: LiveResource) -> tuple[list[str], list[str], list[str]]:
    """The fields that call for a change, those that drifted, and those that drifted and are kept."""
    result: Comparison = compare(wanted, found, wanted.spec.keys())
    lost = [each.field for each in result.drift if not each.kept]
    return [each.field for each in result.found], lost, [each.field for each in result.drift if each.kept]


DRIFT: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], list[str], list[str]]] = {
    # name: (what the spec says anew, what is live, what is to do, what of it somebody did in the workspace)
    "nothing": ({}, {}, [], []),
    "an edit": ({"max_instances": 3}, {}, ["max_instances"], []),
    "a drift": ({}, {"max_instances": 3}, ["max_instances"], ["max_instances"]),
    "a drift of what describes": ({}, {"description": "B"}, ["description"], ["description"]),
    "a drift of a tag": ({}, {"tags": {"team": "blue"}}, ["tags.team"], ["tags.team"]),
    "a tag taken away there": ({}, {"tags": {"team": None}}, ["tags.team"], ["tags.team"]),
    "a tag of others": ({}, {"tags": {"audit": "1"}}, [], []),
    "both of different fields": (
        {"description": "C"},
        {"max_instances": 3},
        ["description", "max_instances"],
        ["max_instances"],
    ),
    "both of one field": ({"max_instances": 4}, {"max_instances": 3}, ["max_instances"], []),
    "the same by both": ({"max_instances": 3}, {"max_instances": 3}, ["spec"], []),
    "a tag less": ({"tags": {"team": "red"}}, {}, ["tags.cost"], []),
    "a tag less, and gone there": ({"tags": {"team": "red"}}, {"tags": {"cost": None}}, [], []),
    "a tag more": ({"tags": {"team": "red", "cost": "low", "new": "1"}}, {}, ["tags.new"], []),
    "a description less": ({"description": ""}, {}, ["description"], []),
    "a field that the service does not return": (
        {"ssh_settings": {"admin_username": "ada"}},
        {},
        ["ssh_settings"],
        [],
    ),
    "a digest that somebody changed": ({}, {"tags": {"aml.digest": "0"}}, ["tags.aml.digest"], []),
    "no record of what was applied": (
        {},
        {"max_instances": 3, "tags": {"aml.parts": None}},
        ["max_instances"],
        ["max_instances"],
    ),
    "no record, and what describes": ({}, {"description": "B", "tags": {"aml.parts": None}}, ["description"], []),
    "no record, and an edit": ({"max_instances": 4}, {"tags": {"aml.parts": None}}, ["max_instances"], []),
    "a broken record": ({}, {"max_instances": 3, "tags": {"aml.parts": "what:is,this"}}, ["max_instances"], []),
    "protected by hand": ({}, {"tags": {"aml.prevent_destroy": "true"}}, ["prevent_destroy"], []),
}


@pytest.mark.parametrize("name", DRIFT)
def test_edits_and_drift(name: str) -> None:
    anew, there, todo, drift = DRIFT[name]
    wanted = resource("compute/cpu", SPEC | dict(anew))
    assert compared(wanted, changed(present(CPU), **there)) == (todo, drift, [])


@pytest.mark.parametrize(
    ("ignored", "there", "todo", "stays"),
    [
        (("max_instances",), {"max_instances": 5}, [], ["max_instances"]),
        (("max_instances",), {"max_instances": 5, "description": "B"}, ["description"], ["max_instances"]),
        (("tags",), {"tags": {"team": "blue", "cost": None}}, [], ["tags.cost", "tags.team"]),
        (("tags.team",), {"tags": {"team": "blue", "cost": "high"}}, ["tags.cost"], ["tags.team"]),
        (("tags.te",), {"tags": {"team": "blue"}}, ["tags.team"], []),
    ],
)
def test_what_is_ignored_is_drift_that_is_kept(
    ignored: tuple[str, ...], there: dict[str, Any], todo: list[str], stays: list[str]
) -> None:
    wanted = resource("compute/cpu", SPEC, settings=Settings(ignore_changes=ignored))
    found, drift, own = compared(wanted, changed(present(wanted), **there))
    assert (found, drift, own) == (todo, todo, stays)


def test_who_and_when() -> None:
    live = dataclasses.replace(changed(present(CPU), max_instances=5), changed_by="Ada", changed_at="2026-01-01")
    (drift,) = compare(CPU, live, SPEC.keys()).drift
    assert (drift.key, drift.before, drift.after, drift.by, drift.at) == (CPU.key, 2, 5, "Ada", "2026-01-01")


@pytest.mark.parametrize(
    ("anew", "ignored", "there", "expected"),
    [
        ({}, (), {}, {}),
        ({}, (), {"min_instances": 1}, {"min_instances": 1}),
        ({}, (), {"max_instances": 5}, {}),
        ({}, ("max_instances",), {"max_instances": 5}, {"max_instances": 5}),
        ({}, (), {"tags": {"audit": "1"}}, {"tags": {"audit": "1"}}),
        ({}, (), {"tags": {"team": "blue"}}, {}),
        ({}, ("tags.team",), {"tags": {"team": "blue"}}, {"tags": {"team": "blue"}}),
        ({"tags": {"team": "red"}}, (), {"tags": {"audit": "1"}}, {"tags": {"audit": "1"}}),
    ],
)
def test_what_an_update_repeats(
    anew: dict[str, Any], ignored: tuple[str, ...], there: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = resource("compute/cpu", SPEC, settings=Settings(ignore_changes=ignored))
    wanted = resource("compute/cpu", SPEC | anew, settings=before.settings)
    assert kept(wanted, changed(present(before), **there)) == expected
