"""What the one identity may do, which is everything, and the storage account that uploads go to."""

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.discovery import storage_id
from runner.emulator.errors import not_found
from runner.emulator.http import ok
from runner.emulator.settings import LOCATION, STORAGE_ACCOUNT


async def permissions(_: Request) -> Response:
    everything = {"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}
    return ok({"value": [everything]})


async def storage_account(request: Request) -> Response:
    """It takes signatures, as an account with shared keys does."""
    if request.path_params["account"] != STORAGE_ACCOUNT:
        raise not_found(f"storage account {request.path_params['account']}")
    return ok(
        {
            "id": storage_id(),
            "name": STORAGE_ACCOUNT,
            "type": "Microsoft.Storage/storageAccounts",
            "location": LOCATION,
            "properties": {"allowSharedKeyAccess": True, "provisioningState": "Succeeded"},
        }
    )
