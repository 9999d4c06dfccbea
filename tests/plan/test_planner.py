"""The plan as a whole: empty when nothing differs, stable, and without a trace on what it was made from."""

import copy
import dataclasses
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.diagnostics import Diagnostic, Position, Severity
from runner.model.keys import Kind
from runner.model.live import LiveResource, LiveState
from runner.model.order import dependency_order
from runner.model.plan import Action, Plan
from runner.model.references import Reference
from runner.model.resource import DesiredState, External, Resource
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from runner.report import json
from tests.builders import desired, key, live, plan, present, resource, run_of

SPECS: dict[Kind, dict[str, Any]] = {
    Kind.COMPUTE: {"type": "amlcompute", "size": "Standard_DS11_v2", "max_instances": 4},
    Kind.ENVIRONMENT: {"image": "mcr.microsoft.com/x:1"},
    Kind.DATA: {"type": "uri_file", "path": "https://example.com/iris.csv"},
    Kind.DATASTORE: {"type": "azure_blob", "account_name": "a", "container_name": "c"},
    Kind.MODEL: {"type": "custom_model", "path": "https://example.com/m"},
    Kind.COMPONENT: {"type": "command", "command": "echo"},
    Kind.JOB: {"command": "python main.py", "environment": "azureml:env:1"},
    Kind.CONNECTION: {"type": "git", "target": "https://git.example"},
    Kind.SCHEDULE: {"trigger": {"type": "cron", "expression": "0 3 * * *"}, "create_job": "azureml:a-run"},
}


@st.composite
def resources(draw: st.DrawFn) -> Resource:
    kind = draw(st.sampled_from(Kind))
    spec = SPECS[kind] | draw(
        st.fixed_dictionaries(
            {},
            optional={
                "description": st.text(),
                "tags": st.dictionaries(st.text(min_size=1), st.text(), max_size=2),
                ("environment_variables" if kind is Kind.JOB else "properties"): st.just({"A": "b"}),
            },
        )
    )
    return resource(f"{kind}/{draw(st.sampled_from('abcd'))}", spec, line=draw(st.integers(1, 99)))


@st.composite
def states(draw: st.DrawFn) -> DesiredState:
    """Resources that depend on what comes before them, in dependency order."""
    found = draw(st.lists(resources(), unique_by=lambda each: each.key, max_size=6))
    rising = sorted(found, key=lambda each: (list(Kind).index(each.key.kind), each.key))
    linked = {
        each.key: dataclasses.replace(
            each, depends_on=tuple(sorted(draw(st.sets(st.sampled_from([o.key for o in rising[:at]]))))) if at else ()
        )
        for at, each in enumerate(rising)
    }
    return desired(*(linked[own] for own in dependency_order({k: each.depends_on for k, each in linked.items()})))


@st.composite
def some_of(draw: st.DrawFn, state: DesiredState) -> LiveState:
    """A workspace that holds a part of it, with runs in any status and a few things unread."""
    whole = live(state)
    keys = [each.key for each in state.resources]
    statuses = st.sampled_from(["Completed", "Failed", "Canceled", "Running", "NotResponding"])
    return LiveState(
        computes={name: found for name, found in whole.computes.items() if draw(st.booleans())},
        datastores={name: found for name, found in whole.datastores.items() if draw(st.booleans())},
        connections={name: found for name, found in whole.connections.items() if draw(st.booleans())},
        schedules={name: found for name, found in whole.schedules.items() if draw(st.booleans())},
        assets={name: found for name, found in whole.assets.items() if draw(st.booleans())},
        runs=tuple(dataclasses.replace(run, status=draw(statuses)) for run in whole.runs if draw(st.booleans())),
        unknown={own: "timed out" for own in keys if draw(st.integers(0, 4)) == 0},
    )


pairs = states().flatmap(lambda state: st.tuples(st.just(state), some_of(state)))


@given(states())
def test_what_is_as_it_should_be_needs_nothing(state: DesiredState) -> None:
    made = make_plan(state, live(state))
    assert made.pending == ()
    assert made.applyable
    assert made.summary() == {
        "create": 0,
        "update": 0,
        "run": 0,
        "replace": 0,
        "delete": 0,
        "adopt": 0,
        "unchanged": len(state.resources),
    }


