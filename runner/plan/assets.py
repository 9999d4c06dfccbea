"""Versions of environments, data, models and components: their content never changes, what describes it may."""

from dataclasses import replace

from runner.model.live import LiveResource
from runner.model.plan import Action, Change, Reason
from runner.model.resource import Resource
from runner.plan import adopt
from runner.plan.compare import compare, kept
from runner.plan.fence import fenced
from runner.plan.ownership import is_ours
from runner.plan.planning import Planning


def decide(planning: Planning, resource: Resource) -> Change:
    """The change that an asset needs: its version is there, or it is created."""
    live = planning.live.assets.get((resource.key, resource.version))
    if live is None:
        return planning.change(resource, Action.CREATE)
    return _existing(planning, resource, live, resource.version)


def decide_model(planning: Planning, resource: Resource) -> Change:
    """The version that carries this content, else the next number; a stated version is like any other asset's."""
    if "version" in resource.spec:
        return decide(planning, resource)
    versions = {version: found for (key, version), found in planning.live.assets.items() if key == resource.key}
    same = [version for version, found in versions.items() if found.tags.get("aml.digest") == resource.digest]
    numbers = [int(version) for version in versions if version.isdecimal()]
    if same:
        version = min(same, key=int)
        return _existing(planning, resource, versions[version], version)
    return planning.change(resource, Action.CREATE, live_name=f"{resource.key.name}:{max(numbers, default=0) + 1}")


def _existing(planning: Planning, resource: Resource, live: LiveResource, version: str) -> Change:
    name = f"{resource.key.name}:{version}"
    ours = is_ours(planning.desired.origin, live)
    recorded = live.tags.get("aml.digest")
    if recorded != resource.digest and not (ours and _is_named_by_content(resource)):
        return _other_content(planning, resource, live, name)
    if not ours:  # equal content is shared, whoever put it there; it stays theirs
        return planning.change(resource, Action.NO_OP, state=_shared(planning, live), live_name=name)
    archived = (Reason("archived", before=True, after=False),) if live.archived else ()
    tampered = (Reason("tags.aml.digest", recorded, resource.digest),) if recorded != resource.digest else ()
    found = compare(resource, live, [field for field in ("description", "tags") if field in resource.spec])
    planning.drift += found.drift
    reasons = (*archived, *tampered, *found.found)
    change = planning.change(
        resource, Action.UPDATE if reasons else Action.NO_OP, reasons, state="in sync", live_name=name
    )
    return fenced(planning, replace(change, keeps=kept(resource, live), since=live.commit), live.commit)


def _is_named_by_content(resource: Resource) -> bool:
    """Whether its very version says what it holds: then a digest that is another one was changed by somebody."""
    return not resource.key.kind.numbered and "version" not in resource.spec


def _shared(planning: Planning, live: LiveResource) -> str:
    owner = live.tags.get("aml.project")
    if owner == planning.desired.origin.project:
        return "in sync"
    return f"shared with project {owner!r}" if owner else "there already, made by no project"


def _other_content(planning: Planning, resource: Resource, live: LiveResource, name: str) -> Change:
    """A version that we would have made, with content that we would not have."""
    version = name.rpartition(":")[2]
    if live.tags.get("aml.project") == planning.desired.origin.project:
        planning.refuse(resource, f"version {version} exists with other content, and versions never change: bump it")
        return planning.change(resource, Action.NO_OP, state="differs", live_name=name)
    return adopt.version(planning, resource, live, name)
