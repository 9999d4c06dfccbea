"""A run trained again: from a checkout of its commit, as a new attempt, beside what is live and never over it."""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from runner import engine
from runner.apply.secrets import Secrets
from runner.asof import as_of
from runner.azureml.connection import connect
from runner.azureml.rest import Rest
from runner.desired import targets
from runner.desired.project import Project
from runner.engine import Session
from runner.errors import ConfigError
from runner.live import read as live
from runner.live.outcome import outcome as ended
from runner.live.packages import packages
from runner.model.events import Listener, Working
from runner.model.keys import Key
from runner.model.outcome import Outcome
from runner.model.plan import Action, Change, Plan
from runner.model.reproduction import Again, Record, Reproduction
from runner.model.resource import DesiredState, Resource
from runner.model.runs import TERMINAL

_ADDS = frozenset({Action.CREATE, Action.RUN})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is about to be done, and where."""

    session: Session
    plan: Plan
    live_name: str


@contextmanager
def attempt(
    found: Project, record: Record, target: str | None, environment: Mapping[str, str], listener: Listener
) -> Iterator[Attempt]:
    """One more attempt of a run whose commit gives its content; its files are there as long as the block lasts.

    The specs are those of the commit, how to reach the target is what project.yml says today. Raises ConfigError when
    a run of this content is not over.
    """
    name, settings = targets.choose(found, target or record.target, environment)
    # Rendered as for the first run: another target has other values, and they would make other content.
    with as_of(found, record.commit, record.target, environment) as then:
        listener(Working("connecting to the workspace"))
        workspace = connect(settings.subscription_id, settings.resource_group, settings.workspace_name)
        origin = replace(then.desired.origin, target=name)
        wanted = replace(_without_live(then.desired, record.key, Rest(workspace)), origin=origin)
        session = Session(then.project, name, settings, workspace, wanted, Secrets(environment), then.context)
        made = _added(engine.plan(session, listener, again=[record.key]))
        own = next(change for change in made.changes if change.key == record.key)
        if made.applyable and own.action is not Action.RUN:
            raise ConfigError(f"{record.key} is {own.state}: wait for it, or cancel it")
        # What is written into the ledger names all that is used, also what was there.
        whole = tuple(each for each in then.desired.resources if each.key in {kept.key for kept in wanted.resources})
        yield Attempt(replace(session, desired=replace(wanted, resources=whole)), made, own.live_name)


def _without_live(desired: DesiredState, job: Key, rest: Rest) -> DesiredState:
    """A job and what it needs, less what changes in place and is there: it is used as it is."""
    needed = desired.closure(job)
    there = {each.key for each in needed if each.key.kind.mutable and live.one(rest, each.key)}
    resources = tuple(_less(each, there) for each in needed if each.key not in there)
    kept = {each.key for each in resources}
    return replace(
        desired,
        resources=resources,
        externals=tuple(each for each in desired.externals if each.key in kept),
        diagnostics=(),  # they are about the specs as a whole
    )


def _less(resource: Resource, there: set[Key]) -> Resource:
    return replace(resource, depends_on=tuple(key for key in resource.depends_on if key not in there))


def _added(made: Plan) -> Plan:
    """The plan, in which whatever is live stays as it is."""
    return replace(made, changes=tuple(map(_only_added, made.changes)), drift=())


def _only_added(change: Change) -> Change:
    return change if change.action in _ADDS else replace(change, action=Action.NO_OP, reasons=())


def compared(made: Attempt, found: Reproduction, tolerance: float) -> Again:
    """The new run beside the first one, of which the workspace is asked again if it is the same."""
    rest, record = made.session.rest, found.record
    # In a workspace that lost the first run, the new one has its name.
    same = made.session.target == record.target and made.live_name != record.live_name
    redacted = made.session.secrets.redacted
    first = record.outcome
    if same and not first.status:
        first = ended(rest, record.live_name, redacted) or first
    had = found.had or (packages(rest, record.live_name) if same else {})
    outcome = ended(rest, made.live_name, redacted) or Outcome("")
    has = packages(rest, made.live_name) if outcome.status in TERMINAL else {}
    before, now = _finite(first.metrics), _finite(outcome.metrics)
    return Again(
        live_name=made.live_name,
        target=made.session.target,
        first=first.status,
        outcome=outcome,
        metrics=tuple((name, before.get(name), now.get(name)) for name in sorted(before.keys() | now.keys())),
        tolerance=tolerance,
        packages=tuple(_different(had, has)) if had and has else (),
    )


def _finite(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: value if value is not None and math.isfinite(value) else None for name, value in metrics.items()}


def _different(had: Mapping[str, str], has: Mapping[str, str]) -> Iterable[tuple[str, str | None, str | None]]:
    for name in sorted(had.keys() | has.keys()):
        if had.get(name) != has.get(name):
            yield name, had.get(name), has.get(name)
