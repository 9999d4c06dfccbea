"""A run and its commit: whether the one still gives the other, and what moved since then."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runner import asof
from runner.asking import Place
from runner.asof import AsOf, as_of, differing
from runner.desired import targets
from runner.desired.project import Project
from runner.errors import AmlError, ServiceError
from runner.git.history import History
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.live import translate
from runner.live.packages import packages
from runner.live.read import stands_for
from runner.model.commits import Commit
from runner.model.detectors import masked
from runner.model.diagnostics import first
from runner.model.digest import SCHEME, parts
from runner.model.events import Listener, Working
from runner.model.identity import sent_files
from runner.model.plan import Reason
from runner.model.references import Reference
from runner.model.reproduction import Now, Record, Reproduction
from runner.model.resource import DesiredState, Resource
from runner.reproducing import around
from runner.reproducing.finding import find, with_properties


@dataclass(frozen=True, slots=True)
class Question:
    """Which run: its live name, its job, or a model version that it became; without a `target` the default one."""

    name: str
    target: str | None = None
    offline: bool = False


def reproduce(found: Project, question: Question, environment: Mapping[str, str], listener: Listener) -> Reproduction:
    """Whether the commit of a run still gives its content, and what moved. Raises ConfigError for an unknown run.

    The workspace is asked for what the ledger does not hold. It is never started for that.
    """
    target, _ = targets.named(found, question.target)
    recorded = read(Repository(found.repository))
    place = Place(found, recorded, target, environment, question.offline)
    listener(Working(f"looking for {question.name}"))
    record = find(place, question.name)
    if record.target != target and record.known_from == "ledger":
        place = Place(found, recorded, record.target, environment, question.offline)
    if not question.offline:
        listener(Working("asking the workspace for what the ledger does not hold"))
    unknown = list(recorded.wanting())
    record = _whole(place, record, unknown)
    listener(Working("reading the specs of the commit"))
    with ExitStack() as stack:
        then = _state(place, record.commit, record.target, stack)
        head = Repository(found.repository).commit()
        now = then if head == record.commit else _state(place, head, record.target, stack)
        made = _judged(found, record, then, now, head)
        if isinstance(then, AsOf) and _resource(then, record):
            made = replace(made, **_around(place, then.desired, record, unknown))
    return replace(made, unknown=tuple(filter(None, [*unknown, place.problem])))


def _whole(place: Place, record: Record, unknown: list[str]) -> Record:
    """The record with what the workspace alone knows of the run."""
    if record.known_from == "workspace" or not place.rest:
        return record
    try:
        job = place.rest.get(f"jobs/{record.live_name}")
        run = translate.run(job) if job else None
        if run and run.digest == record.digest:
            return with_properties(place, record, run)
        unknown.append(f"{record.live_name} is not in the workspace any more")
    except ServiceError as error:
        unknown.append(str(error))
    return record


def _state(place: Place, commit: str, target: str, stack: ExitStack) -> AsOf | str:
    """The project at a commit, else why it cannot be had."""
    if not commit:
        return ""
    try:
        return stack.enter_context(as_of(place.project, commit, target, place.environment, offline=place.offline))
    except AmlError as error:
        return first(error)


def _resource(state: AsOf, record: Record) -> Resource | None:
    return next((each for each in state.desired.resources if each.key == record.key), None)


def _judged(found: Project, record: Record, then: AsOf | str, now: AsOf | str, head: str) -> Reproduction:
    commits = History(Repository(found.repository)).commits([record.commit, head])
    commit = commits.get(record.commit, Commit(record.commit))
    resource = _resource(then, record) if isinstance(then, AsOf) else None
    before = parts(resource.content) if resource and resource.digest == record.digest else record.parts
    standing = _now(record, then, now, commits.get(head, Commit(head)), before)
    if resource and resource.digest == record.digest:
        return Reproduction(record, commit, reproduced=True, now=standing)
    problem = then if isinstance(then, str) else "" if resource else f"no spec there makes {record.key}"
    why = tuple(filter(None, [problem, *_likely(record)]))
    return Reproduction(record, commit, False, standing, why, _differing(record, resource) if resource else ())


def _likely(record: Record) -> Iterator[str]:
    """Why a commit may not give the content of a run that was submitted from it."""
    if record.dirty:
        yield "it was submitted with edits that are in no commit"
    if record.scheme != SCHEME:
        yield f"its digest was taken by the rules {record.scheme or 'of an unknown version'}, this aml has {SCHEME}"
    if record.pull_request:
        yield f"a pull request is trained as it would be merged: that of #{record.pull_request} is no commit of its own"
    if not record.commit:
        yield "it was not submitted from a commit"


def _differing(record: Record, resource: Resource) -> tuple[Reason, ...]:
    """The parts and files of a content that are not those of the run, as far as it wrote them down."""
    own = sent_files(resource)
    names = sorted(own.keys() | record.files.keys()) if record.files else ()
    files = (
        Reason(name.partition("/")[0], record.files.get(name), own.get(name), name.partition("/")[2])
        for name in names
        if record.files.get(name) != own.get(name)
    )
    told = tuple(files)
    fields = {each.field for each in told}
    rest = differing(record.parts, parts(resource.content)) if record.parts else ()
    return (*told, *(each for each in rest if each.field not in fields))


def _now(record: Record, then: AsOf | str, now: AsOf | str, head: Commit, before: Mapping[str, str]) -> Now:
    """What the commit that is checked out makes of the job."""
    if isinstance(now, str):
        return Now(head, None, why=now)
    resource = _resource(now, record)
    if resource is None:
        return Now(head, same=False, why=f"no spec makes {record.key} any more")
    if resource.digest == record.digest:
        return Now(head, same=True)
    reasons = {record.key: differing(before, parts(resource.content)) if before else ()}
    moved = asof.told(now, reasons, record.commit)[record.key]
    if isinstance(then, AsOf) and _resource(then, record):
        moved = asof.repackaged(then, now, record.key, moved)
    return Now(head, same=False, moved=moved)


def _around(place: Place, desired: DesiredState, record: Record, unknown: list[str]) -> dict[str, Any]:
    """What the digest does not hold."""
    data = list(around.unaddressed(desired, record.key))
    if not place.offline:
        began = datetime.fromisoformat(record.outcome.started_at) if record.outcome.started_at else None
        answers = [around.asked(each, began) for each in data]
        data = [each for each, _ in answers]
        unknown += [problem for _, problem in answers if problem]
    had = _had(place, record, unknown)
    return {
        "floating": tuple(around.floating(desired, record, _labels(place, unknown))),
        "packages": around.unpinned(desired, record.key, had),
        "data": tuple(replace(each, path=masked(each.path)) for each in data),
        "had": had,
    }


def _labels(place: Place, unknown: list[str]) -> Callable[[Reference], str]:
    def now(reference: Reference) -> str:
        try:
            return (stands_for(place.rest, reference) or "") if place.rest else ""
        except ServiceError as error:
            unknown.append(str(error))
            return ""

    return now


def _had(place: Place, record: Record, unknown: list[str]) -> Mapping[str, str]:
    try:
        return packages(place.rest, record.live_name) if place.rest else {}
    except ServiceError as error:
        unknown.append(str(error))
        return {}
