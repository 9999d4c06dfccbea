"""Sends one change: completed, its files verified, and looked up after an error: the answer may be what was lost."""

from collections.abc import Callable, Iterable
from pathlib import Path

from runner.apply import remove
from runner.apply.complete import complete, model_numbers, tags
from runner.apply.confirm import arrived, gone
from runner.apply.secrets import Secrets
from runner.apply.staging import Staging
from runner.apply.uploads import Uploads
from runner.azureml.rest import Rest
from runner.azureml.writer import Writer
from runner.errors import AmlError, ServiceError
from runner.model import identity
from runner.model.keys import Kind
from runner.model.plan import Action, Change, Plan, Reason, Result
from runner.model.resource import DesiredState, Resource

Look = Callable[[Resource], Iterable[Reason]]  # how what is live now differs from a resource
Overtaken = Callable[[Change], str]  # why what is live now is not what a change was planned for; empty if it is


def describes(change: Change) -> bool:
    """Whether a change sends no content: what a version or a run is made of never changes."""
    is_fixed = change.key.kind.versioned or change.key.kind is Kind.JOB
    return is_fixed and change.action in {Action.UPDATE, Action.ADOPT}


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
        self._numbers = model_numbers(plan.changes, self._resources)

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
        elif describes(change):
            self._describe(change, resource)
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
            if not arrived(self._rest, change, resource):
                raise ServiceError(f"deleted, and not made anew: {error}; the next apply creates it") from error
        kept = [reason.field for reason in self._look(resource) if reason.after is not None]
        if kept:
            raise ServiceError(f"made anew, but the service kept its old {', '.join(kept)}; apply again")

    def _supersede(self, change: Change) -> None:
        # First: were the apply to end in between, the next one would find the new run missing and go on.
        for name in change.supersedes:
            self._writer.supersede(name, change.live_name)

    def _send(self, change: Change, resource: Resource) -> None:
        kind, folder = change.key.kind, Path(resource.folder)
        with self._uploads.turn(resource.trees.values()):
            spec = complete(self._staging.spec(resource), change, resource, self._origin, self._numbers)
            self._writer.put(kind, spec, folder, self._secrets.of(resource))

    def _describe(self, change: Change, resource: Resource) -> None:
        """Of a version only what describes it can change. The SDK would send, and so upload, all of it again."""
        name, _, version = change.live_name.rpartition(":")
        description = change.keeps.get("description", resource.spec.get("description")) or ""
        self._writer.describe(change.key.kind, name, version, description, tags(change, resource, self._origin))

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


def _result(change: Change, status: str, *, error: str = "") -> Result:
    return Result(change.key, change.action, change.live_name, status, error=error)
