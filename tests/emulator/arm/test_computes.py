"""Computes through the SDK: created, scaled, refused, stopped, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from azure.ai.ml.entities import AmlCompute, AmlComputeSshSettings, ComputeInstance
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from tests.emulator.conftest import until

if TYPE_CHECKING:
    from azure.ai.ml import MLClient

    from tests.emulator.conftest import Api


def cluster(name: str, size: str = "Standard_DS11_v2", maximum: int = 2, **rest: object) -> AmlCompute:
    return AmlCompute(name=name, size=size, max_instances=maximum, idle_time_before_scale_down=120, **rest)


def test_a_cluster(ml_client: MLClient) -> None:
    created = ml_client.compute.begin_create_or_update(cluster("Cluster", tags={"team": "a"})).result()
    assert (created.provisioning_state, created.size, created.type) == ("Succeeded", "STANDARD_DS11_V2", "amlcompute")
    assert (created.min_instances, created.max_instances, created.idle_time_before_scale_down) == (0, 2, 120)
    assert created.tags == {"team": "a"}
    assert "Cluster" in {found.name for found in ml_client.compute.list()}
    assert ml_client.compute.get("CLUSTER").name == "Cluster"  # names know no case
    updated = ml_client.compute.begin_create_or_update(cluster("Cluster", maximum=4)).result()
    assert (updated.max_instances, updated.tags) == (4, None)  # a PUT replaces everything
    ml_client.compute.begin_delete("Cluster").result()
    with pytest.raises(ResourceNotFoundError):
        ml_client.compute.get("Cluster")


def test_a_password_is_written_and_never_read(ml_client: MLClient) -> None:
    access = AmlComputeSshSettings(admin_username="ada", admin_password="Corr3ct-horse")
    ml_client.compute.begin_create_or_update(cluster("guarded", ssh_settings=access)).result()
    found = ml_client.compute.get("guarded").ssh_settings
    assert (found.admin_username, found.admin_password) == ("ada", None)


def test_what_cannot_change_is_refused(ml_client: MLClient) -> None:
    ml_client.compute.begin_create_or_update(cluster("fixed")).result()
    for changed in (cluster("fixed", "Standard_DS3_v2"), cluster("fixed", tier="low_priority")):
        with pytest.raises(HttpResponseError, match="cannot change"):
            ml_client.compute.begin_create_or_update(changed).result()


@pytest.mark.parametrize("name", ["a", "ab", "1abc", "a" * 25, "a_b", "cpu-1", "a.b"])
def test_names(api: Api, name: str) -> None:
    response = api.put(f"computes/{name}", computeType="AmlCompute", properties={"vmSize": "x"})
    assert api.error(response)[:2] == (400, "InvalidName")


@pytest.mark.parametrize(
    ("kind", "properties", "message"),
    [
        ("AmlCompute", {}, "no vmSize"),
        ("AmlCompute", {"vmSize": "x", "scaleSettings": {"minNodeCount": 3, "maxNodeCount": 2}}, "impossible"),
        ("AmlCompute", {"vmSize": "x", "scaleSettings": {"maxNodeCount": 1000}}, "at most"),
        ("AmlCompute", {"vmSize": "x", "scaleSettings": {"nodeIdleTimeBeforeScaleDown": "120"}}, "no duration"),
        ("AKS", {"vmSize": "x"}, "has no compute of type AKS"),
    ],
)
def test_impossible_computes(api: Api, kind: str, properties: dict[str, object], message: str) -> None:
    response = api.put("computes/wrong", computeType=kind, properties=properties)
    assert response.status_code in (400, 501)
    assert message in api.error(response)[2]
    assert api.call("GET", "computes/wrong").status_code == 404


def test_an_instance_starts_stops_and_never_changes(ml_client: MLClient) -> None:
    created = ml_client.compute.begin_create_or_update(
        ComputeInstance(name="instance", size="Standard_DS3_v2")
    ).result()
    assert created.state == "Running"
    ml_client.compute.begin_stop("instance").result()
    assert ml_client.compute.get("instance").state == "Stopped"
    ml_client.compute.begin_start("instance").result()
    ml_client.compute.begin_restart("instance").result()
    assert ml_client.compute.get("instance").state == "Running"
    with pytest.raises(HttpResponseError, match="cannot"):
        ml_client.compute.begin_create_or_update(ComputeInstance(name="instance", size="Standard_DS4_v2")).result()
    ml_client.compute.begin_delete("instance").result()


def test_a_cluster_cannot_stop(api: Api) -> None:
    api.put("computes/running", computeType="AmlCompute", properties={"vmSize": "x"}).raise_for_status()
    assert "only a compute instance can stop" in api.error(api.call("POST", "computes/running/stop"))[2]


def test_the_minimum_of_nodes_is_up_at_once(api: Api) -> None:
    scale = {"minNodeCount": 2, "maxNodeCount": 3}
    api.put("computes/warm", computeType="AmlCompute", properties={"vmSize": "x", "scaleSettings": scale})
    until(lambda: api.get("computes/warm")["properties"]["provisioningState"] == "Succeeded")
    found = api.get("computes/warm")["properties"]["properties"]
    assert (found["currentNodeCount"], found["nodeStateCounts"]["idleNodeCount"]) == (2, 2)
    nodes = api.call("POST", "computes/warm/listNodes").json()["nodes"]
    assert [node["nodeState"] for node in nodes] == ["idle", "idle"]


def test_an_operation_is_watched_at_its_own_address(api: Api) -> None:
    response = api.put("computes/watched", computeType="AmlCompute", properties={"vmSize": "x"})
    assert (response.status_code, response.json()["properties"]["provisioningState"]) == (201, "Creating")
    url = response.headers["Azure-AsyncOperation"]
    until(lambda: api.http.get(url).json()["status"] == "Succeeded")
    assert api.http.get(f"{url.partition('?')[0]}x").status_code == 404
