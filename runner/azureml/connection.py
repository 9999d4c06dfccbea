"""From a target's coordinates to a workspace that answers."""

from runner.azureml import embedded
from runner.azureml.workspace import Workspace


def connect(subscription_id: str, resource_group: str, name: str, *, start: bool = True) -> Workspace:
    """The workspace with these coordinates; without any, the embedded one. `start` it if need be."""
    return Workspace(subscription_id, resource_group, name) if subscription_id else embedded.connect(start=start)
