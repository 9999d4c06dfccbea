"""The credentials of datastores and connections: no read returns them, so no comparison tells whether they differ."""

from runner.model.live import LiveResource
from runner.model.plan import Reason
from runner.model.resource import Resource
from runner.plan.planning import Planning

_FIELDS = ("credentials", "api_key")


def sent_again(planning: Planning, resource: Resource) -> tuple[Reason, ...]:
    """The reason to update a resource with credentials that differs in nothing, when people ask for it."""
    if not planning.asked.refresh_secrets:
        return ()
    stated = (field for field in _FIELDS if resource.spec.get(field))
    return tuple(Reason(field, before="not returned", after="sent again (--refresh-secrets)") for field in stated)


def check_kept(planning: Planning, resource: Resource, live: LiveResource) -> None:
    """Refuses an update that would take away credentials unsaid: it replaces the whole resource."""
    if live.has_credentials and all(resource.spec.get(field) is None for field in _FIELDS):
        planning.refuse(
            resource,
            "has credentials in the workspace, which an update that states none would take away: "
            "state them, or 'credentials: {}' if identities are to be used instead",
        )