@given(states())
def test_an_empty_workspace_needs_everything(state: DesiredState) -> None:
    made = make_plan(state, LiveState())
    assert [change.key for change in made.pending] == [each.key for each in state.resources]
    assert {change.action for change in made.pending} <= {Action.CREATE, Action.RUN}
    assert made.applyable


def carried_out(state: DesiredState, found: LiveState, made: Plan) -> LiveState:
    """The workspace once apply is through with the plan and its runs have completed."""
    wanted = {each.key: each for each in state.resources}
    done = [(change, wanted[change.key]) for change in made.pending]
    ours = {change.key: each for change, each in done}
    assets = {(each.key, change.live_name.rpartition(":")[2]): present(each) for change, each in done}
    runs = [dataclasses.replace(run_of(each), name=change.live_name) for change, each in done]

    def of_kind(kind: Kind) -> dict[str, LiveResource]:
        return {own.name: present(each) for own, each in ours.items() if own.kind is kind}

    return dataclasses.replace(
        found,
        computes={**found.computes, **of_kind(Kind.COMPUTE)},
        datastores={**found.datastores, **of_kind(Kind.DATASTORE)},
        connections={**found.connections, **of_kind(Kind.CONNECTION)},
        schedules={**found.schedules, **of_kind(Kind.SCHEDULE)},
        assets={**found.assets, **{asset: each for asset, each in assets.items() if asset[0].kind.versioned}},
        runs=(*found.runs, *(run for run in runs if run.key.startswith("job/"))),
        unknown={},
    )


@given(pairs, st.booleans())
def test_a_plan_carried_out_leaves_nothing_to_do(pair: tuple[DesiredState, LiveState], retrying: bool) -> None:
    state, found = pair[0], dataclasses.replace(pair[1], unknown={})
    retry = frozenset(each.key for each in state.resources) if retrying else frozenset()
    after = carried_out(state, found, make_plan(state, found, asked=Asked(retry=retry)))
    assert make_plan(state, after).pending == ()
    assert make_plan(state, after, asked=Asked(retry=retry)).pending == ()


@given(pairs)
def test_planning_never_touches_what_it_is_given(pair: tuple[DesiredState, LiveState]) -> None:
    before = copy.deepcopy(pair)
    make_plan(*pair, asked=Asked(retry=frozenset(each.key for each in pair[0].resources)))
    assert pair == before


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_what_is_read_does_not_matter(pair: tuple[DesiredState, LiveState], order: random.Random) -> None:
    state, found = pair

    def mixed(mapping: Any) -> Any:
        return {name: mapping[name] for name in order.sample(list(mapping), len(mapping))}

    other = dataclasses.replace(
        found,
        computes=mixed(found.computes),
        datastores=mixed(found.datastores),
        connections=mixed(found.connections),
        schedules=mixed(found.schedules),
        assets=mixed(found.assets),
        runs=tuple(order.sample(found.runs, len(found.runs))),
        unknown=mixed(found.unknown),
    )
    assert make_plan(state, other) == make_plan(state, found)


@given(pairs)
def test_one_change_a_resource_in_dependency_order(pair: tuple[DesiredState, LiveState]) -> None:
    made = make_plan(*pair)
    assert [change.key for change in made.changes] == [each.key for each in pair[0].resources]
    assert sum(made.summary().values()) == len(made.changes)
    assert all(own in {change.key for change in made.changes} for change in made.changes for own in change.depends_on)


@given(pairs)
def test_unknown_blocks_and_is_not_absent(pair: tuple[DesiredState, LiveState]) -> None:
    made = make_plan(*pair)
    unread = {str(own) for own in pair[1].unknown}
    assert {str(change.key) for change in made.changes if change.state == "unknown"} == unread
    assert all(change.action is Action.NO_OP for change in made.changes if str(change.key) in unread)
    assert made.applyable == (not unread)


