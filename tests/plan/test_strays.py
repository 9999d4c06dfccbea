"""What is live and explained by nothing."""

import dataclasses

import pytest

from runner.model.live import LiveResource, LiveRun, LiveState, Stray
from runner.plan.explained import Record
from runner.plan.strays import strays
from tests.builders import JOB, ORIGIN, desired, key, live, present, resource, run_of

CPU = resource("compute/Cpu", {"name": "Cpu", "type": "amlcompute"})
LAKE = resource("datastore/lake", {"type": "azure_blob"})
IRIS = resource("data/iris", {"path": "https://example.com", "version": "1"})
MADE_BY_A_JOB = LiveResource(spec={}, tags={})
TRAIN = resource("job/train", JOB | {"outputs": {"model": {"type": "mlflow_model", "name": "net"}, "plain": {}}})
FORGOTTEN, NOBODYS = "no spec asks for it any more", "no project made it"
EVERYTHING = live(desired(CPU, LAKE, IRIS))


def named(
    found: LiveState, *wanted: object, external: tuple[str, ...] = (), runs: tuple[LiveRun, ...] = ()
) -> list[Stray]:
    return list(strays(desired(*wanted), found, runs, external, Record(here={ORIGIN.commit})))  # type: ignore[arg-type]


def test_what_specs_ask_for_is_explained() -> None:
    assert named(EVERYTHING, CPU, LAKE, IRIS) == []


def test_what_we_made_and_forgot() -> None:
    found = [Stray("compute/Cpu", FORGOTTEN), Stray("data/iris:1", FORGOTTEN), Stray("datastore/lake", FORGOTTEN)]
    assert named(EVERYTHING) == found
    assert named(EVERYTHING, external=("compute/*", "data*/*")) == []


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({}, NOBODYS),
        ({"team": "red"}, NOBODYS),
        ({"aml.project": "theirs"}, ""),
        ({"aml.project": "demo", "aml.target": "prod"}, ""),
        ({"aml.project": "demo", "aml.target": "local"}, FORGOTTEN),
    ],
)
def test_tags_explain(tags: dict[str, str], why: str) -> None:
    live_one = dataclasses.replace(present(CPU), tags=tags)
    found = LiveState(computes={"cpu": live_one}, datastores={"lake": live_one}, assets={(IRIS.key, "7"): live_one})
    addresses = ["compute/Cpu", "data/iris:7", "datastore/lake"]
    assert [(stray.address, stray.why) for stray in named(found)] == (
        [(each, why) for each in addresses] if why else []
    )


def test_what_the_workspace_has_of_itself() -> None:
    own = dict.fromkeys(("workspaceblobstore", "workspaceartifactstore", "azureml_globaldatasets"), MADE_BY_A_JOB)
    anonymous = {(key("environment/CliV2AnonymousEnvironment"), "0123"): MADE_BY_A_JOB}
    archived = {(key("data/old"), "1"): dataclasses.replace(MADE_BY_A_JOB, archived=True)}
    assert named(LiveState(datastores=own, assets=anonymous | archived)) == []


def test_what_a_job_registers_is_explained_by_its_spec() -> None:
    assets = {(key("model/net"), "1"): MADE_BY_A_JOB, (key("model/other"), "1"): MADE_BY_A_JOB}
    assert named(LiveState(assets=assets), TRAIN) == [Stray("model/other:1", NOBODYS)]


@pytest.mark.parametrize(("tag", "commit"), [("aml.run", "aml.commit"), ("aml.promoted_from", "aml.promoted_commit")])
def test_a_model_that_came_of_a_run_is_explained_by_its_tags(tag: str, commit: str) -> None:
    ours = {"aml.project": "demo", "aml.target": "local", tag: "train-1", commit: ORIGIN.commit}
    found = LiveState(assets={(key("model/net"), "1"): LiveResource(spec={}, tags=ours)})
    assert named(found) == []
    unknown = {**ours, commit: "d" * 40}
    found = LiveState(assets={(key("model/net"), "1"): LiveResource(spec={}, tags=unknown)})
    assert [stray.address for stray in named(found)] == ["model/net:1"]


def test_runs_are_explained_by_any_project() -> None:
    runs = (run_of(TRAIN), LiveRun("theirs", "Completed", properties={"aml.project": "x"}), LiveRun("tried", "Failed"))
    assert named(LiveState(), runs=runs) == [Stray("job/tried", NOBODYS)]
    assert named(LiveState(), runs=runs, external=("job/tried",)) == []
