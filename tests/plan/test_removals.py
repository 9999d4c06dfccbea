"""Plans that only take away: which old versions nothing uses, and what a destroy takes in which order."""

import dataclasses
from collections.abc import Iterable, Mapping

import pytest

from runner.model.live import LiveResource, LiveState
from runner.model.plan import Plan
from runner.model.references import Reference
from runner.model.resource import DesiredState, External
from runner.model.rules import DEFAULT, Settings
from runner.plan.departures import owned
from runner.plan.planner import make_plan
from runner.plan.planning import NOTHING
from runner.plan.removals import Retention, make_destroy, make_prune
from tests.builders import JOB, ORIGIN, desired, key, live, present, resource, run_of

ENV = resource("environment/env", {"image": "x", "version": "5"})
STEP = resource("component/step", {"command": "x", "version": "1"})
CPU = resource("compute/cpu", {"type": "amlcompute"})
TRAIN = resource("job/train", JOB | {"compute": "cpu"})


def versions(*numbers: int, **changes: object) -> dict[tuple[object, str], LiveResource]:
    """Versions of the environment, each a day younger than the one before."""
    made = {n: dataclasses.replace(present(ENV), created_at=f"2026-01-{n:02}T00:00:00Z", **changes) for n in numbers}
    return {(ENV.key, str(number)): found for number, found in made.items()}


def pruned(
    assets: Mapping[object, LiveResource],
    retention: Retention,
    *,
    wanted: DesiredState | None = None,
    in_use: Iterable[str] = (),
    settings: Settings = DEFAULT,
) -> Plan:
    """The plan that prunes these versions."""
    state = wanted or desired()
    found = LiveState(assets=dict(assets))  # type: ignore[arg-type]
    every = dict.fromkeys(owned(ORIGIN, found), settings)
    return make_prune(state, found, NOTHING, every, retention, in_use, make_plan(state, found))


def removed(made: Plan) -> list[str]:
    """What a plan archives, in order."""
    return [name for change in made.changes for name in change.removes]


@pytest.mark.parametrize(
    ("retention", "expected"),
    [
        (Retention(3), ["env:1", "env:2"]),
        (Retention(0), ["env:1", "env:2", "env:3", "env:4", "env:5"]),
        (Retention(1, before="2026-01-03T00:00:00Z"), ["env:1", "env:2"]),
        (Retention(4, before="2026-01-03T00:00:00Z"), ["env:1"]),
        (Retention(0, before="2025-01-01T00:00:00Z"), []),
        (Retention(9), []),
    ],
)
def test_how_many_and_how_old(retention: Retention, expected: list[str]) -> None:
    assert removed(pruned(versions(1, 2, 3, 4, 5), retention)) == expected


@pytest.mark.parametrize(
    ("wanted", "in_use", "kept"),
    [
        (desired(ENV), [], "5"),
        (desired(), ["environment/env:2"], "2"),
        (desired(), ["environment/env:2", "environment/other:1", "data/env:3"], "2"),
        (
            desired(externals=[External(Reference(ENV.key, version="4"), ENV.position, key("job/a"))]),
            [],
            "4",
        ),
    ],
)
def test_what_is_used_stays(wanted: DesiredState, in_use: list[str], kept: str) -> None:
    made = pruned(versions(1, 2, 3, 4, 5), Retention(0), wanted=wanted, in_use=in_use)
    assert removed(made) == [f"env:{n}" for n in "12345" if n != kept]


def step(version: str, *uses: str) -> dict[tuple[object, str], LiveResource]:
    """A version of the component that uses others."""
    made = dataclasses.replace(present(STEP), created_at=f"2026-01-0{version}", uses=frozenset(uses))
    return {(STEP.key, version): made}


def test_what_a_component_uses_stays_as_long_as_it_does() -> None:
    assets = versions(1, 2, 3) | step("1", "environment/env:1") | step("2", "environment/env:2", "component/step:1")
    assert removed(pruned(assets, Retention(1))) == [], "the newest of each, and what it uses in turn"
    assert removed(pruned(assets, Retention(0))) == ["step:1", "step:2", "env:1", "env:2", "env:3"]
    assert removed(pruned(assets, Retention(0), in_use=["component/step:2"])) == ["env:3"]


def test_versions_of_others_and_archived_ones_are_not_counted() -> None:
    theirs = {name: dataclasses.replace(each, tags={"aml.project": "theirs"}) for name, each in versions(9).items()}
    archived = versions(8, archived=True)
    assert removed(pruned(versions(1, 2) | theirs | archived, Retention(1))) == ["env:1"]


def test_what_is_protected_stays() -> None:
    made = pruned(versions(1, 2), Retention(1), settings=Settings(prevent_destroy=True))
    assert removed(made) == []
    assert [item.message.partition(": stays")[0] for item in made.diagnostics] == ["environment/env"]


EVERYTHING = live(desired(CPU, ENV, TRAIN))


def destroyed(found: LiveState, **settings: Settings) -> Plan:
    """The plan that destroys everything; `settings` by kind."""
    every = {each: settings.get(each.kind.value, DEFAULT) for each in owned(ORIGIN, found)}
    return make_destroy(desired(CPU, ENV, TRAIN), found, NOTHING, every)


def test_destroy_takes_what_is_owned_dependents_first() -> None:
    running = dataclasses.replace(EVERYTHING, runs=(run_of(TRAIN, "Queued"), run_of(TRAIN, "Failed", attempt=2)))
    made = destroyed(running)
    assert [str(change.key) for change in made.changes] == ["job/train", "environment/env", "compute/cpu"]
    assert made.changes[0].removes == (run_of(TRAIN).name,)
    assert {change.state for change in made.changes} == {""}, "specs may well ask for them"
    assert made.applyable
    assert [str(change.key) for change in destroyed(EVERYTHING).changes] == ["environment/env", "compute/cpu"]


@pytest.mark.parametrize("tagged", [False, True])
def test_what_is_protected_refuses_a_destroy_unless_a_rule_lifts_it(tagged: bool) -> None:
    cpu = resource("compute/cpu", CPU.spec, settings=Settings(prevent_destroy=tagged or None))
    found = dataclasses.replace(EVERYTHING, computes={"cpu": present(cpu)})
    rules = {} if tagged else {"compute": Settings(prevent_destroy=True)}
    made = destroyed(found, **rules)
    assert [item.message.partition(": prevent")[0] for item in made.diagnostics] == ["compute/cpu"]
    assert not made.applyable
    lifted = destroyed(found, compute=Settings(prevent_destroy=False))
    assert [str(change.key) for change in lifted.changes] == ["environment/env", "compute/cpu"]
    assert lifted.diagnostics == ()


NET = resource("model/net", {"name": "net", "path": "x", "version": "1"})


@pytest.mark.parametrize("tag", ["aml.run", "aml.promoted_from"])
def test_models_that_came_of_runs_are_pruned_by_age_and_taken_by_a_destroy(tag: str) -> None:
    made = present(NET)
    ours = {
        (NET.key, f"{n}"): dataclasses.replace(made, tags={**made.tags, tag: "x"}, created_at=f"2026-01-0{n}")
        for n in (1, 2, 3)
    }
    assert removed(pruned(ours, Retention(1))) == ["net:1", "net:2"]
    assert removed(pruned(ours, Retention(1), in_use=["model/net:1"])) == ["net:2"]
    assert removed(destroyed(LiveState(assets=ours))) == ["net:1", "net:2", "net:3"]  # type: ignore[arg-type]
