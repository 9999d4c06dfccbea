"""The pipeline: load, read, plan, apply. Every face calls this, and nothing below it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

from runner.apply import execute, guard, wait
from runner.apply.secrets import Secrets
from runner.apply.send import Look, Overtaken, Sender, describes
from runner.apply.staging import staging
from runner.azureml.connection import connect, find
from runner.azureml.etag import etag
from runner.azureml.rest import Rest
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.desired import fingerprints, load, project, promotions, resolve, rules, targets
from runner.desired.blame import blame
from runner.desired.exact import exact
from runner.desired.schema.project import Target
from runner.desired.spec import Spec
from runner.desired.templates.context import EMPTY, Context
from runner.errors import ConfigError
from runner.git import ancestry
from runner.git.repository import Repository
from runner.live import logs
from runner.live import read as live
from runner.live import runs as live_runs
from runner.live.adoptable import likenesses
from runner.live.written.text import as_yaml
from runner.model.digest import sha256
from runner.model.events import Listener, Working
from runner.model.fence import Fence
from runner.model.keys import Key, Kind, matches_any, select
from runner.model.live import LiveRun, LiveState
from runner.model.options import DEFAULT, Options
from runner.model.plan import Action, Change, Plan, Reason, Result
from runner.model.resource import DesiredState, Resource
from runner.model.rules import Settings
from runner.model.runs import TERMINAL, Phase, phase
from runner.plan import departures, ownership
from runner.plan.compare import differences
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from runner.report import saved


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pull request. What is checked out is its merge into a branch; what is recorded is the commit of its own."""

    commit: str
    ref: str
    into: str  # the branch: from anywhere else nothing but runs and versions may be added


@dataclass(frozen=True)
class Session:
    """One project and one target: what is desired, and where."""

    project: project.Project
    target: str
    settings: Target
    workspace: Workspace
    desired: DesiredState
    secrets: Secrets
    context: Context  # what templates were rendered with
    proposal: Proposal | None = None  # what is checked out, if it is a pull request

    @cached_property
    def rest(self) -> Rest:
        """Reads of the workspace."""
        return Rest(self.workspace)

    @cached_property
    def writer(self) -> Writer:
        """Writes to the workspace; loads the SDK when first used."""
        return Writer(self.workspace)


def open_session(
    start: Path,
    target: str | None,
    listener: Listener,
    variables: Mapping[str, Any] = EMPTY,
    environment: Mapping[str, str] = os.environ,
    proposal: Proposal | None = None,
) -> Session:
    """Loads and resolves the specs, then connects: wrong specs are said before any workspace is asked.

    `variables` are those of the command line, which templates find as `vars`. What is checked out may be a `proposal`.
    """
    found = project.find(start)
    name, settings = targets.choose(found, target, environment)
    context = targets.context(found, target, environment, variables)
    wanted = desired(found, load.load_project(found, context), name)
    if proposal:
        wanted = replace(wanted, origin=replace(wanted.origin, commit=proposal.commit, ref=proposal.ref))
    listener(Working("connecting to the workspace"))
    workspace = connect(settings.subscription_id, settings.resource_group, settings.workspace_name)
    return Session(found, name, settings, workspace, wanted, Secrets(environment), context, proposal)


def reach(found: project.Project, target: str, environment: Mapping[str, str] = os.environ) -> Workspace:
    """The workspace of another target than the session's; nothing is desired of it."""
    return connect(*_coordinates(found, target, environment))


def visit(found: project.Project, target: str | None, environment: Mapping[str, str] = os.environ) -> Workspace:
    """The workspace of a target, for a look at what was: an embedded one is not started for it.

    Raises ServiceError when that one does not run.
    """
    return find(*_coordinates(found, target, environment))


def _coordinates(found: project.Project, target: str | None, environment: Mapping[str, str]) -> tuple[str, str, str]:
    _, settings = targets.choose(found, target, environment)
    return settings.subscription_id, settings.resource_group, settings.workspace_name


def desired(found: project.Project, specs: tuple[Spec, ...], target: str) -> DesiredState:
    """The desired state of loaded specs."""
    etags = {uri: etag(uri) for uri in sorted(fingerprints.uris(found, specs))}
    return resolve.resolve(found, specs, target, etags)


