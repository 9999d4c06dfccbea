"""The pipeline: load, read, plan, apply. Every face calls this, and nothing below it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

from runner.apply import execute, wait
from runner.apply.secrets import Secrets
from runner.apply.send import Sender
from runner.apply.staging import staging
from runner.azureml.connection import connect
from runner.azureml.etag import etag
from runner.azureml.rest import Rest
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.desired import fingerprints, load, project, resolve, targets
from runner.desired.blame import blame
from runner.errors import ConfigError
from runner.live import logs
from runner.live import read as live
from runner.live import runs as live_runs
from runner.model.events import Listener, Working
from runner.model.keys import Key, Kind, select
from runner.model.live import LiveRun
from runner.model.plan import Plan, Result
from runner.model.resource import DesiredState, Resource
from runner.model.runs import TERMINAL
from runner.plan.planner import make_plan


@dataclass(frozen=True)
class Session:
    """One project and one target: what is desired, and where."""

    project: project.Project
    target: str
    allow_dirty: bool
    workspace: Workspace
    desired: DesiredState
    secrets: Secrets

    @cached_property
    def rest(self) -> Rest:
        """Reads of the workspace."""
        return Rest(self.workspace)

    @cached_property
    def writer(self) -> Writer:
        """Writes to the workspace; loads the SDK when first used."""
        return Writer(self.workspace)


def open_session(
    start: Path, target: str | None, listener: Listener, environment: Mapping[str, str] = os.environ
) -> Session:
    """Loads and resolves the specs, then connects: wrong specs are said before any workspace is asked."""
    found = project.find(start)
    name, settings = targets.choose(found, target, environment)
    specs = load.load_project(found)
    etags = {uri: etag(uri) for uri in sorted(fingerprints.uris(found, specs))}
    desired = resolve.resolve(found, specs, name, etags)
    listener(Working("connecting to the workspace"))
    workspace = connect(settings.subscription_id, settings.resource_group, settings.workspace_name)
    return Session(found, name, settings.allow_dirty, workspace, desired, Secrets(environment))


def plan(
    session: Session,
    listener: Listener,
    patterns: Iterable[str] = (),
    retry_failed: Iterable[str] = (),
    *,
    refresh_secrets: bool = False,
) -> Plan:
    """What would change, and why. Only reads."""
    keys = [resource.key for resource in session.desired.resources]
    selected, retry = frozenset(select(keys, patterns)), frozenset(select(keys, retry_failed))
    listener(Working("reading the workspace"))
    found = live.read(session.rest, session.desired)
    made = make_plan(session.desired, found, selected=selected or None, retry=retry, refresh_secrets=refresh_secrets)
    return blame(made, session.desired, session.project)


def check_applyable(session: Session, made: Plan) -> None:
    """Raises ConfigError when the plan must not be applied; why stands in its diagnostics.

    Raises MissingSecretsError when the variable of a secret that would be sent is not set.
    """
    if not made.applyable:
        raise ConfigError("the plan has errors; nothing was sent")
    if made.pending and made.origin.dirty and made.origin.commit and not session.allow_dirty:
        commit = made.origin.commit[:12]
        raise ConfigError(
            f"files differ from commit {commit}: commit them, or set allow_dirty on target {session.target}"
        )
    session.secrets.check(_sent(session, made))


def apply(session: Session, made: Plan, listener: Listener, *, parallelism: int, stop: Event) -> list[Result]:
    """Carries out a plan that `check_applyable` accepted. Raises AmlError when nothing at all was sent."""
    if not made.pending:
        return []
    listener(Working("loading the Azure ML SDK"))
    with staging(_sent(session, made), session.project.repository) as staged, session.writer.open():
        send = Sender(made, session.desired, session.writer, session.rest, staged, session.secrets)
        return execute.execute(made, send, listener, parallelism=parallelism, stop=stop)


def _sent(session: Session, made: Plan) -> list[Resource]:
    """What a plan sends."""
    wanted = {change.key for change in made.pending}
    return [resource for resource in session.desired.resources if resource.key in wanted]


def await_runs(
    session: Session, made: Plan, results: Iterable[Result], listener: Listener, stop: Event
) -> list[Result]:
    """The results, those of runs once they are over: the submitted ones, and those that already stand for a job.

    Once `stop` is set, runs that are not over are told as they stand.
    """
    submitted = [result for result in results if result.key.kind is Kind.JOB and result.status == "done"]
    standing = execute.standing(made)
    over = {change.live_name for change in made.changes if change.run_status in TERMINAL}
    going = [*submitted, *(result for result in standing if result.live_name not in over)]
    awaited = wait.wait(session.rest, going, lambda event: listener(session.secrets.event(event)), stop)
    known = {result.live_name: result for result in awaited}
    known |= {result.live_name: wait.settled(session.rest, result) for result in standing if result.live_name in over}
    return [session.secrets.result(known.get(result.live_name, result)) for result in [*results, *standing]]


def outcomes(session: Session, made: Plan) -> dict[Key, dict[str, Any]]:
    """Where the run of each planned job stands; jobs without a run of their content are not in it."""
    standing = [change for change in made.changes if change.run_status]
    return {change.key: wait.outcome(session.rest, change.live_name) for change in standing}


def find_run(session: Session, name: str) -> LiveRun:
    """A run of this project by its live name, or the latest one of a job by its key. Raises ConfigError."""
    runs = live_runs.runs(session.rest, session.desired.origin.project)
    found = [run for run in runs if name in {run.name, run.key, run.key.partition("/")[2]}]
    if not found:
        raise ConfigError(f"no run of this project is called {name!r}, nor a job that has one")
    return found[-1]


def log(session: Session, run: LiveRun, *, follow: bool, system: bool) -> Iterator[logs.Piece]:
    """The run's log, piece by piece; with `follow` until the run is over."""
    return logs.stream(session.rest, run.name, follow=follow, system=system)


def cancel(session: Session, run: LiveRun) -> None:
    """Asks the service to stop a run."""
    session.writer.cancel(run.name)
