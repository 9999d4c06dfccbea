"""The jobs of a commit, by their content: as its specs give it, and where those do not tell, as the ledger has it."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from runner.asking import Place
from runner.asof import AsOf, as_of
from runner.errors import AmlError
from runner.model.commits import Commit
from runner.model.contrast import Side
from runner.model.diagnostics import first
from runner.model.digest import parts
from runner.model.keys import Key, Kind
from runner.model.ledger import Entry


@dataclass(frozen=True, slots=True)
class Then:
    """A commit. Without a `state` its specs could not be loaded, and there may be more jobs than are known."""

    commit: Commit
    jobs: Mapping[Key, Side]
    state: AsOf | None = None
    problems: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The commit as people are told it."""
        return self.commit.id[:10]


def then(place: Place, commit: Commit, stack: ExitStack) -> Then:
    """The jobs of a commit; its files are there until the stack is closed."""
    told = _told(place, commit)
    try:
        made = as_of(place.project, commit.id, place.target, place.environment, offline=place.offline)
        state = stack.enter_context(made)
    except AmlError as error:
        problem = f"{commit.id[:10]}: {first(error)}; told is what the ledger says was applied from it"
        return Then(commit, {key: _side(entry) for key, entry in told.items()}, problems=(problem,))
    own = [each for each in state.desired.resources if each.key.kind is Kind.JOB]
    jobs = {each.key: Side(each.digest, parts(each.content)) for each in own}
    known = {entry.digest for entry in place.recorded.entries}
    others = {key: told[key] for key in jobs if key in told and jobs[key].digest not in known}
    problems = tuple(
        f"{key} at {commit.id[:10]}: what was applied is not what the commit alone gives (a pull request is applied as "
        "it would be merged; -V and ETags count, too)"
        for key in others
    )
    return Then(commit, jobs | {key: _side(entry) for key, entry in others.items()}, state, problems)


def _told(place: Place, commit: Commit) -> dict[Key, Entry]:
    """What the ledger says of the jobs of a commit, the latest of each; nothing of what was applied with edits."""
    return {entry.key: entry for entry in _own(place) if entry.commit == commit.id and entry.stands and not entry.dirty}


def _own(place: Place) -> Iterable[Entry]:
    project = place.project.config.project
    return (entry for entry in place.recorded.entries if (entry.project, entry.target) == (project, place.target))


def _side(entry: Entry) -> Side:
    return Side(entry.digest, entry.parts)
