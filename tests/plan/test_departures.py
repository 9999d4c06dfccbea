"""What a project owns and no spec asks for: what it is, what becomes of it by its kind, and what protects it."""

import dataclasses
from collections.abc import Mapping

import pytest

from runner.model.fence import Fence, Standing
from runner.model.keys import Key
from runner.model.live import LiveResource, LiveState
from runner.model.plan import Action, Change, Plan, Reason
from runner.model.rules import DEFAULT, Settings
from runner.plan.departures import dependents_first, left, owned
from runner.plan.explained import Record
from runner.plan.planner import make_plan
from runner.plan.planning import NOTHING, Asked
from runner.plan.strays import strays
from tests.builders import JOB, ORIGIN, desired, key, live, present, resource, run_of

CPU = resource("compute/Cpu", {"name": "Cpu", "type": "amlcompute"})
LAKE = resource("datastore/lake", {"type": "azure_blob"})
IRIS = resource("data/iris", {"path": "https://example.com", "version": "1"})
STEP = resource("component/step", {"command": "x", "version": "1"})
TRAIN = resource("job/train", JOB | {"compute": "cpu"})
EVERYTHING = live(desired(CPU, LAKE, IRIS, STEP, TRAIN))
RUNNING = dataclasses.replace(EVERYTHING, runs=(run_of(TRAIN, "Running"), run_of(TRAIN, "Completed", attempt=2)))
PROTECTED = (
    "stays: prevent_destroy protects it, by a rule or its own tags; a rule with prevent_destroy: false lifts that"
)


def retagged(found: LiveState, **tags: str) -> LiveState:
    """Everything that is no run with other tags of ours."""

    def other(each: LiveResource) -> LiveResource:
        return dataclasses.replace(each, tags={**each.tags, **{f"aml.{name}": value for name, value in tags.items()}})

    maps = {
        name: {k: other(v) for k, v in getattr(found, name).items()} for name in ("computes", "datastores", "assets")
    }
    return dataclasses.replace(found, **maps)


def gone(found: LiveState, *names: str, asked: Asked = NOTHING, **settings: Settings) -> tuple[dict[str, Change], Plan]:
    """The changes for these keys, which no spec asks for any more; `settings` by kind."""
    left = {each: settings.get(each.kind.value, DEFAULT) for each in map(key, names)}
    made = make_plan(desired(), found, asked=asked, left=left)
    return {str(change.key): change for change in made.changes}, made


def test_what_is_owned() -> None:
    found = owned(ORIGIN, RUNNING)
    names = {str(each): [item.live_name for item in items] for each, items in found.items()}
    assert names == {
        "compute/Cpu": ["Cpu"],
        "datastore/lake": ["lake"],
        "data/iris": ["iris:1"],
        "component/step": ["step:1"],
        "job/train": [run_of(TRAIN).name],  # the one that is not over
    }
    assert {item.commit for items in found.values() for item in items} == {ORIGIN.commit}


@pytest.mark.parametrize("tags", [{"project": "theirs"}, {"target": "prod"}, {"project": ""}])
def test_what_is_another_projects_or_targets_is_not(tags: dict[str, str]) -> None:
    assert owned(ORIGIN, retagged(EVERYTHING, **tags)) == {}


def test_what_is_archived_already_is_not() -> None:
    archived = {(IRIS.key, "1"): present(IRIS, archived=True), (IRIS.key, "2"): present(IRIS)}
    assert [item.live_name for item in owned(ORIGIN, LiveState(assets=archived))[IRIS.key]] == ["iris:2"]


def test_dependents_go_first() -> None:
    every = [each.key for each in (CPU, IRIS, LAKE, STEP, TRAIN)]
    order = ["job/train", "component/step", "data/iris", "datastore/lake", "compute/Cpu"]
    assert [str(each) for each in dependents_first(every)] == order


CASES: Mapping[str, tuple[str, tuple[str, ...], tuple[Reason, ...]]] = {
    "compute/Cpu": ("Cpu", (), ()),
    "datastore/lake": ("lake", (), ()),
    "data/iris": ("iris", ("iris:1",), (Reason("1", "active", "archived"),)),
    "component/step": ("step", ("step:1",), (Reason("1", "active", "archived"),)),
}


@pytest.mark.parametrize("name", CASES)
def test_each_kind_goes_in_its_way(name: str) -> None:
    live_name, removes, reasons = CASES[name]
    change = gone(EVERYTHING, name)[0][name]
    assert (change.action, change.live_name, change.removes, change.reasons) == (
        Action.DELETE,
        live_name,
        removes,
        reasons,
    )
    assert change.state == "no spec asks for it"


def test_runs_are_kept_and_active_ones_canceled_by_rule() -> None:
    assert gone(RUNNING, "job/train")[0] == {}
    change = gone(RUNNING, "job/train", job=Settings(cancel_removed=True))[0]["job/train"]
    name = run_of(TRAIN).name
    assert (change.removes, change.reasons) == ((name,), (Reason(name, "Running", "Canceled"),))
    assert gone(EVERYTHING, "job/train", job=Settings(cancel_removed=True))[0] == {}, "nothing is active"