CHAIN = desired(
    resource("compute/cpu", SPECS[Kind.COMPUTE]),
    resource("data/iris", SPECS[Kind.DATA]),
    resource("job/other", SPECS[Kind.JOB]),
    resource("job/train", SPECS[Kind.JOB], depends_on=["compute/cpu", "data/iris"]),
)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, ["compute/cpu", "data/iris", "job/other", "job/train"]),
        (["job/train"], ["compute/cpu", "data/iris", "job/train"]),
        (["job/other"], ["job/other"]),
        (["data/iris"], ["data/iris"]),
    ],
)
def test_a_choice_brings_what_it_needs(chosen: list[str] | None, expected: list[str]) -> None:
    selected = None if chosen is None else frozenset(map(key, chosen))
    assert [str(change.key) for change in make_plan(CHAIN, LiveState(), selected=selected).changes] == expected


CORRECT = ": correct the reference, or put it there"


def test_what_others_own_must_be_there() -> None:
    reference = Reference(key("environment/curated"), label="latest")
    wanted = External(reference, Position("specs/jobs/a.yml", 3, 14), key("job/a"), ("environment",))
    state = desired(externals=[wanted])
    assert make_plan(state, LiveState()).applyable
    made = make_plan(state, LiveState(missing=frozenset({wanted.reference})))
    assert [str(item) for item in made.diagnostics] == [
        f"specs/jobs/a.yml:3:14: error: environment/curated@latest is not in the workspace{CORRECT}"
    ]


SUCCESSOR = "azureml://registries/azureml/environments/lightgbm-3.3/labels/latest"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu",
            f": Azure ML no longer publishes it; use its successor {SUCCESSOR}",
        ),
        ("AzureML-nobody-knows", CORRECT),
        ("lightgbm-3.2", CORRECT),
    ],
)
def test_what_replaces_a_retired_environment_is_said(name: str, words: str) -> None:
    reference = Reference(key(f"environment/{name}"), label="latest")
    wanted = External(reference, Position("specs/jobs/a.yml", 3, 14), key("job/a"), ("environment",))
    made = make_plan(desired(externals=[wanted]), LiveState(missing=frozenset({reference})))
    assert [str(item) for item in made.diagnostics] == [
        f"specs/jobs/a.yml:3:14: error: {reference} is not in the workspace{words}"
    ]


def test_warnings_of_the_specs_are_kept() -> None:
    warning = Diagnostic("odd", Position("specs/x.yml"), Severity.WARNING)
    state = dataclasses.replace(CHAIN, diagnostics=(warning,))
    assert make_plan(state, live(state)).diagnostics == (warning,)


def example() -> Plan:
    """Everything at once: what is equal, what differs, what failed, what is foreign."""
    train = resource("job/train", SPECS[Kind.JOB] | {"inputs": {"a": 1, "b": 2}, "environment_variables": {"Z": "1"}})
    last = resource("job/train", SPECS[Kind.JOB] | {"inputs": {"a": 2, "c": 2}, "compute": "cpu"})
    cpu = resource("compute/cpu", SPECS[Kind.COMPUTE] | {"tags": {"b": "1", "a": "2", "c": "3"}})
    gpu = resource("compute/gpu", SPECS[Kind.COMPUTE])
    state = desired(cpu, gpu, CHAIN.resources[1], CHAIN.resources[2], train)
    found = LiveState(
        computes={
            "cpu": present(cpu, tags={"x": "y"}, max_instances=1, size="other"),
            "gpu": present(gpu),
        },
        runs=(run_of(last), run_of(CHAIN.resources[2], "Failed")),
        unknown={},
    )
    return make_plan(state, found)


def test_the_same_under_every_hash_seed() -> None:
    script = "from tests.plan.test_planner import *; print(json.plan(example(), 'now'))"
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "7", "4711")
    }
    assert found == {json.plan(example(), "now") + "\n"}
    assert example().summary() == {
        "create": 1,
        "update": 0,
        "run": 1,
        "replace": 1,
        "delete": 0,
        "adopt": 0,
        "unchanged": 2,
    }


def test_no_resources_no_plan() -> None:
    assert make_plan(desired(), LiveState()) == plan()
