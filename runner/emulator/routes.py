"""The tables of routes: below the workspace's ARM path, and below the same path of run history and data."""

from starlette.routing import Route

from runner.emulator.arm import (
    assets,
    capacity,
    computes,
    connections,
    datastores,
    discovery,
    jobs,
    operations,
    rights,
    schedules,
)
from runner.emulator.arm.computes import ACTIONS
from runner.emulator.arm.kinds import KINDS
from runner.emulator.history import artifacts, runs

PERMISSIONS = "/providers/Microsoft.Authorization/permissions"
STORAGE = "/resourcegroups/{group}/providers/microsoft.storage/storageaccounts/{account}"
RUN = "/experiments/{experiment}/runs/{name}"


def _asset_routes(kind: str) -> list[Route]:
    container, versions = f"/{kind}/{{name}}", f"/{kind}/{{name}}/versions"
    routes = [
        Route(f"/{kind}", assets.list_containers),
        Route(container, assets.get_container),
        Route(container, assets.put_container, methods=["PUT"]),
        Route(versions, assets.list_versions),
        Route(f"{versions}/{{version}}", assets.get_version),
        Route(f"{versions}/{{version}}", assets.put_version, methods=["PUT"]),
    ]
    if kind == "codes":
        path = f"{versions}/{{version}}/startPendingUpload"
        routes.append(Route(path, assets.start_pending_upload, methods=["POST"]))
    return routes


WORKSPACE = [
    Route("/", discovery.get_workspace),
    Route("/listKeys", discovery.list_keys, methods=["POST"]),
    Route(PERMISSIONS, rights.permissions),
    Route("/computes", computes.list_all),
    Route("/computes/{name}", computes.get_compute),
    Route("/computes/{name}", computes.put_compute, methods=["PUT"]),
    Route("/computes/{name}", computes.patch_compute, methods=["PATCH"]),
    Route("/computes/{name}", computes.delete_compute, methods=["DELETE"]),
    Route("/computes/{name}/listNodes", computes.list_nodes, methods=["POST"]),
    *(Route(f"/computes/{{name}}/{action}", computes.act, methods=["POST"]) for action in ACTIONS),
    Route("/datastores", datastores.list_all),
    Route("/datastores/{name}", datastores.get_datastore),
    Route("/datastores/{name}", datastores.put_datastore, methods=["PUT"]),
    Route("/datastores/{name}", datastores.delete_datastore, methods=["DELETE"]),
    Route("/datastores/{name}/listSecrets", datastores.list_secrets, methods=["POST"]),
    Route("/connections", connections.list_all),
    Route("/connections/{name}", connections.get_connection),
    Route("/connections/{name}", connections.put_connection, methods=["PUT"]),
    Route("/connections/{name}", connections.delete_connection, methods=["DELETE"]),
    Route("/connections/{name}/listsecrets", connections.list_secrets, methods=["POST"]),
    Route("/schedules", schedules.list_all),
    Route("/schedules/{name}", schedules.get_schedule),
    Route("/schedules/{name}", schedules.put_schedule, methods=["PUT"]),
    Route("/schedules/{name}", schedules.delete_schedule, methods=["DELETE"]),
    Route("/schedules/{name}/trigger", schedules.trigger, methods=["POST"]),
    Route("/jobs", jobs.list_all),
    Route("/jobs/{name}", jobs.get_job),
    Route("/jobs/{name}", jobs.put_job, methods=["PUT"]),
    Route("/jobs/{name}", jobs.delete, methods=["DELETE"]),
    Route("/jobs/{name}/cancel", jobs.cancel, methods=["POST"]),
    *(route for kind in KINDS for route in _asset_routes(kind)),
]
HISTORY = [
    Route("/rundata", runs.run_data, methods=["POST"]),
    *(
        route
        for run in ("/runs/{name}", RUN)
        for route in (
            Route(run, runs.get_run),
            Route(run, runs.patch_run, methods=["PATCH"]),
            Route(f"{run}/details", runs.get_details),
            Route(f"{run}/children", runs.children),
            Route(f"{run}/cancel", runs.cancel_run, methods=["POST"]),
            Route(f"{run}/artifacts", artifacts.list_artifacts),
            Route(f"{run}/artifacts/path", artifacts.list_artifacts),
            Route(f"{run}/artifacts/contentinfo", artifacts.content_information),
            Route(f"{run}/artifacts/batch/metadata", artifacts.announce, methods=["POST"]),
        )
    ),
]
DATA = [Route("/dataversion/batchGetResolvedUris", runs.resolved_uris, methods=["POST"])]
SUBSCRIPTION = [
    Route("/", discovery.subscription),
    Route("/resourcegroups/{group}", discovery.resource_group),
    Route("/resourcegroups/{group}/providers/{provider}/workspaces", discovery.list_workspaces),
    Route("/providers/{provider}/workspaces", discovery.list_workspaces),
    Route("/providers/{provider}/locations/{location}/computeoperationsstatus/{id}", operations.status),
    Route("/providers/{provider}/locations/{location}/vmsizes", capacity.sizes),
    Route("/providers/{provider}/locations/{location}/usages", capacity.usages),
    Route(STORAGE, rights.storage_account),
    Route(f"{STORAGE}{PERMISSIONS.lower()}", rights.permissions),
]
