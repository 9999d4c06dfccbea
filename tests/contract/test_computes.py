"""Clusters without nodes: they cost nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.place import Arm, is_refused

pytestmark = [pytest.mark.e2e, pytest.mark.contract]
SIZE = "Standard_DS3_v2"


def put(arm: Arm, name: str, maximum: int = 1, size: str = SIZE, *, headers: Any = None, **beside: Any) -> Any:
    scale = {"minNodeCount": 0, "maxNodeCount": maximum, "nodeIdleTimeBeforeScaleDown": "PT120S"}
    properties = {"vmSize": size, "vmPriority": "Dedicated", "scaleSettings": scale}
    location = arm.facts["location"]
    return arm.put(
        f"computes/{name}",
        headers=headers,
        location=location,
        computeType="AmlCompute",
        properties=properties,
        **beside,
    )


def settle(arm: Arm, name: str) -> dict[str, Any]:
    """The compute once no operation on it is under way."""
    arm.until(lambda: arm.get(f"computes/{name}")["properties"]["provisioningState"] in {"Succeeded", "Failed"})
    found: dict[str, Any] = arm.get(f"computes/{name}")
    return found


@pytest.fixture(scope="module")
def cluster(arm: Arm, fresh: Callable[[], str]) -> str:
    """A cluster with a tag, up to one node."""
    name = fresh()
    with arm.place.entered():
        put(arm, name, tags={"team": "a"}).raise_for_status()
        settle(arm, name)
    return name


def test_is_created_by_an_operation(arm: Arm, name: str) -> None:
    """A new compute answers 201 and names the operation, or is Succeeded at once."""
    reply = put(arm, name)
    state = reply.json()["properties"]["provisioningState"]
    assert (reply.status_code, "azure-asyncoperation" in reply.headers or state == "Succeeded") == (201, True)
    assert settle(arm, name)["properties"]["provisioningState"] == "Succeeded"


def test_name_knows_no_case(arm: Arm, cluster: str) -> None:
    """The case of a compute's name does not count."""
    assert arm.get(f"computes/{cluster.upper()}")["name"] == cluster


def test_size_is_answered_in_capitals(arm: Arm, cluster: str) -> None:
    """The VM size comes back in capitals, whatever was sent."""
    assert arm.get(f"computes/{cluster}")["properties"]["properties"]["vmSize"] == SIZE.upper()


def test_scale_changes_in_place(arm: Arm, cluster: str) -> None:
    """The maximum of a cluster changes in place, by a PUT that answers 200."""
    assert put(arm, cluster, 2, tags={"team": "a"}).status_code == 200
    assert settle(arm, cluster)["properties"]["properties"]["scaleSettings"]["maxNodeCount"] == 2


def test_size_is_fixed(arm: Arm, cluster: str) -> None:
    """Another VM size under an existing name is refused."""
    assert is_refused(put(arm, cluster, size="Standard_DS2_v2"))


def test_put_is_whole(arm: Arm, name: str) -> None:
    """What a PUT of a compute leaves out is lost: its tags."""
    put(arm, name, tags={"team": "a"}).raise_for_status()
    settle(arm, name)
    put(arm, name).raise_for_status()
    assert not settle(arm, name).get("tags")


def test_has_no_precondition(arm: Arm, cluster: str) -> None:
    """If-Match is ignored: the last writer wins."""
    reply = put(arm, cluster, tags={"team": "a"}, headers={"If-Match": '"of-another-day"'})
    assert reply.status_code == 200
    settle(arm, cluster)


@pytest.mark.parametrize("bad", ["a" * 24, "-1", "_b", ".b"], ids=["too long", "ends in -1", "underscore", "dot"])
def test_names(arm: Arm, name: str, bad: str) -> None:
    """A compute's name has 3 to 24 letters, digits and '-', and does not end in '-' and digits."""
    assert is_refused(put(arm, name + bad))


@pytest.mark.parametrize(
    "tags",
    [{"k": "v" * 257}, {"a?b": "v"}, {str(number): "" for number in range(51)}],
    ids=["a value of 257", "a key with ?", "51 tags"],
)
def test_tags(arm: Arm, name: str, tags: dict[str, str]) -> None:
    """Tags of a compute: 50, values of 256 characters, no '?' in a key."""
    assert is_refused(put(arm, name, tags=tags))


def test_is_gone_after_delete(arm: Arm, name: str) -> None:
    """A deleted compute answers 404 when the operation is over."""
    put(arm, name).raise_for_status()
    settle(arm, name)
    reply = arm.call("DELETE", f"computes/{name}", underlyingResourceAction="Delete")
    assert reply.status_code in {200, 202, 204}
    arm.until(lambda: arm.call("GET", f"computes/{name}").status_code == 404)
