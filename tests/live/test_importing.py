"""What is chosen of a workspace, what comes with it, and what is passed over, over real TLS on loopback."""

from typing import Any

import pytest

from runner.azureml.rest import Rest
from runner.errors import ConfigError
from runner.live import importing, inventory
from tests.builders import key
from tests.loopback import Answer, Service

WS = "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w"
NONE = Answer({"value": []})


def listed(service: Service, path: str, *found: dict[str, Any]) -> None:
    service.on(path, Answer({"value": list(found)}))


def version(name: str, created: str = "2026-01-01", **properties: Any) -> dict[str, Any]:
    """One version of an asset."""
    return {"name": name, "properties": properties, "systemData": {"createdAt": created}}


def job(name: str, **properties: Any) -> dict[str, Any]:
    """A command job."""
    usual = {"jobType": "Command", "command": "x", "environmentId": f"{WS}/environments/e/versions/1"}
    return {"name": name, "properties": {**usual, **properties}}


@pytest.fixture
def workspace(service: Service, rest: Rest) -> Rest:
    """Some of everything."""
    for kind in ("models", "components"):
        service.on(kind, NONE)
    inner = {"vmSize": "X"}
    listed(
        service,
        "computes",
        {"name": "cpu", "properties": {"computeType": "AmlCompute", "properties": inner}},
        {"name": "k8s", "properties": {"computeType": "Kubernetes"}},
        {"name": "theirs", "tags": {"aml.project": "x"}, "properties": {"computeType": "AmlCompute"}},
    )
    blob = {"datastoreType": "AzureBlob", "accountName": "a", "containerName": "c"}
    listed(
        service, "datastores", {"name": "lake", "properties": blob}, {"name": "workspaceblobstore", "properties": blob}
    )
    names = ("e", "E", "AzureML-x", "CliV2AnonymousEnvironment", "gone", "no.name")
    listed(service, "environments", *({"name": name, "properties": {}} for name in names))
    listed(service, "environments/e/versions", version("2", image="x"))
    listed(service, "environments/E/versions", version("1", image="x"))
    listed(service, "environments/gone/versions")
    listed(service, "data", {"name": "d", "properties": {}})
    listed(
        service,
        "data/d/versions",
        version("b", "2026-01-02", dataType="uri_file", dataUri="https://x/2"),
        version("a", "2026-01-01", dataType="uri_file", dataUri="https://x/1"),
    )
    one, spark = job("one", computeId=f"{WS}/computes/cpu"), {"name": "spark", "properties": {"jobType": "Spark"}}
    service.on("jobs/one", Answer(one))
    service.on("jobs/spark", Answer(spark))
    listed(
        service,
        "jobs",
        {"name": "one", "properties": {"jobType": "Command"}},
        job("ours", properties={"aml.key": "job/ours"}),
        job("step", properties={"azureml.runsource": "azureml.StepRun"}),
        {"name": "child", "properties": None},
        spark,
    )
    return rest


def gathered(rest: Rest, *patterns: str, taken: tuple[str, ...] = ()) -> tuple[set[str], dict[str, str]]:
    """The keys that are written, and the reasons of those that are not."""
    found = importing.gather(rest, patterns, [key(name) for name in taken])
    return {str(each) for each in found.written}, {str(each): why for each, why in found.passed_over.items()}


def test_everything(workspace: Rest) -> None:
    written, passed_over = gathered(workspace, "*", taken=("datastore/lake",))
    assert written == {"compute/cpu", "environment/E", "data/d", "job/one"}
    assert passed_over == {
        "compute/k8s": "no spec can say it: compute of type Kubernetes",
        "compute/theirs": inventory.MANAGED,
        "datastore/lake": inventory.HAS_A_SPEC,
        "datastore/workspaceblobstore": inventory.OWN_STORES,
        "environment/AzureML-x": inventory.CURATED,
        "environment/CliV2AnonymousEnvironment": inventory.ANONYMOUS,
        "environment/e": "named like environment/E but for upper and lower case",
        "environment/gone": inventory.NO_VERSION,
        "environment/no.name": passed_over["environment/no.name"],
        "job/child": inventory.PARTS,
        "job/ours": inventory.MANAGED,
        "job/spark": "no spec can say it: jobs of type Spark",
        "job/step": inventory.PARTS,
    }
    assert "the service refuses the environment name 'no.name'" in passed_over["environment/no.name"]


def test_what_a_job_needs_comes_with_it_and_nothing_else_is_read(workspace: Rest, service: Service) -> None:
    listed(service, "environments/e/versions", version("2", image="x"))
    service.on("computes/cpu", Answer({"name": "cpu", "properties": {"computeType": "AmlCompute"}}))
    assert gathered(workspace, "job/one") == ({"job/one", "environment/e", "compute/cpu"}, {})
    asked = {path for path in service.paths() if path}
    assert asked == {"jobs", "jobs/one", "datastores/workspaceblobstore", "computes/cpu", "environments/e/versions"}


def test_what_has_a_spec_is_not_read(workspace: Rest, service: Service) -> None:
    written, passed_over = gathered(workspace, "one", "data/d", taken=("environment/e", "compute/cpu", "data/d"))
    assert (written, passed_over) == ({"job/one"}, {"data/d": inventory.HAS_A_SPEC})
    assert not [path for path in service.paths() if path.endswith("versions")]


def test_the_latest_active_version_is_written(workspace: Rest, service: Service) -> None:
    found = importing.gather(workspace, ["data/d", "environment/e"], [])
    assert [each.spec["version"] for _, each in sorted(found.written.items())] == ["b", "2"]
    queries = [asked.query for asked in service.asked if asked.path.endswith("versions")]
    assert all(query["listViewType"] == "ActiveOnly" for query in queries)


def test_a_pattern_that_matches_nothing(workspace: Rest) -> None:
    with pytest.raises(ConfigError, match="nothing matches 'job/none'; there is: job/child"):
        gathered(workspace, "job/none")


def test_what_cannot_be_read_is_passed_over_alone(workspace: Rest, service: Service) -> None:
    service.on("data/d/versions", Answer({"error": {"code": "x", "message": "no"}}, 403))
    written, passed_over = gathered(workspace, "compute/cpu", "data/d")
    assert written == {"compute/cpu"}
    assert "403" in passed_over["data/d"]
