"""Sends one change: completed, its files verified, and looked up after an error: the answer may be what was lost."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from runner.apply import remove
from runner.apply.confirm import arrived, gone
from runner.apply.secrets import Secrets
from runner.apply.staging import Staging
from runner.apply.uploads import Uploads
from runner.azureml.rest import Rest
from runner.azureml.writer import Writer
from runner.errors import AmlError, ServiceError
from runner.model import identity
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Change, Plan, Reason, Result
from runner.model.references import pinned
from runner.model.resource import DesiredState, Resource

Look = Callable[[Resource], Iterable[Reason]]  # how what is live now differs from a resource
Overtaken = Callable[[Change], str]  # why what is live now is not what a change was planned for; empty if it is


class Sender:
    """Sends the changes of one plan; may be called from several threads."""

    def __init__(
        self,
        plan: Plan,
        desired: DesiredState,
        writer: Writer,
        rest: Rest,
        staging: Staging,
        secrets: Secrets,
        look: Look,
        overtaken: Overtaken,
    ) -> None:
        self._look = look
        self._overtaken = overtaken
        self._origin = desired.origin
        self._resources = {resource.key: resource for resource in desired.resources}
        self._writer = writer
        self._rest = rest
        self._staging = staging
        self._secrets = secrets
        self._uploads = Uploads()
        self._numbers = _numbers(plan.changes, self._resources)

    def __call__(self, change: Change) -> Result:
        """What became of the change, without secrets. Never raises what the service, git or a file can bring about."""
        return self._secrets.result(self._sent(change))

    def _sent(self, change: Change) -> Result:
        try:
            self._carry_out(change)
        except ServiceError as error:
            return self._settle(change, error)
        except AmlError as error:
            return _result(change, "failed", error=str(error))
        return _result(change, "done")

    def _carry_out(self, change: Change) -> None:
        why = self._overtaken(change)
        if why:  # between plan and apply a person may think for long
            raise AmlError(f"{change.key} has changed since the plan was made: it {why}; plan again")
        if change.action is Action.DELETE:
            remove.remove(self._writer, change)
            return
        resource = self._resources[change.key]
        if change.action is Action.ADOPT and change.key.kind is Kind.JOB:
            own = identity.properties(self._origin, resource, change.resolved)
            self._writer.adopt(change.live_name, own, self._origin.tags(resource))
        elif change.action is Action.REPLACE:
            self._replace(change, resource)
        else:
            self._supersede(change)
            self._send(change, resource)

    def _replace(self, change: Change, resource: Resource) -> None:
        remove.remove(self._writer, change)
        remove.await_gone(self._rest, change)
        try:
            self._send(change, resource)
        except ServiceError as error:
            raise ServiceError(f"deleted, and not made anew: {error}; the next apply creates it") from error
        kept = [reason.field for reason in self._look(resource) if reason.forces_replacement or reason.after]
        if kept:
            raise ServiceError(f"made anew, but the service kept its old {', '.join(kept)}; apply again")

    def _supersede(self, change: Change) -> None:
        # First: were the apply to end in between, the next one would find the new run missing and go on.
        for name in change.supersedes:
            self._writer.supersede(name, change.live_name)

    def _send(self, change: Change, resource: Resource) -> None:
        kind, folder = change.key.kind, Path(resource.folder)
        if any(reason.field == "archived" for reason in change.reasons):
            name, _, version = change.live_name.rpartition(":")
            self._writer.restore(kind, name, version)
        with self._uploads.turn(resource.trees.values()):
            spec = self._staging.spec(resource)
            self._writer.put(kind, self._complete(spec, change, resource), folder, self._secrets.of(resource))

    def _settle(self, change: Change, error: ServiceError) -> Result:
        """After an error: what the workspace now holds decides, by its full digest."""
        if change.action not in {Action.CREATE, Action.RUN, Action.DELETE}:
            return _result(change, "failed", error=str(error))  # the digest may have been there before
        try:
            if change.action is Action.DELETE:
                there = gone(self._rest, change)
            else:
                there = arrived(self._rest, change, self._resources[change.key])
        except ServiceError as unread:
            return _result(change, "unknown", error=f"{error}; whether it arrived could not be read: {unread}")
        return _result(change, "done") if there else _result(change, "failed", error=str(error))

    def _complete(self, spec: dict[str, Any], change: Change, resource: Resource) -> dict[str, Any]:
        """The spec with its live name, its version, and the record of where it comes from."""
        kind = change.key.kind
        spec = _renumbered(spec, self._numbers)
        keeps = {} if change.action is Action.REPLACE else dict(change.keeps)
        tags = {**(spec.get("tags") or {}), **change.keeps.get("tags", {})}
        # What is empty there, and left to others, is empty here.
        spec = {field: value for field, value in {**spec, **keeps}.items() if keeps.get(field) != ""}
        spec["tags"] = {**tags, **identity.tags(self._origin, resource)}
        if kind is Kind.JOB:
            spec["tags"] = {**tags, **self._origin.tags(resource)}
            own = identity.properties(self._origin, resource, change.resolved)
            shown = {"experiment_name": change.key.name, "display_name": change.key.name}
            return {
                **shown,
                **{field: value for field, value in spec.items() if value or field not in shown},
                "name": change.live_name,
                "properties": {**(spec.get("properties") or {}), **own},
            }
        if kind.versioned:
            return {**spec, "name": change.key.name, "version": change.live_name.rpartition(":")[2]}
        return {**spec, "name": change.key.name}


def _numbers(changes: Iterable[Change], resources: Mapping[Key, Resource]) -> dict[str, str]:
    """References to models by content -> by the number that the plan found for that content."""
    return {
        pinned(change.key, resources[change.key].version): f"azureml:{change.live_name}"
        for change in changes
        if change.key.kind.numbered and change.action is not Action.DELETE  # of what is deleted there is no spec
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


def _result(change: Change, status: str, *, error: str = "") -> Result:
    return Result(change.key, change.action, change.live_name, status, error=error)
