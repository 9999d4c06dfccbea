"""Models: their versions are numbers that the workspace counts, so content is found by its digest."""

import dataclasses

import pytest

from runner.model.live import LiveResource, LiveState
from runner.model.plan import Action, Change, Plan, Reason
from runner.model.resource import Resource
from runner.plan.planner import make_plan
from tests.builders import desired, present, resource

MODEL = resource("model/iris", {"type": "custom_model", "path": "https://example.com/m", "description": "Ours."})
OTHER = resource("model/iris", {"type": "custom_model", "path": "https://example.com/other"})
STATED = resource("model/iris", {"type": "custom_model", "path": "https://example.com/m", "version": "7"})


def planned(wanted: Resource, versions: dict[str, LiveResource]) -> tuple[Change, Plan]:
    live = LiveState(assets={(wanted.key, version): found for version, found in versions.items()})
    made = make_plan(desired(wanted), live)
    return made.changes[0], made


def of_nobody(found: LiveResource) -> LiveResource:
    return dataclasses.replace(found, tags={}, spec={**found.spec, "tags": {}})


@pytest.mark.parametrize(
    ("there", "action", "live_name"),
    [
        ({}, Action.CREATE, "iris:1"),
        ({"1": MODEL}, Action.NO_OP, "iris:1"),
        ({"1": OTHER}, Action.CREATE, "iris:2"),
        ({"1": OTHER, "9": OTHER, "10": OTHER}, Action.CREATE, "iris:11"),  # as numbers, not as text
        ({"3": MODEL, "4": OTHER}, Action.NO_OP, "iris:3"),  # a reverted commit finds what it had
        ({"10": MODEL, "9": MODEL}, Action.NO_OP, "iris:9"),
        ({"2": STATED}, Action.NO_OP, "iris:2"),  # a version is no content
    ],
)
def test_the_version_of_this_content_or_the_next_number(
    there: dict[str, Resource], action: Action, live_name: str
) -> None:
    change, made = planned(MODEL, {version: present(each, description="Ours.") for version, each in there.items()})
    assert (change.action, change.live_name) == (action, live_name)
    assert made.applyable


def test_numbers_of_others_are_taken_too() -> None:
    change, made = planned(MODEL, {"5": of_nobody(present(OTHER))})
    assert (change.action, change.live_name, made.applyable) == (Action.CREATE, "iris:6", True)


def test_one_in_the_archive_is_restored_and_still_counts() -> None:
    change, _ = planned(MODEL, {"1": present(OTHER), "2": present(MODEL, archived=True)})
    assert (change.action, change.live_name) == (Action.UPDATE, "iris:2")
    assert change.reasons == (Reason("archived", before=True, after=False),)
    change, _ = planned(MODEL, {"4": present(OTHER, archived=True)})
    assert change.live_name == "iris:5"


def test_what_describes_it_changes_in_place() -> None:
    change, _ = planned(MODEL, {"1": present(MODEL, description="by hand")})
    assert (change.action, change.live_name) == (Action.UPDATE, "iris:1")
    assert change.reasons == (Reason("description", "by hand", "Ours."),)


@pytest.mark.parametrize(
    ("there", "action", "applyable"),
    [
        ({}, Action.CREATE, True),
        ({"7": STATED}, Action.NO_OP, True),
        ({"6": STATED}, Action.CREATE, True),
        ({"7": OTHER}, Action.NO_OP, False),
    ],
)
def test_a_stated_version_is_like_that_of_any_asset(
    there: dict[str, Resource], action: Action, *, applyable: bool
) -> None:
    change, made = planned(STATED, {version: present(each) for version, each in there.items()})
    assert (change.action, change.live_name, made.applyable) == (action, "iris:7", applyable)


def test_other_models_are_no_versions_of_this_one() -> None:
    another = resource("model/other", MODEL.spec)
    live = LiveState(assets={(another.key, "3"): present(another)})
    assert make_plan(desired(MODEL), live).changes[0].live_name == "iris:1"
