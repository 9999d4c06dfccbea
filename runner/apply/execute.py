"""Carries out a plan, in its order. What depends on something that failed is skipped, and says so."""

from pathlib import Path
from typing import Any

from runner.apply.stage import staged, with_tags
from runner.azureml.writer import Writer
from runner.errors import AmlError
from runner.model import identity
from runner.model.events import Finished, Listener, Started
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Change, Plan, Result
from runner.model.resource import DesiredState, Resource


def execute(plan: Plan, desired: DesiredState, writer: Writer, repository: Path, listener: Listener) -> list[Result]:
    """Applies every pending change; one result each. A failure stops only what needs it."""
    resources = {resource.key: resource for resource in desired.resources}
    failed: set[Key] = set()
    results = []
    for change in plan.pending:
        listener(Started(change))
        result = _blocked(change, failed) or _attempt(change, resources[change.key], desired, writer, repository)
        if result.status != "done":
            failed.add(change.key)
        results.append(result)
        listener(Finished(change, result))
    return results


def _blocked(change: Change, failed: set[Key]) -> Result | None:
    culprits = [str(key) for key in change.depends_on if key in failed]
    if not culprits:
        return None
    return _result(change, "skipped", because=f"{', '.join(culprits)} did not succeed")


def _attempt(change: Change, resource: Resource, desired: DesiredState, writer: Writer, repository: Path) -> Result:
    try:
        with staged(resource, repository) as spec:
            writer.put(change.key.kind, _complete(spec, change, resource, desired), Path(resource.folder))
    except AmlError as error:
        return _result(change, "failed", error=str(error))
    return _result(change, "done")


def _complete(spec: dict[str, Any], change: Change, resource: Resource, desired: DesiredState) -> dict[str, Any]:
    """The spec with its live name, its version, and the record of where it comes from."""
    spec = with_tags(spec, desired.origin.tags(resource))
    if change.key.kind is Kind.JOB:
        own = identity.properties(desired.origin, resource)
        named = {"name": change.live_name, "display_name": spec.get("display_name") or change.key.name}
        return {
            "experiment_name": change.key.name,
            **spec,
            **named,
            "properties": {**spec.get("properties", {}), **own},
        }
    if change.key.kind.versioned:
        return {**spec, "name": change.key.name, "version": resource.version}
    return {**spec, "name": change.key.name}


def _result(change: Change, status: str, *, error: str = "", because: str = "") -> Result:
    return Result(change.key, change.action, change.live_name, status, error=error, because=because)


def standing(plan: Plan) -> list[Result]:
    """A result for each job that needed nothing because a run of its content exists."""
    return [_result(change, "done") for change in plan.changes if change.action is Action.NO_OP and change.run_status]
