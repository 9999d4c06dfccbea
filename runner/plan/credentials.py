"""The credentials of a datastore: no read returns them, so no comparison can tell whether they differ."""

from runner.model.live import LiveResource
from runner.model.plan import Reason
from runner.model.resource import Resource
from runner.plan.planning import Planning


def sent_again(planning: Planning, resource: Resource) -> tuple[Reason, ...]:
    """The reason to update a resource with credentials that differs in nothing, when people ask for it."""
    if not planning.asked.refresh_secrets or not resource.spec.get("credentials"):
        return ()
    return (Reason("credentials", before="not returned", after="sent again (--refresh-secrets)"),)


def check_kept(planning: Planning, resource: Resource, live: LiveResource) -> None:
    """Refuses an update that would take away credentials unsaid: it replaces the whole datastore."""
    if live.has_credentials and resource.spec.get("credentials") is None:
        planning.refuse(
            resource,
            "has credentials in the workspace, which an update that states none would take away: "
            "state them, or 'credentials: {}' if identities are to be used instead",
        )
