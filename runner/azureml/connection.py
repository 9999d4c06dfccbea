"""From a target's coordinates to a workspace that answers."""

from runner.azureml import embedded
from runner.azureml.workspace import Workspace


def connect(subscription_id: str, resource_group: str, name: str) -> Workspace:
    """The workspace with these coordinates; without any, the embedded one, which is started if need be."""
    return Workspace(subscription_id, resource_group, name) if subscription_id else embedded.connect()


def find(subscription_id: str, resource_group: str, name: str) -> Workspace:
    """The same; but an embedded one that does not run stays so. Raises ServiceError then."""
    return Workspace(subscription_id, resource_group, name) if subscription_id else embedded.find()