def render(
    found: project.Project, context: Context, patterns: Iterable[str], *, pinned: bool, out: Path | None
) -> Iterator[tuple[Spec, str]]:
    """The specs that match, each with its exact YAML; paths in it start at its file below `out`, else at its own.

    No workspace is asked. Pinned, references to what this repository defines name exact versions.
    """
    specs = load.load_project(found, context)
    resources = desired(found, specs, context.target).resources if pinned else ()
    chosen = select([spec.key for spec in specs], patterns or ("*",)) if specs else set()
    for spec in specs:
        if spec.key in chosen:
            folder = out.resolve() / spec.key.kind.folder if out else spec.folder
            yield spec, as_yaml(exact(spec, folder, {resource.key: resource for resource in resources}))


def plan(session: Session, listener: Listener, options: Options = DEFAULT, again: Iterable[Key] = ()) -> Plan:
    """What would change, and why. Only reads. `again` names jobs that are to be trained once more."""
    keys = [resource.key for resource in session.desired.resources]
    prune = options.prune or session.settings.prune
    listener(Working("reading the workspace"))
    found = live.read(session.rest, session.desired, whole=prune)
    if options.adopt:
        found = replace(found, likenesses=likenesses(session.rest, session.desired, found))
    gone = left(session, found) if prune else {}
    selected = select([*keys, *gone], options.patterns)
    asked = Asked(
        retry=frozenset(select(keys, options.retry_failed)),
        again=frozenset(again),
        refresh_secrets=options.refresh_secrets,
        adopt=options.adopt,
        allow_rollback=options.allow_rollback,
        fence=fence(session, found),
    )
    made = make_plan(
        session.desired,
        found,
        selected=frozenset(selected & set(keys)) if options.patterns else None,
        asked=asked,
        left={key: settings for key, settings in gone.items() if key in selected or not options.patterns},
    )
    return blame(made, session.desired, session.project, session.context)


def save(session: Session, made: Plan, options: Options, created_at: str) -> str:
    """The plan as a document that `reopen` takes."""
    return saved.document(made, session.desired, options, _place(session), created_at)


def reopen(session: Session, listener: Listener, document: saved.Saved) -> Plan:
    """The saved plan, made again. Raises ConfigError, with what differs, unless that gives the very same plan."""
    saved.check_place(document, session.desired.origin, _place(session))
    made = plan(session, listener, document.options)
    saved.check_same(document, made, session.desired)
    return made


def _place(session: Session) -> str:
    # A plan may be kept where others can read it: the workspace is recognised in it, and not told. All embedded ones
    # have the same coordinates, and each an authority of its own.
    return sha256([session.workspace.path.lower(), session.workspace.ca_file])[:16]


def left(session: Session, found: LiveState) -> dict[Key, Settings]:
    """What this project owns and no spec asks for, with what rules settle for it.

    Not what it handed over to others, nor a model that is promoted.
    """
    config = session.project.config
    gone = departures.left(session.desired, found) - promotions.needed(config, session.target).keys()
    return {key: rules.settings(config.rules, key) for key in gone if not matches_any(key, config.external)}


def fence(session: Session, found: LiveState) -> Fence | None:
    """Where everything that is live was applied from, seen from here, when the target names its branch.

    A pull request stands outside of every fence.
    """
    proposal = session.proposal
    branch = session.settings.branch or (proposal.into if proposal else None)
    things = [*(thing for _, thing in found.mutable()), *found.assets.values()]
    active = [run.commit for run in found.runs if phase(run.status) is Phase.ACTIVE]
    commits = [*(thing.commit for thing in things), *active]
    if not branch:
        return None
    made = ancestry.fence(Repository(session.project.repository), branch, commits)
    return replace(made, here=False) if proposal else made


