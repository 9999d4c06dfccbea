"""Every version that a workspace lists, whoever made it."""

import pytest

from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.live import everything, read
from runner.live.runs import everybodys, in_use
from tests.builders import desired, key
from tests.live.test_read import job
from tests.live.test_translate import CLUSTER, DATA, DATASTORE, WS
from tests.loopback import Answer, Service

ASSETS = ("environments", "data", "models", "components")


def listing(service: Service, **names: dict[str, list[dict[str, object]]]) -> None:
    """Collections, the names in each, and the versions of each name."""
    for collection in ASSETS:
        found = names.get(collection, {})
        service.on(collection, Answer({"value": [{"name": name} for name in found]}))
        for name, versions in found.items():
            service.on(f"{collection}/{name}/versions", Answer({"value": versions}))


def test_all_versions_of_all_names(service: Service, rest: Rest) -> None:
    listing(service, data={"iris": [DATA, {**DATA, "name": "4"}], "other": [DATA]}, environments={"env": [DATA]})
    found = everything.assets(rest)
    names = [("data/iris", "3"), ("data/iris", "4"), ("data/other", "3"), ("environment/env", "3")]
    assert sorted(found) == sorted((key(name), version) for name, version in names)
    assert {asked.query["listViewType"] for asked in service.asked if asked.path != "/token"} == {"ActiveOnly"}


def test_what_the_service_itself_publishes_is_left_out(service: Service, rest: Rest) -> None:
    listing(service, environments={"AzureML-lightgbm": [DATA], "azureml-own": [DATA], "mine": [DATA]})
    assert {str(each) for each, _ in everything.assets(rest)} == {"environment/mine"}
    assert "environments/AzureML-lightgbm/versions" not in service.paths()


def test_what_a_component_uses(service: Service, rest: Rest) -> None:
    spec = {"environment": f"azureml:{WS}/environments/env/versions/c0123", "code": f"azureml:{WS}/codes/x/versions/1"}
    step = {"name": "1", "properties": {"componentSpec": spec}}
    listing(service, components={"step": [step]}, data={"iris": [DATA]})
    found = everything.assets(rest)
    assert found[key("component/step"), "1"].uses == {"environment/env:c0123"}
    assert found[key("data/iris"), "3"].uses == frozenset()


def test_everything_is_read_on_demand(service: Service, rest: Rest) -> None:
    listing(service, data={"iris": [DATA]})
    service.on("computes", Answer({"value": [CLUSTER]}))
    service.on("datastores", Answer({"value": [DATASTORE]}))
    service.on("jobs", Answer({"value": [job("a", "demo", "1")]}))
    found = read.read(rest, desired(), whole=True)
    assert (len(found.computes), len(found.datastores), len(found.assets), len(found.runs)) == (1, 1, 1, 1)
    assert read.read(rest, desired()).computes == {}


def test_a_list_that_cannot_be_read_stops_everything(service: Service, rest: Rest) -> None:
    listing(service)
    service.on("models", Answer({"error": {"code": "Denied", "message": "No."}}, 403))
    with pytest.raises(ServiceError, match="403 Denied"):
        everything.assets(rest)


def test_runs_of_everybody_and_what_the_active_ones_use(service: Service, rest: Rest) -> None:
    uses = {"environmentId": f"{WS}/environments/env/versions/2"}
    runs = {
        name: {"name": name, "properties": {"status": status, **uses, "properties": None}}
        for name, status in (("old", "Completed"), ("going", "Running"), ("odd", "NeverHeardOf"))
    }
    runs["old"]["properties"]["environmentId"] = f"{WS}/environments/env/versions/1"  # type: ignore[index]
    service.on("jobs", Answer({"value": list(runs.values())}))
    assert in_use(rest) == {"environment/env:2"}
    assert service.asked[-1].query["listViewType"] == "All", "an archived run goes on"
    assert {run.name for run in everybodys(rest)} == {"old", "going", "odd"}
    assert service.asked[-1].query["listViewType"] == "ActiveOnly"
