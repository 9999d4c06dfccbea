"""Two commits side by side: what each of their jobs is made of, the run of that, and what made the difference."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from runner import asof
from runner.asking import Place
from runner.asof import differing
from runner.comparing.commits import between
from runner.comparing.runs import Runs
from runner.comparing.then import Then, then
from runner.desired import targets
from runner.desired.project import Project
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.model.contrast import Contrast, Pair, Side, Way
from runner.model.events import Listener, Working
from runner.model.keys import Key, select


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared. `revisions` as git takes them; without a `pattern` all jobs, without a `target` the default."""

    revisions: str
    pattern: str | None = None
    target: str | None = None
    offline: bool = False


def compare(found: Project, question: Question, environment: Mapping[str, str], listener: Listener) -> Contrast:
    """The jobs of two commits. Raises ConfigError for a commit, a target or a pattern that nobody knows.

    The workspace is asked for runs that the ledger does not know, or of which it does not know how they ended. It is
    never started for that.
    """
    target, _ = targets.named(found, question.target)
    repository = Repository(found.repository)
    recorded = read(repository)
    commits = between(repository, recorded, question.revisions)
    place = Place(found, recorded, target, environment, question.offline)
    with ExitStack() as stack:
        listener(Working("reading the specs of both commits"))
        base, head = (then(place, commit, stack) for commit in commits)
        every = base.jobs.keys() | head.jobs.keys()
        wanted = select(every, [question.pattern]) if question.pattern else None
        runs = Runs(place, listener)
        unknown = [*base.problems, *head.problems, *_untold(base, head, wanted), *recorded.wanting()]
        pairs = [_with_runs(pair, runs, wanted) for pair in _pairs(base, head, wanted)]
        told = _explained(pairs, base, head)
    unknown += [*_without_run(told, base, head, wanted), *filter(None, [place.problem])]
    return Contrast(target, *commits, told, tuple(runs.asked), tuple(unknown))


def _pairs(base: Then, head: Then, wanted: Collection[Key] | None) -> Iterator[Pair]:
    for key in sorted(base.jobs.keys() | head.jobs.keys()):
        if (wanted is None or key in wanted) and not _unsure(key, base, head):
            yield Pair(key, base.jobs.get(key), head.jobs.get(key))


def _unsure(key: Key, base: Then, head: Then) -> Then | None:
    """The commit of which nobody can say whether it had this job."""
    return next((each for each in (base, head) if key not in each.jobs and each.state is None), None)


def _untold(base: Then, head: Then, wanted: Collection[Key] | None) -> Iterator[str]:
    for key in sorted(base.jobs.keys() | head.jobs.keys()):
        where = _unsure(key, base, head)
        if where and (wanted is None or key in wanted):
            yield f"{key}: the ledger does not say what it was at {where.short}"


def _with_runs(pair: Pair, runs: Runs, wanted: Collection[Key] | None) -> Pair:
    ask = _is_shown(pair, wanted)

    def ran(side: Side | None) -> Side | None:
        return side and replace(side, ran=runs.of(pair.key, side.digest, ask=ask))

    base = ran(pair.base)
    return replace(pair, base=base, head=base if pair.way is Way.SAME else ran(pair.head))


def _is_shown(pair: Pair, wanted: Collection[Key] | None) -> bool:
    """Whether more is told of a job than that it is the same."""
    return wanted is not None or pair.way is not Way.SAME


def _without_run(pairs: Iterable[Pair], base: Then, head: Then, wanted: Collection[Key] | None) -> Iterator[str]:
    for pair in pairs:
        if _is_shown(pair, wanted):
            for side, where in ((pair.base, base), (pair.head, head))[: 1 if pair.way is Way.SAME else 2]:
                if side and not side.ran:
                    yield f"{pair.key} at {where.short}: no run of this content is known"


def _explained(pairs: Iterable[Pair], base: Then, head: Then) -> tuple[Pair, ...]:
    """The pairs, each with what made its difference."""
    found = {
        pair.key: differing(pair.base.parts, pair.head.parts)
        for pair in pairs
        if pair.way is Way.CHANGED and pair.base and pair.head
    }
    if head.state:
        found = asof.told(head.state, found, base.commit.id)
    if head.state and base.state:
        found = {key: asof.repackaged(base.state, head.state, key, told) for key, told in found.items()}
    return tuple(replace(pair, spec=found.get(pair.key, ())) for pair in pairs)
