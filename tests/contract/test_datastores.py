"""Datastores, and what the workspace tells of its own."""

from typing import Any

import pytest

from tests.contract.place import Arm, is_refused

pytestmark = [pytest.mark.e2e, pytest.mark.contract]
KEY = "bm8gcmVhbCBrZXk="


def put(arm: Arm, name: str, container: str = "c", description: str = "") -> Any:
    credentials = {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey", "key": KEY}}
    body = {
        "datastoreType": "AzureBlob",
        "accountName": f"{name}acct"[:24],
        "containerName": container,
        "credentials": credentials,
        "description": description,
    }
    return arm.call("PUT", f"datastores/{name}", {"properties": body}, skipValidation="true")


def test_default(arm: Arm) -> None:
    """One datastore is the default, and says its account and its container."""
    (found,) = arm.all("datastores", isDefault="true")
    properties = found["properties"]
    assert (properties["datastoreType"], properties["isDefault"]) == ("AzureBlob", True)
    assert properties["accountName"]
    assert properties["containerName"]


def test_is_created_then_updated(arm: Arm, name: str) -> None:
    """A new datastore answers 201; its description and credentials change in place."""
    assert put(arm, name).status_code == 201
    changed = put(arm, name, description="d")
    assert (changed.status_code, changed.json()["properties"]["description"]) == (200, "d")


def test_where_it_points_is_fixed(arm: Arm, name: str) -> None:
    """Another container under an existing name is refused."""
    put(arm, name).raise_for_status()
    assert is_refused(put(arm, name, container="other"))


def test_secrets_are_told_by_list_secrets_alone(arm: Arm, name: str) -> None:
    """A datastore is read without its secrets; listSecrets tells them."""
    put(arm, name).raise_for_status()
    assert KEY not in arm.call("GET", f"datastores/{name}").text
    reply = arm.call("POST", f"datastores/{name}/listSecrets", {}).raise_for_status().json()
    assert (reply["secretsType"], reply["key"]) == ("AccountKey", KEY)


def test_is_gone_after_delete(arm: Arm, name: str) -> None:
    """A deleted datastore answers 404."""
    put(arm, name).raise_for_status()
    assert arm.call("DELETE", f"datastores/{name}").status_code in {200, 204}
    assert arm.call("GET", f"datastores/{name}").status_code == 404


def test_workspace_names_its_tracking(arm: Arm) -> None:
    """A workspace says where its tracking is, its discovery document, its storage account and its region."""
    properties = arm.facts["properties"]
    assert properties["mlFlowTrackingUri"].startswith(("azureml://", "https://"))
    assert properties["discoveryUrl"].startswith("https://")
    assert "/storageAccounts/" in properties["storageAccount"]
    assert arm.facts["location"]


def test_sizes_and_quota(arm: Arm) -> None:
    """A region lists VM sizes with vCPUs and prices, and usages with currentValue and limit."""
    provider = "providers/Microsoft.MachineLearningServices/locations"
    place = f"{arm.place.arm}/subscriptions/{arm.place.subscription}/{provider}/{arm.facts['location']}"
    sizes = arm.get(f"{place}/vmSizes", **{"api-version": "2023-08-01-preview"})["value"]
    assert all(size["vCPUs"] > 0 and "family" in size for size in sizes)
    assert any((size.get("estimatedVMPrices") or {}).get("values") for size in sizes)
    usages = arm.get(f"{place}/usages", **{"api-version": "2023-08-01-preview"})["value"]
    assert all({"currentValue", "limit", "name"} <= set(usage) for usage in usages)


def test_permissions(arm: Arm) -> None:
    """ARM tells what the identity may do in the workspace, as actions and notActions with wildcards."""
    path = f"{arm.place.arm}{arm.place.path}/providers/Microsoft.Authorization/permissions"
    found = arm.get(path, **{"api-version": "2022-04-01"})["value"]
    assert all({"actions", "notActions"} <= set(each) for each in found)
