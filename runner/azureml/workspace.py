"""Which workspace, and how to reach it. Azure and the embedded workspace differ in these values and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Identity:
    """A managed-identity endpoint that hands out tokens (the App Service protocol)."""

    endpoint: str
    header: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The coordinates of a workspace, the ARM endpoint that answers for it, and whom to trust."""

    subscription_id: str
    resource_group: str
    name: str
    arm_url: str = "https://management.azure.com"
    ca_file: str = ""  # a PEM bundle; empty: the system's
    identity: Identity | None = None  # None: whoever is signed in
    cloud: str = ""  # the SDK's name of a cloud it does not know; empty: the public one
    cloud_metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The workspace's ARM path."""
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"
        )
