"""VM sizes, prices and quota of the one region there is: every node is this machine, and costs nothing."""

import os
from typing import Any

import psutil
from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.computes import MAX_NODES
from runner.emulator.arm.resource import page
from runner.emulator.errors import not_found
from runner.emulator.http import ok
from runner.emulator.settings import LOCATION, PROVIDER, SUBSCRIPTION_ID
from runner.emulator.workspace import of

FAMILY = "thisMachineFamily"
# Names that specs for Azure use. A compute may name any other size, too: it changes nothing here.
SIZES = (
    *(f"Standard_D{cores}_v{version}" for version in (2, 3) for cores in (2, 4, 8)),
    *(f"Standard_DS{number}_v2" for number in (2, 3, 4, 5, 11, 12, 13, 14, 15)),
    *(f"Standard_D{cores}{kind}" for kind in ("s_v3", "as_v4", "ds_v4", "ds_v5") for cores in (2, 4, 8, 16, 32)),
    *(f"Standard_E{cores}{kind}" for kind in ("s_v3", "ds_v4", "ds_v5") for cores in (2, 4, 8, 16, 32)),
    *(f"Standard_F{cores}s_v2" for cores in (2, 4, 8, 16, 32, 64, 72)),
    *(f"Standard_NC{size}" for size in ("6s_v3", "12s_v3", "24s_v3", "4as_T4_v3", "8as_T4_v3", "24ads_A100_v4")),
)


async def sizes(request: Request) -> Response:
    _check_location(request)
    return ok({"value": [_size(name) for name in SIZES]})


async def usages(request: Request) -> Response:
    """One family. Its limit is what one cluster may have at most: nodes share the machine's cores."""
    _check_location(request)
    workspace = of(request)
    nodes = sum(sum(workspace.dispatcher.counts(compute.name)) for compute in workspace.computes.all())
    return ok(page(request, [nodes * _cores()], _usage))


def _cores() -> int:
    return os.cpu_count() or 1


def _check_location(request: Request) -> None:
    if request.path_params["location"] != LOCATION:
        raise not_found(f"location {request.path_params['location']}")


def _size(name: str) -> dict[str, Any]:
    tiers = ("Standard", "LowPriority")
    return {
        "name": name,
        "family": FAMILY,
        "vCPUs": _cores(),
        "gpus": 0,
        "memoryGB": round(psutil.virtual_memory().total / 2**30, 1),
        "lowPriorityCapable": True,
        "premiumIO": False,
        "supportedComputeTypes": ["AmlCompute", "ComputeInstance"],
        "estimatedVMPrices": {
            "billingCurrency": "USD",
            "unitOfMeasure": "OneHour",
            "values": [{"retailPrice": 0.0, "osType": "Linux", "vmTier": tier} for tier in tiers],
        },
    }


def _usage(current: int) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{SUBSCRIPTION_ID}/providers/{PROVIDER}/locations/{LOCATION}/usages/{FAMILY}",
        "type": f"{PROVIDER}/usages",
        "unit": "Count",
        "currentValue": current,
        "limit": MAX_NODES * _cores(),
        "name": {"value": FAMILY, "localizedValue": f"This machine's cores, for each of {MAX_NODES} nodes"},
    }
