"""Sizes, prices, quota, rights and the storage account, as the SDK and ARM's own clients ask for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from runner.emulator.settings import LOCATION, PROVIDER, SUBSCRIPTION_ID

if TYPE_CHECKING:
    from azure.ai.ml import MLClient

    from tests.emulator.conftest import Api

PLACE = f"/subscriptions/{SUBSCRIPTION_ID}/providers/{PROVIDER}/locations"


def test_sizes_through_the_sdk(ml_client: MLClient) -> None:
    found = {size.name: vars(size) for size in ml_client.compute.list_sizes()}
    size = found["Standard_DS3_v2"]
    assert (size["vCPUs"], size["gpus"]) == (os.cpu_count(), 0)
    prices = {price["vmTier"]: price["retailPrice"] for price in size["estimatedVMPrices"]["values"]}
    assert prices == {"Standard": 0.0, "LowPriority": 0.0}


def test_quota_through_the_sdk(ml_client: MLClient) -> None:
    (usage,) = (vars(each) for each in ml_client.compute.list_usage())
    assert usage["limit"] == 64 * (os.cpu_count() or 1)
    assert 0 <= usage["currentValue"] <= usage["limit"]


@pytest.mark.parametrize("what", ["vmSizes", "usages"])
def test_another_region_is_not_there(api: Api, what: str) -> None:
    assert api.http.get(f"{PLACE}/{LOCATION}/{what}").status_code == 200
    assert api.error(api.http.get(f"{PLACE}/westeurope/{what}"))[:2] == (404, "ResourceNotFound")


def test_the_identity_may_do_everything(api: Api) -> None:
    storage = api.get("")["properties"]["storageAccount"]
    path = "providers/Microsoft.Authorization/permissions"
    for answer in (api.get(path), api.http.get(f"{storage}/{path}").json()):
        assert [(each["actions"], each["dataActions"]) for each in answer["value"]] == [(["*"], ["*"])]


def test_the_storage_account_takes_signatures(api: Api) -> None:
    storage = api.get("")["properties"]["storageAccount"]
    assert api.http.get(storage).json()["properties"]["allowSharedKeyAccess"] is True
    assert api.http.get(storage.replace("devstore", "other")).status_code == 404
