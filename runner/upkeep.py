"""What a workspace needs beside plan and apply: a beginning, a look at what nobody explains, and an end."""

from collections.abc import Iterable, Iterator, Mapping

from runner.desired import newcomers, rules
from runner.desired.promotions import needed
from runner.engine import Session, fence, plan
from runner.errors import ConfigError, GitError
from runner.git.ancestry import is_shallow
from runner.git.history import History
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.live import importing
from runner.live import read as live
from runner.live import runs as live_runs
from runner.live.written.layout import CODE, Layout, lay_out
from runner.model.diagnostics import Diagnostic, Severity
from runner.model.events import Listener, Working
from runner.model.imports import Imported
from runner.model.keys import Key
from runner.model.ledger import Ledger
from runner.model.live import LiveState, Stray
from runner.model.plan import Action, Plan
from runner.model.rules import Settings
from runner.plan.departures import owned
from runner.plan.explained import Record, commits
from runner.plan.planning import Asked
from runner.plan.removals import Retention, make_destroy, make_prune
from runner.plan.strays import strays


def prune(session: Session, listener: Listener, retention: Retention, *, allow_rollback: bool) -> Plan:
    """The plan that archives versions of this project that nothing uses. Only reads."""
    made = plan(session, listener)
    listener(Working("reading every version"))
    found = live.read(session.rest, session.desired, whole=True)
    asked = Asked(allow_rollback=allow_rollback, fence=fence(session, found))
    in_use = {*live_runs.in_use(session.rest), *_promoted(session)}
    return make_prune(session.desired, found, asked, _settings(session, found), retention, in_use, made)


def _promoted(session: Session) -> Iterator[str]:
    """The versions at this target's end of a promotion."""
    for key, versions in needed(session.project.config, session.target).items():
        yield from (f"{key}:{version}" for version in versions)


def destroy(session: Session, listener: Listener, *, allow_rollback: bool) -> Plan:
    """The plan that takes away everything that this project owns in this target, and nothing else. Only reads."""
    listener(Working("reading the workspace"))
    found = live.read(session.rest, session.desired, whole=True)
    asked = Asked(allow_rollback=allow_rollback, fence=fence(session, found))
    return make_destroy(session.desired, found, asked, _settings(session, found))


def _settings(session: Session, found: LiveState) -> dict[Key, Settings]:
    """What rules settle for everything that this project owns; a spec may settle more, as its type does."""
    settings = {key: rules.settings(session.project.config.rules, key) for key in owned(session.desired.origin, found)}
    return settings | {resource.key: resource.settings for resource in session.desired.resources}


def unexplained(session: Session, listener: Listener) -> tuple[tuple[Stray, ...], tuple[Diagnostic, ...]]:
    """Everything live that no spec or no commit explains and that is nobody else's; what of the ledger is not read.

    Only reads.
    """
    listener(Working("reading everything in the workspace"))
    found = live.read(session.rest, session.desired, whole=True)
    runs = live_runs.everybodys(session.rest)
    repository = Repository(session.project.repository)
    recorded, warnings = _ledger(repository)
    record = _record(session, repository, recorded, commits(session.desired, found, runs))
    return strays(session.desired, found, runs, session.project.config.external, record), warnings


def _ledger(repository: Repository) -> tuple[Ledger, tuple[Diagnostic, ...]]:
    try:
        found = read(repository)
    except GitError as error:
        return Ledger(), (Diagnostic(f"the ledger is not read: {error}", severity=Severity.WARNING),)
    passed = [Diagnostic(f"passed over in the ledger: {each}", severity=Severity.WARNING) for each in found.damage]
    return found, tuple(passed)


def _record(session: Session, repository: Repository, recorded: Ledger, wanted: Iterable[str]) -> Record:
    own = [each for each in recorded.entries if each.project == session.desired.origin.project]
    done = [each for each in own if each.status == "done" and each.action != Action.DELETE]
    here = History(repository).commits({*wanted, *(each.commit for each in done)})
    return Record(
        here=here.keys(),
        told={(each.address, each.digest) for each in done if each.commit in here and not each.dirty},
        refs={each.commit: f"refs/pull/{each.pull_request}/head" if each.pull_request else each.ref for each in own},
        shallow=is_shallow(repository),
    )


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
