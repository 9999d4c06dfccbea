"""What has to happen to one resource, by its kind. Jobs have a module of their own."""

from collections.abc import Callable, Iterable

from runner.model.keys import Kind
from runner.model.live import LiveResource
from runner.model.plan import Action, Change, Reason
from runner.model.resource import Resource
from runner.plan import credentials, jobs
from runner.plan.compare import differences
from runner.plan.planning import Planning

# What the service changes in place (docs/azure-ml.md); all else is fixed when the resource is created.
_IN_PLACE = {
    Kind.COMPUTE: frozenset(
        {"description", "identity", "idle_time_before_scale_down", "max_instances", "min_instances", "tags"}
    ),
    Kind.DATASTORE: frozenset({"description", "tags"}),
}
_UNKNOWN = "unknown"


def decide(planning: Planning, resource: Resource) -> Change:
    """The change that this resource needs; what stands against it goes to `planning.problems`."""
    why = planning.live.unknown.get(resource.key)
    if why is not None:
        planning.refuse(resource, f"could not be read, and unknown is not absent: {why}")
        return planning.change(resource, Action.NO_OP, state=_UNKNOWN)
    deciders: dict[Kind, Callable[[Planning, Resource], Change]] = {
        Kind.COMPUTE: _mutable,
        Kind.DATASTORE: _mutable,
        Kind.MODEL: _model,
        Kind.JOB: jobs.decide,
    }
    return deciders.get(resource.key.kind, _version)(planning, resource)


def _mutable(planning: Planning, resource: Resource) -> Change:
    kind, name = resource.key.kind, resource.key.name
    # The service does not tell the cases of a compute's name apart.
    live = planning.live.computes.get(name.lower()) if kind is Kind.COMPUTE else planning.live.datastores.get(name)
    if live is None:
        return planning.change(resource, Action.CREATE)
    if not planning.ours(resource, live):
        return planning.change(resource, Action.NO_OP, state="foreign")
    found = _differences(resource, resource.spec.keys(), live)
    fixed = [reason.field for reason in found if reason.field.partition(".")[0] not in _IN_PLACE[kind]]
    if fixed:
        planning.refuse(resource, f"{', '.join(fixed)} cannot change in place: delete the {kind} or use another name")
    if not found and live.tags.get("aml.digest") != resource.digest:
        found = (Reason("spec"),)  # in a field that the service does not return
    found = (*found, *credentials.sent_again(planning, resource))
    if found:
        credentials.check_kept(planning, resource, live)
    return planning.change(resource, Action.UPDATE if found else Action.NO_OP, found, state=_health(live))


def _differences(resource: Resource, fields: Iterable[str], live: LiveResource) -> tuple[Reason, ...]:
    """What differs in these fields of the spec, less what a rule ignores."""
    stated = {name: resource.spec[name] for name in fields}
    ignored = resource.settings.ignore_changes
    return tuple(
        reason
        for reason in differences(stated, live.spec)
        if not any(f"{reason.field}.".startswith(f"{path}.") for path in ignored)
    )


def _health(live: LiveResource) -> str:
    return "in sync" if live.state in {"", "Succeeded"} else f"in sync, {live.state}"


def _version(planning: Planning, resource: Resource) -> Change:
    live = planning.live.assets.get((resource.key, resource.version))
    if live is None:
        return planning.change(resource, Action.CREATE)
    return _existing(planning, resource, live, resource.version)


def _model(planning: Planning, resource: Resource) -> Change:
    """The version that carries this content, else the next number; a stated version is like any other asset's."""
    if "version" in resource.spec:
        return _version(planning, resource)
    versions = {version: found for (key, version), found in planning.live.assets.items() if key == resource.key}
    ours = [version for version, found in versions.items() if found.tags.get("aml.digest") == resource.digest]
    numbers = [int(version) for version in versions if version.isdecimal()]
    if ours:
        version = min(ours, key=int)
        return _existing(planning, resource, versions[version], version)
    return planning.change(resource, Action.CREATE, live_name=f"{resource.key.name}:{max(numbers, default=0) + 1}")


def _existing(planning: Planning, resource: Resource, live: LiveResource, version: str) -> Change:
    name = f"{resource.key.name}:{version}"
    # Equal content may be shared, whoever put it there.
    if live.tags.get("aml.digest") != resource.digest:
        if planning.ours(resource, live):
            message = f"version {version} exists with other content, and versions never change: bump it"
            planning.refuse(resource, message)
        return planning.change(resource, Action.NO_OP, state="differs", live_name=name)
    archived = (Reason("archived", before=True, after=False),) if live.archived else ()
    stated = [field for field in ("description", "tags") if field in resource.spec]
    found = (*archived, *_differences(resource, stated, live))
    action = Action.UPDATE if found else Action.NO_OP
    return planning.change(resource, action, found, state="in sync", live_name=name)
