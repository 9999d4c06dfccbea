"""What deciders share: both states, what is asked, what is found wrong on the way, and how a change is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from runner.model.diagnostics import Diagnostic, Severity
from runner.model.fence import Fence
from runner.model.keys import Key
from runner.model.live import LiveRun, LiveState
from runner.model.plan import Action, Change, Drift, Reason
from runner.model.references import pinned
from runner.model.resource import DesiredState, FieldPath, Resource


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants of this plan. `retry` names the jobs whose failed run another attempt may follow, `again`
    those that are to be trained once more, whatever became of their runs.
    """

    retry: frozenset[Key] = frozenset()
    again: frozenset[Key] = frozenset()
    refresh_secrets: bool = False
    adopt: bool = False
    allow_rollback: bool = False
    fence: Fence | None = None  # of a target that names its branch


NOTHING = Asked()


@dataclass(slots=True)
class Planning:
    """Both states, and what is found on the way."""

    desired: DesiredState
    live: LiveState
    asked: Asked = NOTHING
    problems: list[Diagnostic] = field(default_factory=list)
    drift: list[Drift] = field(default_factory=list)
    _labels: dict[Key, dict[str, str]] = field(init=False)
    _runs: dict[str, list[LiveRun]] = field(init=False)
    _numbers: dict[str, str] = field(init=False)  # references to models by content -> by number

    def __post_init__(self) -> None:
        self._labels, self._runs, self._numbers = {}, {}, {}
        for run in sorted(self.live.runs, key=lambda run: (run.created_at, run.name)):
            self._runs.setdefault(run.key, []).append(run)
        for external in self.desired.externals:
            stands_for = self.live.resolved.get(external.reference)
            if stands_for:
                self._labels.setdefault(external.key, {})[dotted(external.field)] = stands_for

    def refuse(self, what: Resource | Change, message: str) -> None:
        """Something stands against applying the plan."""
        self._say(what, message, Severity.ERROR)

    def warn(self, what: Resource | Change, message: str) -> None:
        """Something that people should know."""
        self._say(what, message, Severity.WARNING)

    def _say(self, what: Resource | Change, message: str, severity: Severity) -> None:
        # What left the repository has no place any more.
        place = what.position if what.position.file else None
        self.problems.append(Diagnostic(f"{what.key}: {message}", place, severity))

    def runs(self, key: Key) -> list[LiveRun]:
        """The runs of one job, oldest first."""
        return self._runs.get(str(key), [])

    def resolved(self, key: Key) -> Mapping[str, str]:
        """What labels of others stand for now, in the fields of one resource that have one."""
        return self._labels.get(key, {})

    def numbered(self, reason: Reason) -> Reason:
        """The reason; a model that it names by content is named by its number, as it will be sent."""
        return replace(reason, after=self._numbers[reason.after]) if str(reason.after) in self._numbers else reason

    def change(
        self,
        resource: Resource,
        action: Action,
        reasons: Iterable[Reason] = (),
        *,
        state: str = "",
        live_name: str = "",
    ) -> Change:
        """A change of this resource; its live name is the one that its content makes unless another is given."""
        live_name = live_name or self.desired.live_name(resource)
        if resource.key.kind.numbered:
            self._numbers[pinned(resource.key, resource.version)] = f"azureml:{live_name}"
        return Change(
            key=resource.key,
            action=action,
            live_name=live_name,
            digest=resource.digest,
            position=resource.position,
            reasons=tuple(reasons),
            depends_on=resource.depends_on,
            state=state,
        )


def dotted(path: FieldPath) -> str:
    """A place in a spec as people write it: `inputs.iris.path`."""
    return ".".join(map(str, path))
