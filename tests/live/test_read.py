"""What a plan reads of a workspace, over HTTP."""

import pytest

from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.live import read
from runner.model.diagnostics import Position
from runner.model.references import Reference
from runner.model.resource import External
from tests.builders import desired, key, resource
from tests.live.test_translate import CLUSTER, DATA, JOB
from tests.loopback import Answer, Service

IRIS = resource("data/iris", {"path": "https://example.com", "version": "3"})
ENV = resource("environment/env", {"image": "x", "version": "1"})
CPU = resource("compute/cpu-cluster", {"type": "amlcompute"})
TRAIN = resource()


def external(name: str, **reference: str) -> External:
    return External(Reference(key(name), **reference), Position("f"))


def job(name: str, project: str | None, at: str) -> dict[str, object]:
    own = {"aml.project": project} if project else {}
    return {"name": name, "properties": {**JOB["properties"], "properties": own}, "systemData": {"createdAt": at}}


def test_only_what_is_asked_for(service: Service, rest: Rest) -> None:
    found = read.read(rest, desired(IRIS))
    assert service.paths() == ["", "data/iris/versions/3"]
    assert (found.assets, found.computes, found.runs, found.unknown) == ({}, {}, (), {})


def test_everything(service: Service, rest: Rest) -> None:
    service.on("computes", Answer({"value": [CLUSTER, {**CLUSTER, "name": "Other"}]}))
    service.on("data/iris/versions/3", Answer(DATA))
    service.on("jobs", Answer({"value": [job("b", "demo", "2026-01-02"), job("a", "demo", "2026-01-01")]}))
    found = read.read(rest, desired(CPU, ENV, IRIS, TRAIN))
    assert set(found.computes) == {"cpu-cluster", "other"}
    assert set(found.assets) == {(IRIS.key, "3")}
    assert [run.name for run in found.runs] == ["a", "b"]
    assert found.unknown == {}


def test_no_workspace_is_no_empty_workspace(service: Service) -> None:
    with pytest.raises(ServiceError, match="there is no workspace"):
        read.read(Rest(service.workspace), desired(IRIS))


def test_a_failed_read_is_unknown_and_not_absent(service: Service, rest: Rest) -> None:
    service.on("data/iris/versions/3", Answer({"error": {"code": "Denied", "message": "No."}}, 403))
    found = read.read(rest, desired(ENV, IRIS))
    assert list(found.unknown) == [IRIS.key]
    assert found.unknown[IRIS.key].startswith("reading w/data/iris/versions/3: No. (403 Denied)")
    assert found.assets == {}


def test_runs_that_cannot_be_listed_stop_everything(service: Service, rest: Rest) -> None:
    service.on("jobs", Answer({"error": {"code": "Denied", "message": "No."}}, 403))
    with pytest.raises(ServiceError, match="Denied"):
        read.read(rest, desired(TRAIN))


def test_runs_of_others_are_not_ours(service: Service, rest: Rest) -> None:
    listed = [job("a", "theirs", "1"), job("b", None, "2"), job("c", "demo", "3"), {"name": "d", "properties": None}]
    service.on("jobs", Answer({"value": listed}))
    assert [run.name for run in read.runs(rest, "demo")] == ["c"]
    assert service.asked[-1].query["listViewType"] == "All"
    assert service.asked[-1].query["properties"] == "aml.project=demo"


def test_runs_of_one_moment_are_ordered_by_name(service: Service, rest: Rest) -> None:
    service.on("jobs", Answer({"value": [job(name, "demo", "1") for name in "cab"]}))
    assert [run.name for run in read.runs(rest, "demo")] == ["a", "b", "c"]


def test_what_others_own(service: Service, rest: Rest) -> None:
    there = [
        external("environment/theirs", version="2"),
        external("data/theirs", label="latest"),
        external("compute/gpu"),
    ]
    gone = [external("environment/theirs", version="9"), external("data/none", label="latest"), external("compute/no")]
    for path in ("environments/theirs/versions/2", "data/theirs", "computes/gpu"):
        service.on(path, Answer({}))
    found = read.read(rest, desired(externals=[*there, *gone]))
    assert found.missing == {each.reference for each in gone}
