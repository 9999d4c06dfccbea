"""Keeps the ledger: what an apply did, and how its runs ended. What goes wrong with it is said, and stops nothing."""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from runner import __version__
from runner.azureml.collections import COLLECTION
from runner.engine import Session
from runner.errors import AmlError
from runner.git import notes, remote
from runner.git.ancestry import standings
from runner.git.ledger import read
from runner.git.remote import Login
from runner.git.repository import Repository
from runner.live.outcome import outcome as ended
from runner.model.diagnostics import Diagnostic, Severity
from runner.model.digest import SCHEME, parts, sha256
from runner.model.fence import Standing
from runner.model.keys import Key, Kind
from runner.model.ledger import FINISH, REGISTER, Entry, Ledger, line
from runner.model.outcome import Outcome
from runner.model.plan import Action, Plan, Result
from runner.model.resource import Resource
from runner.model.review import Trial
from runner.model.uses import sources, uses

_NOT_WRITTEN = "what was done is not in the ledger"
_NOT_PUSHED = "the ledger was not pushed; the next push takes along what it holds"
MOST = 200  # runs that are asked for their end at a time, the newest


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who applies, and for what. `push`: the ledger is pushed, with a `login` or as the user's own git signs in.

    `clone` holds the ledger, where what is applied is a checkout beside it.
    """

    actor: str = ""  # else whoever git's configuration names
    pull_request: int | None = None
    approved_by: tuple[str, ...] = ()
    workflow_run: str = ""
    push: bool = False
    login: Login | None = None
    clone: Path | None = None

    def repository(self, session: Session) -> Repository:
        """Where the ledger is."""
        return Repository(self.clone or session.project.repository)


def applied(session: Session, made: Plan, results: Iterable[Result], occasion: Occasion) -> tuple[Diagnostic, ...]:
    """Writes down what an apply did; what went wrong with that."""

    def entries(ledger: Ledger) -> Iterator[Entry]:
        told = [result for result in results if result.action is not Action.NO_OP and result.status != "skipped"]
        return _applied(session, made, [*told, *_returned(session, made, ledger, occasion)], occasion)

    return _keep(session, entries, occasion)


def finished(session: Session, occasion: Occasion, names: Collection[str] | None = None) -> tuple[Diagnostic, ...]:
    """Writes down how runs ended of which the ledger knows only the beginning: those with these names, or all."""

    def entries(ledger: Ledger) -> Iterator[Entry]:
        # Of several runs of one name only the newest can still be there.
        here = {entry.live: entry for entry in ledger.open() if _is_here(session, entry)}
        for entry in [each for each in here.values() if names is None or each.live_name in names][-MOST:]:
            outcome = ended(session.rest, entry.live_name, session.secrets.redacted)
            if outcome:
                yield _finish(entry, outcome, occasion)

    return _keep(session, entries, occasion)


def registered(session: Session, trials: Iterable[Trial], occasion: Occasion) -> tuple[Diagnostic, ...]:
    """Writes down which models runs became."""

    def entries(_: Ledger) -> Iterator[Entry]:
        for trial in trials:
            if trial.registered:
                key = Key(Kind.MODEL, trial.registered.rpartition(":")[0])
                entry = _entry(session, key, REGISTER, "done", trial.registered, occasion)
                name = _id(entry.workspace, REGISTER, trial.registered, trial.head.live_name)
                yield replace(entry, id=name, from_run=trial.head.live_name)

    return _keep(session, entries, occasion)


def _keep(session: Session, entries: Callable[[Ledger], Iterator[Entry]], occasion: Occasion) -> tuple[Diagnostic, ...]:
    if not session.desired.origin.commit:  # there is nothing that a note could be on
        return ()
    repository = occasion.repository(session)
    # What others wrote first: a checkout in a workflow has no notes of its own.
    unreached = _tried(_NOT_PUSHED, lambda: remote.fetch(repository, occasion.login)) if occasion.push else ()
    unwritten = _tried(_NOT_WRITTEN, lambda: _write(repository, entries, session.secrets.redacted))
    pushes = occasion.push and not unreached
    unpushed = _tried(_NOT_PUSHED, lambda: remote.push(repository, occasion.login)) if pushes else ()
    return (*unreached, *unwritten, *unpushed)


def _tried(failed: str, step: Callable[[], None]) -> tuple[Diagnostic, ...]:
    try:
        step()
    except (AmlError, OSError) as error:
        return (Diagnostic(f"{failed}: {error}", severity=Severity.WARNING),)
    return ()


def _write(
    repository: Repository, entries: Callable[[Ledger], Iterator[Entry]], redacted: Callable[[str], str]
) -> None:
    known = read(repository)
    ids = {entry.id for entry in known.entries}
    lines: dict[str, list[str]] = {}
    for entry in entries(known):
        if entry.id not in ids:
            lines.setdefault(entry.commit, []).append(line(entry, redacted))
    if lines:
        notes.append(repository, lines)


def _applied(session: Session, made: Plan, results: Iterable[Result], occasion: Occasion) -> Iterator[Entry]:
    changes = {change.key: change for change in made.changes}
    resources = {resource.key: resource for resource in session.desired.resources}
    names = {change.key: change.live_name for change in made.changes}
    for result in results:
        change, place = changes[result.key], changes[result.key].position
        entry = _entry(session, result.key, result.action, result.status, result.live_name, occasion)
        yield replace(
            _made_of(session, resources.get(result.key), names, entry),
            digest=change.digest,
            digest_scheme=SCHEME if change.digest else "",
            removed=change.removes,
            spec=f"{place.file}:{place.line}" if place.file else "",
            error=result.error,
            resolved=change.resolved,
        )


def _made_of(session: Session, resource: Resource | None, names: Mapping[Key, str], entry: Entry) -> Entry:
    """The entry with what its resource is made of; of what no spec asks for any more, as it is."""
    if resource is None:
        return entry
    return replace(
        entry,
        parts=parts(resource.content),
        uses=uses(session.desired, resource, names),
        sources=sources(resource, session.project.repository),
        gates=tuple(dict.fromkeys(gate.metric for gate in resource.settings.gates)),
    )


def _returned(session: Session, made: Plan, ledger: Ledger, occasion: Occasion) -> Iterator[Result]:
    """Jobs that need nothing, and whose content is not what this history had of them last: a revert, or a squash."""
    applied = [entry for entry in ledger.entries if entry.action != FINISH and entry.status == "done"]
    newest_first = [entry for entry in reversed(_first(applied)) if _is_here(session, entry)]
    repository = occasion.repository(session)

    @cache
    def behind(commit: str) -> bool:
        return standings(repository, [commit])[commit] is Standing.BEHIND

    for change in made.changes:
        if change.action is Action.NO_OP and change.run_status:
            own = (entry for entry in newest_first if entry.key == change.key)
            last = next((entry.digest for entry in own if behind(entry.commit)), "")
            if last != change.digest:
                yield Result(change.key, change.action, change.live_name, "done")


def _first(applied: Iterable[Entry]) -> list[Entry]:
    """Without further attempts at what a commit had trained before: they bring no content back."""
    found: dict[tuple[object, ...], Entry] = {}
    for entry in applied:
        again = (entry.live[:2], entry.digest, entry.commit) if entry.action == Action.RUN else (entry.id,)
        found.setdefault(again, entry)
    return list(found.values())


def _is_here(session: Session, entry: Entry) -> bool:
    origin = session.desired.origin
    return (entry.project, entry.target) == (origin.project, origin.target) and (
        entry.workspace.lower() == session.workspace.path.lower()
    )


def _entry(session: Session, key: Key, action: str, status: str, live_name: str, occasion: Occasion) -> Entry:
    origin, path = session.desired.origin, session.workspace.path
    return Entry(
        at=_now(),
        id=uuid.uuid4().hex,
        project=origin.project,
        target=origin.target,
        workspace=path,
        commit=origin.commit,
        dirty=origin.dirty,
        ref=origin.ref,
        address=str(key),
        action=str(action),
        status=status,
        live_name=live_name,
        live_id=_live_id(path, key, live_name),
        actor=occasion.actor or _user(occasion.repository(session)),
        pull_request=occasion.pull_request,
        approved_by=occasion.approved_by,
        workflow_run=occasion.workflow_run,
        tool_version=__version__,
    )


def _finish(entry: Entry, outcome: Outcome, occasion: Occasion) -> Entry:
    """Of the same run always the same id, whoever writes it down."""
    return replace(
        entry,
        at=_now(),
        id=_id(*entry.live, outcome.status, outcome.ended_at),
        action=FINISH,
        status=outcome.status,
        run=outcome,
        error="",
        parts={},
        spec="",
        workflow_run=occasion.workflow_run,
        tool_version=__version__,
    )


def _live_id(path: str, key: Key, live_name: str) -> str:
    name, _, version = live_name.partition(":")
    return f"{path}/{COLLECTION[key.kind]}/{name}" + (f"/versions/{version}" if version else "")


def _user(repository: Repository) -> str:
    return repository.ask("config", "--get", "user.email", default="")


def _id(*words: str) -> str:
    return sha256(list(words))[:32]


def _now() -> str:
    # Fine enough to tell what came first in two applies of the same second.
    return datetime.now(UTC).isoformat(timespec="microseconds")