@pytest.mark.parametrize("name", CASES)
def test_protection(name: str) -> None:
    tagged = retagged(EVERYTHING, prevent_destroy="true")
    kind = name.partition("/")[0]
    for found, settings in ((tagged, DEFAULT), (EVERYTHING, Settings(prevent_destroy=True))):
        changes, made = gone(found, name, **{kind: settings})
        assert changes == {}
        assert [str(item) for item in made.diagnostics] == [f"warning: {name}: {PROTECTED}"]
        assert made.applyable
    assert set(gone(tagged, name, **{kind: Settings(prevent_destroy=False)})[0]) == {name}


def test_runs_that_end_with_a_compute_are_named() -> None:
    made = gone(RUNNING, "compute/Cpu", "data/iris")[1]
    name = run_of(TRAIN).name
    assert [str(item) for item in made.diagnostics] == [
        f"warning: compute/Cpu: runs that are active on it end with it: {name}"
    ]


def test_the_fence_looks_at_every_version_of_a_name() -> None:
    newer = dataclasses.replace(present(IRIS), tags=present(IRIS).tags | {"aml.commit": "d" * 40})
    found = LiveState(assets={(IRIS.key, "1"): present(IRIS), (IRIS.key, "2"): newer})
    fence = Fence("main", here=True, standings={ORIGIN.commit: Standing.BEHIND, "d" * 40: Standing.AHEAD})
    made = gone(found, "data/iris", asked=Asked(fence=fence))[1]
    assert [item.message.partition(", which")[0] for item in made.diagnostics] == [
        f"data/iris: was applied from {'d' * 10}"
    ]
    elsewhere = gone(found, "data/iris", asked=Asked(fence=dataclasses.replace(fence, here=False)))
    assert elsewhere[0]["data/iris"].withheld == "left to main"
    assert len(elsewhere[1].diagnostics) == 1, "said once"


def going_away(*keys: Key) -> dict[Key, Settings]:
    return dict.fromkeys(keys, DEFAULT)


@pytest.mark.parametrize(
    ("wanted", "going", "selected", "empties"),
    [
        ([], [CPU.key, LAKE.key, IRIS.key, STEP.key], None, True),
        ([], [CPU.key, LAKE.key, IRIS.key], None, False),  # a component stays
        ([STEP], [CPU.key, LAKE.key, IRIS.key], None, False),
        ([TRAIN], [CPU.key, LAKE.key, IRIS.key, STEP.key], None, False),  # it has runs
        ([TRAIN], [CPU.key, LAKE.key, IRIS.key, STEP.key], frozenset(), False),  # also if a pattern leaves it out
        ([], [CPU.key], frozenset(), False),
        ([], [], None, False),
    ],
)
def test_whether_anything_would_be_left(
    wanted: list[object], going: list[Key], selected: frozenset[Key] | None, empties: bool
) -> None:
    made = make_plan(desired(*wanted), EVERYTHING, left=going_away(*going), selected=selected)  # type: ignore[arg-type]
    assert made.empties is empties


def test_what_is_protected_is_left() -> None:
    tagged = retagged(EVERYTHING, prevent_destroy="true")
    made = make_plan(desired(), tagged, left=going_away(CPU.key, LAKE.key, IRIS.key, STEP.key))
    assert not made.empties


OLD = resource("compute/cpu", {"name": "cpu", "type": "amlcompute"})
RESPELLED = resource("compute/CPU", {"name": "CPU", "type": "amlcompute"})
FOUND = LiveState(computes={"cpu": present(OLD)})


def test_what_no_spec_asks_for_has_left() -> None:
    assert left(desired(), FOUND) == {key("compute/cpu")}


def test_a_compute_whose_name_is_spelled_otherwise_has_not_left() -> None:
    assert left(desired(RESPELLED), FOUND) == set()
    assert strays(desired(RESPELLED), FOUND, (), (), Record(here={ORIGIN.commit})) == ()


def test_what_is_not_chosen_is_left() -> None:
    new = resource("compute/new", {"name": "new", "type": "amlcompute"})
    found = LiveState(computes={"cpu": present(OLD), "new": present(new)})
    going = {OLD.key: DEFAULT}
    assert make_plan(desired(new), FOUND, left=going, selected=frozenset()).empties
    assert not make_plan(desired(new), found, left=going, selected=frozenset()).empties


NET = resource("model/net", {"name": "net", "path": "x", "version": "1"})


def outcomes(*tags: str) -> LiveState:
    """Two versions of a model of ours: one that a spec made, one with these tags."""
    made = present(NET)
    other = dataclasses.replace(made, tags={**made.tags, **dict.fromkeys(tags, "x")})
    return LiveState(assets={(NET.key, "1"): made, (NET.key, "2"): other})


@pytest.mark.parametrize("tag", ["aml.run", "aml.promoted_from"])
def test_a_model_that_came_of_a_run_outlives_the_specs(tag: str) -> None:
    """What a run's output became is no leftover of a spec, here or where it was promoted to."""
    found = outcomes(tag)
    assert left(desired(), found) == {NET.key}, "for the version that a spec made"
    assert gone(found, "model/net")[0]["model/net"].removes == ("net:1",)
    alone = LiveState(assets={(NET.key, "2"): found.assets[NET.key, "2"]})
    assert left(desired(), alone) == set()
    assert gone(alone, "model/net")[0] == {}
    assert [item.live_name for item in owned(ORIGIN, alone)[NET.key]] == ["net:2"], "a destroy takes it"
