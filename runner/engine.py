"""The pipeline: load, read, plan, apply. Every face calls this, and nothing below it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

from runner.apply import execute, wait
from runner.apply.send import Sender
from runner.apply.staging import staging
from runner.azureml.connection import connect
from runner.azureml.etag import etag
from runner.azureml.rest import Rest
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.desired import fingerprints, load, newcomers, project, resolve, targets
from runner.desired.blame import blame
from runner.errors import ConfigError
from runner.live import importing, logs
from runner.live import read as live
from runner.live import runs as live_runs
from runner.live.written.layout import CODE, Layout, lay_out
from runner.model.events import Listener, Working
from runner.model.imports import Imported
from runner.model.keys import Key, Kind, select
from runner.model.live import LiveRun
from runner.model.plan import Plan, Result
from runner.model.resource import DesiredState
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
    return Session(found, name, settings.allow_dirty, workspace, desired)


def plan(session: Session, listener: Listener, patterns: Iterable[str] = (), retry_failed: Iterable[str] = ()) -> Plan:
    """What would change, and why. Only reads."""
    keys = [resource.key for resource in session.desired.resources]
    selected, retry = frozenset(select(keys, patterns)), frozenset(select(keys, retry_failed))
    listener(Working("reading the workspace"))
    found = live.read(session.rest, session.desired)
    made = make_plan(session.desired, found, selected=selected or None, retry=retry)
    return blame(made, session.desired, session.project)


def check_applyable(session: Session, made: Plan) -> None:
    """Raises ConfigError when the plan must not be applied; why stands in its diagnostics."""
    if not made.applyable:
        raise ConfigError("the plan has errors; nothing was sent")
    if made.pending and made.origin.dirty and made.origin.commit and not session.allow_dirty:
        commit = made.origin.commit[:12]
        raise ConfigError(
            f"files differ from commit {commit}: commit them, or set allow_dirty on target {session.target}"
        )


def apply(session: Session, made: Plan, listener: Listener, *, parallelism: int, stop: Event) -> list[Result]:
    """Carries out a plan that `check_applyable` accepted. Raises AmlError when nothing at all was sent."""
    if not made.pending:
        return []
    wanted = {change.key for change in made.pending}
    sent = [resource for resource in session.desired.resources if resource.key in wanted]
    listener(Working("loading the Azure ML SDK"))
    with staging(sent, session.project.repository) as staged, session.writer.open():
        send = Sender(made, session.desired, session.writer, session.rest, staged)
        return execute.execute(made, send, listener, parallelism=parallelism, stop=stop)


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
    known = {result.live_name: result for result in wait.wait(session.rest, going, listener, stop)}
    known |= {result.live_name: wait.settled(session.rest, result) for result in standing if result.live_name in over}
    return [known.get(result.live_name, result) for result in [*results, *standing]]


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


def import_specs(session: Session, patterns: Iterable[str], listener: Listener) -> Imported:
    """Writes specs of what is live and matches, and of what that needs. All of it or nothing; nothing is overwritten.

    Raises ConfigError when a pattern matches nothing or a file is in the way.
    """
    existing = {resource.key: resource.version for resource in session.desired.resources}
    listener(Working("reading the workspace"))
    gathered = importing.gather(session.rest, patterns, existing.keys())
    with newcomers.preparation(session.project) as prepared:
        prepared.check(lay_out(gathered.written, existing).files)
        fetched = importing.fetch(session.rest, gathered, prepared.folder, listener)
        layout, valid = _valid(fetched, existing, prepared)
        prepared.move([*layout.files, *layout.folders])
        hidden = [path for path, url in layout.folders.items() if prepared.digest(path) != valid.digests[url]]
    return Imported(layout.told(), valid.passed_over, tuple(hidden))


def _valid(
    gathered: importing.Gathered, existing: Mapping[Key, str], prepared: newcomers.Preparation
) -> tuple[Layout, importing.Gathered]:
    """The specs that are valid beside each other and what exists, laid out."""
    present = prepared.present(CODE)
    while True:
        layout = lay_out(gathered.written, existing, gathered.digests, present)
        prepared.write(
            layout.files, {path: gathered.places[url] for path, url in layout.folders.items()}, layout.reused
        )
        problems = prepared.problems(existing)
        if not problems:
            return layout, gathered
        wrong = {key: found for file, found in problems.items() for key in layout.owners.get(file, ())}
        if not wrong:
            raise ConfigError(f"what was read makes no project: {'; '.join(problems.values())}")
        gathered = gathered.without(wrong)
