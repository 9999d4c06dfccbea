"""VM sizes, their prices, and the quota of the workspace's region."""

from collections.abc import Mapping
from typing import Any

from runner.azureml.rest import Rest
from runner.doctor.facts import Capacity, Size, Usage
from runner.doctor.read.attempt import attempt


def capacity(rest: Rest, region: str) -> Capacity:
    """What the region offers, and what is left of it. Both are kept by the subscription, not by the workspace."""
    subscription = f"/subscriptions/{rest.workspace.subscription_id}"
    place = f"{subscription}/providers/Microsoft.MachineLearningServices/locations/{region}"
    return Capacity(
        sizes=attempt(lambda: tuple(_size(each) for each in rest.list_at(f"{place}/vmSizes", "vmSizes"))),
        usages=attempt(lambda: tuple(_usage(each) for each in rest.list_at(f"{place}/usages", "usages"))),
    )


def _size(found: Mapping[str, Any]) -> Size:
    values = (found.get("estimatedVMPrices") or {}).get("values") or []
    stated = [each for each in values if each.get("osType") == "Linux" and each.get("retailPrice") is not None]
    prices = {str(each.get("vmTier")): float(each["retailPrice"]) for each in stated}
    return Size(str(found["name"]), str(found.get("family") or ""), int(found.get("vCPUs") or 0), prices)


def _usage(found: Mapping[str, Any]) -> Usage:
    name = str((found.get("name") or {}).get("value") or "")
    return Usage(name, int(found.get("currentValue") or 0), int(found.get("limit") or 0))
