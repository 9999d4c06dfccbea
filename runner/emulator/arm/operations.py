"""Long-running operations: accepted at once, carried out on the event loop, watched at a URL of their own."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from runner.emulator.errors import not_found
from runner.emulator.http import ok
from runner.emulator.settings import LOCATION, PROVIDER, SUBSCRIPTION_ID
from runner.emulator.workspace import Workspace, of

# Azure says Retry-After in whole seconds; azure-core also reads milliseconds. Without either it would wait 30 s.
RETRY = {"x-ms-retry-after-ms": "50"}
ROUTE = f"/subscriptions/{SUBSCRIPTION_ID}/providers/{PROVIDER}/locations/{LOCATION}/computeOperationsStatus"


def begin(workspace: Workspace, work: Callable[[], None]) -> str:
    """Carry out `work` as soon as this request is answered; the operation's id."""
    operation = workspace.operations.begin()

    def carry_out() -> None:
        work()
        workspace.operations.finish(operation)

    asyncio.get_running_loop().call_soon(carry_out)
    return operation


def accepted(workspace: Workspace, operation: str, body: dict[str, Any] | None, status: int) -> Response:
    """The answer to a request that began an operation."""
    url = f"{workspace.base_url}{ROUTE}/{operation}?api-version=2023-08-01-preview"
    headers = {"Azure-AsyncOperation": url, "Location": url, **RETRY}
    if body is None:
        return Response(status_code=status, headers=headers)
    return JSONResponse(body, status_code=status, headers=headers)


async def status(request: Request) -> Response:
    identifier = request.path_params["id"]
    found = of(request).operations.status(identifier)
    if found is None:
        raise not_found(f"operation {identifier}")
    return ok({"id": f"{ROUTE}/{identifier}", "name": identifier, "status": found}, headers=RETRY)
