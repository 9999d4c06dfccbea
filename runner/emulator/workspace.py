"""What the routes work with: the workspace's records, blobs, guard, and the one that runs its jobs."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from runner.emulator.auth.guard import Guard
from runner.emulator.blob.address import PREFIX as BLOB_PREFIX
from runner.emulator.blob.files import BlobStore
from runner.emulator.endpoint import Endpoint
from runner.emulator.jobs.components import Components
from runner.emulator.jobs.dispatch import Dispatcher
from runner.emulator.jobs.environments import Environments
from runner.emulator.jobs.submission import Submissions
from runner.emulator.jobs.uris import Locator
from runner.emulator.secrets import Secrets
from runner.emulator.settings import STORAGE_ACCOUNT
from runner.emulator.store.assets import Assets
from runner.emulator.store.computes import Computes, Operations
from runner.emulator.store.database import Database
from runner.emulator.store.datastores import Datastores
from runner.emulator.store.jobs import Jobs
from runner.emulator.store.named import Named
from runner.emulator.tracking.service import Tracking

UNFINISHED = ("Creating", "Starting", "Restarting", "Stopping")


@dataclass(slots=True)
class Workspace:
    """One embedded workspace, open."""

    endpoint: Endpoint
    secrets: Secrets
    guard: Guard
    database: Database
    assets: Assets
    computes: Computes
    operations: Operations
    datastores: Datastores
    connections: Named
    schedules: Named
    jobs: Jobs
    blobs: BlobStore
    environments: Environments
    components: Components
    locator: Locator
    tracking: Tracking
    submissions: Submissions
    dispatcher: Dispatcher

    @property
    def base_url(self) -> str:
        return self.endpoint.base_url

    @property
    def storage_url(self) -> str:
        """Path-style: what stands before /<container>/<blob>."""
        return f"{self.base_url}{BLOB_PREFIX}"

    @property
    def account_name(self) -> str:
        """The SDK makes https://<account>.blob.<suffix> of it: so it carries our host, port and a path segment."""
        return f"{self.base_url.removeprefix('https://')}/{STORAGE_ACCOUNT}"

    def signed_url(self, container: str, blob: str = "", permissions: str = "r") -> str:
        """An address that needs no other proof, for a while."""
        path = f"{container}/{blob}".rstrip("/")
        return f"{self.storage_url}/{path}?{self.guard.signatures.sign(container, blob, permissions)}"

    def settle_computes(self) -> None:
        """Finish, after a restart, what operations had begun."""
        for compute in self.computes.all():
            if compute.state == "Deleting":
                self.computes.delete(compute.name)
            elif compute.state in UNFINISHED:
                settled = "Running" if compute.kind == "ComputeInstance" else "Succeeded"
                self.computes.set_state(compute.name, "Stopped" if compute.state == "Stopping" else settled)


def of(request: Request) -> Workspace:
    """The workspace that a route serves."""
    return cast("Workspace", request.app.state.workspace)