def check_applyable(
    session: Session, made: Plan, *, allow_replace: bool = False, allow_delete_all: bool = False
) -> None:
    """Raises ConfigError when the plan must not be applied; why stands in its diagnostics, or which flag lets it.

    Raises MissingSecretsError when the variable of a secret that would be sent is not set.
    """
    if not made.applyable:
        raise ConfigError("the plan has errors; nothing was sent")
    guard.check(made, allow_replace=allow_replace, allow_delete_all=allow_delete_all)
    if made.pending:
        check_committed(session)
    session.secrets.check(_sent(session, made))


def check_committed(session: Session) -> None:
    """Raises ConfigError when what is applied is in no commit, and the target wants one."""
    origin = session.desired.origin
    if origin.dirty and origin.commit and not session.settings.allow_dirty:
        commit = origin.commit[:12]
        raise ConfigError(
            f"files differ from commit {commit}: commit them, or set allow_dirty on target {session.target}"
        )


def apply(session: Session, made: Plan, listener: Listener, *, parallelism: int, stop: Event) -> list[Result]:
    """Carries out a plan that `check_applyable` accepted. Raises AmlError when nothing at all was sent."""
    if not made.pending:
        return []
    listener(Working("loading the Azure ML SDK"))
    with staging(_sent(session, made), session.project.repository) as staged, session.writer.open():
        look, overtaken = _look(session), _overtaken(session)
        send = Sender(made, session.desired, session.writer, session.rest, staged, session.secrets, look, overtaken)
        return execute.execute(made, send, listener, parallelism=parallelism, stop=stop)


def _sent(session: Session, made: Plan) -> list[Resource]:
    """What a plan sends the content of."""
    wanted = {change.key for change in made.pending if not describes(change)}
    return [resource for resource in session.desired.resources if resource.key in wanted]


def _look(session: Session) -> Look:
    """How what is live now differs from something of the plan that changes in place."""

    def look(resource: Resource) -> Iterable[Reason]:
        found = live.one(session.rest, resource.key)
        return differences(resource.spec, found.spec) if found else ()

    return look


def _overtaken(session: Session) -> Overtaken:
    """Whether somebody was faster than a change of a plan. Versions and runs are named by their content."""

    def overtaken(change: Change) -> str:
        if change.key.kind.versioned or change.key.kind is Kind.JOB:
            return ""
        return ownership.overtaken(session.desired.origin, change, live.one(session.rest, change.key))

    return overtaken


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
    return find_runs(session, [name])[0]


def find_runs(session: Session, names: Iterable[str]) -> tuple[LiveRun, ...]:
    """The runs that the names mean, as for `find_run`; each once."""
    runs = live_runs.runs(session.rest, session.desired.origin.project)
    found: dict[str, LiveRun] = {}
    for name in names:
        own = [run for run in runs if name in {run.name, run.key, run.key.partition("/")[2]}]
        if not own:
            raise ConfigError(f"no run of this project is called {name!r}, nor a job that has one")
        found[own[-1].name] = own[-1]
    return tuple(found.values())


def active_runs(session: Session) -> tuple[LiveRun, ...]:
    """The runs that this project started in this target and that are not over, oldest first."""
    runs = live_runs.runs(session.rest, session.desired.origin.project)
    return tuple(run for run in runs if run.target == session.target and run.status not in TERMINAL)


def follow(session: Session, found: Iterable[LiveRun], listener: Listener, stop: Event) -> list[Result]:
    """How runs ended, each once it is over. Once `stop` is set, those that are not are told as they stand."""
    results = [(run, Result(Key(Kind.JOB, run.key.partition("/")[2]), Action.RUN, run.name, "done")) for run in found]
    going = [result for run, result in results if run.status not in TERMINAL]
    over = [wait.settled(session.rest, result) for run, result in results if run.status in TERMINAL]
    awaited = wait.wait(session.rest, going, lambda event: listener(session.secrets.event(event)), stop)
    return [session.secrets.result(result) for result in [*over, *awaited]]


def log(session: Session, run: LiveRun, *, follow: bool, system: bool) -> Iterator[logs.Piece]:
    """The run's log, piece by piece; with `follow` until the run is over."""
    return logs.stream(session.rest, run.name, follow=follow, system=system)


def cancel(session: Session, run: LiveRun) -> None:
    """Asks the service to stop a run."""
    session.writer.cancel(run.name)
