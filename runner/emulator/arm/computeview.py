"""How a compute looks over ARM, with its nodes as they are at this moment."""

from typing import Any

from runner.emulator.arm.resource import envelope
from runner.emulator.settings import LOCATION, PRINCIPAL_ID, TENANT_ID
from runner.emulator.store.computes import Compute
from runner.emulator.workspace import Workspace

PASSING = ("Creating", "Deleting")


def render(workspace: Workspace, compute: Compute) -> dict[str, Any]:
    details = _cluster(workspace, compute) if compute.kind == "AmlCompute" else _instance(compute)
    location = compute.body.get("location") or LOCATION
    properties = {
        "description": None,
        **compute.body["properties"],
        "computeLocation": location,
        "provisioningState": compute.state if compute.state in PASSING else "Succeeded",
        "provisioningErrors": None,
        "createdOn": compute.created_at,
        "modifiedOn": compute.modified_at,
        "resourceId": None,
        "isAttachedCompute": False,
        "disableLocalAuth": True,
        "properties": details,
    }
    resource = envelope(f"computes/{compute.name}", properties, compute.created_at, compute.modified_at)
    identity = {"identity": compute.body["identity"]} if "identity" in compute.body else {}
    return {**resource, **identity, "location": location, "tags": compute.body.get("tags") or {}}


def render_nodes(workspace: Workspace, compute: Compute) -> list[dict[str, Any]]:
    idle, running = workspace.dispatcher.counts(compute.name)
    states = ["running"] * running + ["idle"] * idle
    return [
        {"nodeId": f"{compute.name}_{number}", "nodeState": state, "privateIpAddress": "127.0.0.1", "runId": None}
        for number, state in enumerate(states)
    ]


def _cluster(workspace: Workspace, compute: Compute) -> dict[str, Any]:
    idle, running = workspace.dispatcher.counts(compute.name)
    account = compute.settings.get("userAccountCredentials")
    return {
        "osType": "Linux",
        "vmPriority": "Dedicated",
        "isolatedNetwork": False,
        "remoteLoginPortPublicAccess": "NotSpecified",
        "enableNodePublicIp": True,
        "subnet": None,
        **compute.settings,
        "userAccountCredentials": account and {**account, "adminUserPassword": None},
        "vmSize": str(compute.settings["vmSize"]).upper(),  # the service answers in capitals whatever was sent
        "allocationState": "Steady",
        "allocationStateTransitionTime": compute.modified_at,
        "errors": None,
        "currentNodeCount": idle + running,
        "targetNodeCount": idle + running,
        "nodeStateCounts": {
            "idleNodeCount": idle,
            "runningNodeCount": running,
            "preparingNodeCount": 0,
            "leavingNodeCount": 0,
            "unusableNodeCount": 0,
            "preemptedNodeCount": 0,
        },
    }


def _without_password(settings: dict[str, Any]) -> dict[str, Any]:
    """What was set for a cluster, less the secret in it: it is written, and never read."""
    credentials = settings.get("userAccountCredentials")
    return (
        {**settings, "userAccountCredentials": {**credentials, "adminUserPassword": None}} if credentials else settings
    )


def _instance(compute: Compute) -> dict[str, Any]:
    return {
        "applicationSharingPolicy": "Personal",
        "subnet": None,
        "schedules": None,
        **compute.settings,
        "vmSize": str(compute.settings["vmSize"]).upper(),
        "state": compute.state,
        "errors": [],
        "applications": [],
        "createdBy": {"userId": PRINCIPAL_ID, "userOrgId": TENANT_ID, "userName": None},
    }
