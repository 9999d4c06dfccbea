"""What `status` tells about a running workspace."""

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.http import ok
from runner.emulator.workspace import of


async def status(request: Request) -> Response:
    workspace = of(request)
    return ok(
        {
            "jobs": workspace.jobs.counts(),
            "process_starts": workspace.jobs.process_starts(),
            "computes": len(workspace.computes.all()),
            "mlflow_ui": workspace.guard.browser.link(workspace.base_url),  # opens once, then a cookie does
        }
    )
