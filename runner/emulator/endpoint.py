"""endpoint.json: what a client must know to reach a running workspace, and the variables made from it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from runner.emulator.secrets import write_private
from runner.emulator.settings import WORKSPACE_PATH


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The contents of endpoint.json (0600: it holds a secret)."""

    pid: int
    base_url: str
    metadata_url: str
    identity_endpoint: str
    identity_header: str
    ca_file: str
    cloud: str
    subscription_id: str
    resource_group: str
    workspace_name: str
    storage_suffix: str
    started_at: str
    version: str

    @classmethod
    def read(cls, path: Path) -> "Endpoint | None":
        """None when no daemon wrote one, or a different version of us wrote another shape."""
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self), indent=2) + "\n")

    @property
    def tracking_uri(self) -> str:
        return f"{self.base_url}/mlflow/v2.0{WORKSPACE_PATH}"


def sdk_variables(endpoint: Endpoint) -> dict[str, str]:
    """What makes DefaultAzureCredential and MLClient of an unmodified script meet this workspace."""
    return {
        "ARM_CLOUD_METADATA_URL": endpoint.metadata_url,
        "AZUREML_CURRENT_CLOUD": endpoint.cloud,
        "IDENTITY_ENDPOINT": endpoint.identity_endpoint,
        "IDENTITY_HEADER": endpoint.identity_header,
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        "REQUESTS_CA_BUNDLE": endpoint.ca_file,
    }


def client_variables(endpoint: Endpoint, tracking_token: str) -> Mapping[str, str]:
    """All that `env` prints."""
    return {
        **sdk_variables(endpoint),
        "MLFLOW_TRACKING_URI": endpoint.tracking_uri,
        "MLFLOW_TRACKING_TOKEN": tracking_token,
        "SUBSCRIPTION": endpoint.subscription_id,
        "RESOURCE_GROUP": endpoint.resource_group,
        "WS_NAME": endpoint.workspace_name,
        # jobs.stream() polls every 2 to 60 s otherwise, which only a distant service needs.
        "AZUREML_RUN_POLLING_INTERVAL_MIN": "1",
        "AZUREML_RUN_POLLING_INTERVAL_MAX": "1",
    }
