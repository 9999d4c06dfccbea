"""What is sent of a change: its spec with its live name, its version, and the record of where it comes from."""

from collections.abc import Iterable, Mapping
from typing import Any

from runner.model import identity
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Change
from runner.model.references import pinned
from runner.model.resource import Origin, Resource


def complete(
    spec: Mapping[str, Any], change: Change, resource: Resource, origin: Origin, numbers: Mapping[str, str]
) -> dict[str, Any]:
    """The spec as it is sent; `numbers` are those of models, by the references that name them by content."""
    kind, name = change.key.kind, change.key.name
    kept = {} if change.action is Action.REPLACE else change.keeps
    # What is empty there, and left to others, is empty here.
    sent = {field: value for field, value in {**_renumbered(spec, numbers), **kept}.items() if kept.get(field) != ""}
    sent["tags"] = tags(change, resource, origin)
    if kind is Kind.JOB:
        return _job(sent, change, resource, origin)
    if isinstance(sent.get("create_job"), Mapping):
        sent["create_job"] = _scheduled(sent["create_job"], change)
    if kind is Kind.CONNECTION:  # it has no tags: the SDK makes metadata of them
        sent["metadata"] = {**sent.pop("tags"), **(sent.get("metadata") or {})}
    version = {"version": change.live_name.rpartition(":")[2]} if kind.versioned else {}
    return {**sent, "name": name, **version}


def tags(change: Change, resource: Resource, origin: Origin) -> dict[str, str]:
    """The spec's tags, those of others that stay, and ours."""
    own = origin.tags(resource) if change.key.kind is Kind.JOB else identity.tags(origin, resource)
    return {**(resource.spec.get("tags") or {}), **change.keeps.get("tags", {}), **own}


def _job(sent: Mapping[str, Any], change: Change, resource: Resource, origin: Origin) -> dict[str, Any]:
    shown = {"experiment_name": change.key.name, "display_name": change.key.name}
    own = identity.properties(origin, resource, change.resolved)
    return {
        **shown,
        **{field: value for field, value in sent.items() if value or field not in shown},
        "name": change.live_name,
        "properties": {**(sent.get("properties") or {}), **own},
    }


def _scheduled(job: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The job inside a schedule. Every run that it starts is a copy: nothing in it may make one count as ours."""
    marked = {**(job.get("tags") or {}), identity.SCHEDULE: str(change.key)}
    return {"experiment_name": change.key.name, **job, "tags": marked}


def model_numbers(changes: Iterable[Change], resources: Mapping[Key, Resource]) -> dict[str, str]:
    """References to models by content -> by the number that the plan found for that content."""
    return {
        pinned(change.key, resources[change.key].version): f"azureml:{change.live_name}"
        for change in changes
        if change.key.kind.numbered and change.key in resources
    }


def _renumbered(value: Any, numbers: Mapping[str, str]) -> Any:
    match value:
        case str():
            return numbers.get(value, value)
        case dict():
            return {name: _renumbered(item, numbers) for name, item in value.items()}
        case list():
            return [_renumbered(item, numbers) for item in value]
    return value
