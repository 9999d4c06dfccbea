"""What a plan reads of a workspace, over HTTP."""

import threading

import pytest

from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.live import read
from runner.live.runs import runs
from runner.model.diagnostics import Position
from runner.model.references import Reference
from runner.model.resource import External
from tests.builders import desired, key, resource
from tests.live.test_translate import CLUSTER, DATA, DATASTORE, JOB
from tests.loopback import Answer, Asked, Service

IRIS = resource("data/iris", {"path": "https://example.com", "version": "3"})
ENV = resource("environment/env", {"image": "x", "version": "1"})
CPU = resource("compute/cpu-cluster", {"type": "amlcompute"})
TRAIN = resource()


def external(name: str, **reference: str) -> External:
    return External(Reference(key(name), **reference), Position("f"), key("job/train"))


def job(name: str, project: str | None, at: str, key: str = "") -> dict[str, object]:
    own = {"aml.project": project, "aml.key": key} if project else {}
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
    assert [run.name for run in runs(rest, "demo")] == ["c"]
    assert service.asked[-1].query["listViewType"] == "All"
    assert service.asked[-1].query["properties"] == "aml.project=demo"


def test_runs_of_one_moment_are_ordered_by_name(service: Service, rest: Rest) -> None:
    service.on("jobs", Answer({"value": [job(name, "demo", "1") for name in "cab"]}))
    assert [run.name for run in runs(rest, "demo")] == ["a", "b", "c"]


MODEL = resource("model/iris", {"path": "https://example.com/m"})


def version(name: str, **properties: object) -> dict[str, object]:
    return {"name": name, "properties": {**DATA["properties"], **properties}}


def test_of_a_model_without_a_version_all_are_read(service: Service, rest: Rest) -> None:
    listed = [version("1"), version("2", isArchived=True), version("10", tags={"aml.digest": MODEL.digest})]
    service.on("models/iris/versions", Answer({"value": listed}))
    found = read.read(rest, desired(MODEL))
    assert {number for _, number in found.assets} == {"1", "2", "10"}
    assert found.assets[MODEL.key, "2"].archived
    assert found.assets[MODEL.key, "10"].tags == {"aml.digest": MODEL.digest}
    assert service.asked[-1].query["listViewType"] == "All"


def test_of_a_model_with_a_version_only_that(service: Service, rest: Rest) -> None:
    stated = resource("model/iris", {"path": "https://example.com/m", "version": "7"})
    service.on("models/iris/versions/7", Answer(version("7")))
    assert set(read.read(rest, desired(stated)).assets) == {(stated.key, "7")}
    assert service.paths() == ["", "models/iris/versions/7"]


def test_a_model_that_is_not_there_yet(rest: Rest) -> None:
    assert read.read(rest, desired(MODEL)).assets == {}


def test_datastores(service: Service, rest: Rest) -> None:
    service.on("datastores", Answer({"value": [DATASTORE, {**DATASTORE, "name": "Other"}]}))
    found = read.read(rest, desired(resource("datastore/lake", {"type": "azure_blob"})))
    assert set(found.datastores) == {"lake", "Other"}
    assert service.paths() == ["", "datastores"]


def test_what_others_own(service: Service, rest: Rest) -> None:
    there = [
        external("environment/theirs", version="2"),
        external("component/theirs", version="1"),
        external("compute/gpu"),
        external("datastore/lake"),
    ]
    old = external("data/theirs", version="1")
    service.on("data/theirs/versions/1", Answer({"name": "1", "properties": {"isArchived": True}}))
    gone = [external("environment/theirs", version="9"), external("data/none", label="latest"), external("compute/no")]
    for path in ("environments/theirs/versions/2", "components/theirs/versions/1", "computes/gpu", "datastores/lake"):
        service.on(path, Answer({"name": "x"}))
    found = read.read(rest, desired(externals=[*there, old, *gone]))
    assert found.missing == {each.reference for each in gone}
    assert found.archived == {old.reference}
    assert found.resolved == {}


def test_what_labels_of_others_stand_for(service: Service, rest: Rest) -> None:
    sklearn, iris = external("environment/AzureML-sklearn", label="latest"), external("data/iris", label="latest")
    model, gone = external("model/theirs", label="latest"), external("component/none", label="latest")
    service.on("environments/AzureML-sklearn/versions", Answer({"value": [{"name": "12"}, {"name": "11"}]}))
    service.on("models/theirs/versions", Answer({"value": [{"name": "3"}]}))
    service.on("data/iris", Answer({"properties": {"latestVersion": "c0123"}}))
    service.on("components/none/versions", Answer({"value": []}))
    found = read.read(rest, desired(externals=[sklearn, iris, model, gone]))
    assert found.resolved == {sklearn.reference: "12", iris.reference: "c0123", model.reference: "3"}
    assert found.missing == {gone.reference}
    asked = next(each for each in service.asked if each.path.endswith("AzureML-sklearn/versions"))
    # As the SDK asks for a label, so that both mean the same version.
    assert (asked.query["$orderBy"], asked.query["$top"]) == ("createdtime desc", "1")


def test_each_reference_is_asked_for_once(service: Service, rest: Rest) -> None:
    service.on("computes/gpu", Answer({"name": "gpu"}))
    read.read(rest, desired(externals=[external("compute/gpu")] * 20))
    assert service.paths() == ["", "computes/gpu"]


@pytest.mark.parametrize("count", [1, 30])
def test_requests_do_not_grow_with_jobs_and_computes(service: Service, rest: Rest, count: int) -> None:
    service.on("computes", Answer({"value": []}))
    service.on("datastores", Answer({"value": []}))
    runs = [job(f"r{number}", "demo", "1", key=f"job/n{number}") for number in range(count)]
    service.on("jobs", Answer({"value": runs}))
    kinds = {"job": {"command": "x"}, "compute": {"type": "amlcompute"}, "datastore": {"type": "azure_blob"}}
    wanted = [resource(f"{kind}/n{number}", spec) for kind, spec in kinds.items() for number in range(count)]
    read.read(rest, desired(*wanted))
    assert sorted(service.paths()) == ["", "computes", "datastores", "jobs"]


def test_assets_are_read_side_by_side(service: Service, rest: Rest) -> None:
    meeting = threading.Barrier(4, timeout=30)  # broken, unless four are asked for at one time

    def answer(_: Asked) -> Answer:
        meeting.wait()
        return Answer(version("1"))

    wanted = [resource(f"data/n{number}", {"path": "https://example.com", "version": "1"}) for number in range(4)]
    for each in wanted:
        service.on(f"data/{each.key.name}/versions/1", answer)
    assert len(read.read(rest, desired(*wanted)).assets) == 4
