"""How clients find their way: cloud metadata, subscription, resource group, workspace, and the discovery document."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.resource import page
from runner.emulator.blob.address import PREFIX as BLOB_PREFIX
from runner.emulator.http import ok
from runner.emulator.settings import (
    CLOUD,
    LOCATION,
    PROVIDER,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
    STORAGE_SUFFIX,
    SUBSCRIPTION_ID,
    TENANT_ID,
    WORKSPACE_ID,
    WORKSPACE_NAME,
    WORKSPACE_PATH,
)
from runner.emulator.workspace import Workspace, of


async def metadata(request: Request) -> Response:
    """The clouds there are: one. The SDK keeps what follows the second dot of `portal` as its suffix for audiences."""
    workspace = of(request)
    workspace.guard.check_discovery(request.path_params["key"])
    base = workspace.base_url
    return ok(
        [
            {
                "name": CLOUD,
                "portal": "https://portal.azure.com/",  # never visited; it makes the audience https://ml.azure.com
                "resourceManager": f"{base}/",
                "authentication": {"loginEndpoint": f"{base}/", "audiences": [f"{base}/"], "tenant": TENANT_ID},
                "suffixes": {"storage": STORAGE_SUFFIX},
            }
        ]
    )


async def discovery(request: Request) -> Response:
    workspace = of(request)
    workspace.guard.check_discovery(request.path_params["key"])
    return ok(dict.fromkeys(("api", "history", "experimentation", "modelmanagement"), workspace.base_url))


async def identity_token(request: Request) -> Response:
    """The managed identity protocol of App Service."""
    workspace = of(request)
    workspace.guard.check_identity(request)
    resource = request.query_params.get("resource", workspace.base_url)
    token, expires = workspace.guard.tokens.issue(resource)
    return ok({"access_token": token, "expires_on": str(expires), "resource": resource, "token_type": "Bearer"})


async def subscription(_: Request) -> Response:
    return ok(
        {
            "id": f"/subscriptions/{SUBSCRIPTION_ID}",
            "subscriptionId": SUBSCRIPTION_ID,
            "tenantId": TENANT_ID,
            "displayName": "Embedded workspace",
            "state": "Enabled",
        }
    )


async def resource_group(_: Request) -> Response:
    return ok(
        {
            "id": f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}",
            "name": RESOURCE_GROUP,
            "type": "Microsoft.Resources/resourceGroups",
            "location": LOCATION,
            "properties": {"provisioningState": "Succeeded"},
        }
    )


async def get_workspace(request: Request) -> Response:
    return ok(_render(of(request)))


async def list_workspaces(request: Request) -> Response:
    return ok(page(request, [of(request)], _render))


async def list_keys(_: Request) -> Response:
    """No account key is given out: the storage takes tokens and signatures."""
    return ok({"userStorageResourceId": storage_id(), "userStorageKey": None, "appInsightsInstrumentationKey": None})


def storage_id() -> str:
    """The ARM id of the account that holds the blobs."""
    group = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}"
    return f"{group}/providers/Microsoft.Storage/storageAccounts/{STORAGE_ACCOUNT}"


def _render(workspace: Workspace) -> dict[str, Any]:
    return {
        "id": WORKSPACE_PATH,
        "name": WORKSPACE_NAME,
        "type": f"{PROVIDER}/workspaces",
        "location": LOCATION,
        "kind": "Default",
        "tags": {},
        "sku": {"name": "Basic", "tier": "Basic"},
        "identity": {"type": "SystemAssigned", "tenantId": TENANT_ID},
        "properties": {
            "friendlyName": "Embedded workspace",
            "description": "An Azure ML workspace on this machine.",
            "workspaceId": WORKSPACE_ID,
            "discoveryUrl": f"{workspace.base_url}/discovery/{workspace.secrets.discovery_key}",
            "mlFlowTrackingUri": workspace.endpoint.tracking_uri,
            "storageAccount": storage_id(),
            "publicNetworkAccess": "Disabled",
            "provisioningState": "Succeeded",
            "hbiWorkspace": False,
            "v1LegacyMode": False,
            "notebookInfo": None,
            "encryption": None,
            "blobEndpoint": f"{workspace.base_url}{BLOB_PREFIX}",
        },
    }
