"""`aml ci report`: finishes the stories that nobody waited for: of detached runs, and of runners that died."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from runner import recording, review
from runner.engine import Session
from runner.errors import AmlError
from runner.github import opening, story
from runner.github.context import Context
from runner.github.opening import Call
from runner.github.publish import Publisher
from runner.github.story import Story, Told
from runner.model.events import Listener, Working
from runner.model.review import Review, Stage, Trained, Trial
from runner.model.runs import TERMINAL

MOST = 100  # pull requests looked at, those that were changed last


def report(call: Call, context: Context, listener: Listener, *, push_ledger: bool) -> int:
    """Looks for our comments that tell of runs under way, and tells how these stand now; the exit code.

    The ledger is told how runs ended, also those that no comment tells of. A story that cannot be told keeps no other
    from it. Raises the first such error once all have had their turn.
    """
    publisher = Publisher(context, dry=call.dry_run)
    session = opening.open_session(call, replace(context, pull_request=None), listener)
    listener(Working("looking for runs that nobody has told the end of"))
    found = list(_open(publisher, session.target))
    runs = review.own_runs(session) if found else {}
    failed = [error for number, told in found if (error := _tell(publisher, session, runs, number, told))]
    if not call.dry_run:
        publisher.annotate(recording.finished(session, opening.occasion(context, (), push=push_ledger)))
    if failed:
        raise failed[0]
    return 0


def _open(publisher: Publisher, target: str) -> Iterator[tuple[int, Story]]:
    if not publisher.context.repository:
        return
    for number, commits in publisher.client.touched(MOST):
        found = publisher.client.comment(number, story.marker(target))
        told = story.read(found.body) if found else None
        # A status decides whether something is merged: it is set on commits of the pull request, whatever is told.
        if told and told.open and told.jobs and told.commit in commits:
            yield number, told


def _tell(publisher: Publisher, session: Session, runs: Mapping[str, str], number: int, told: Story) -> AmlError | None:
    publisher.numbers = [number]
    try:
        publisher.review(_looked(session, runs, told, publisher.context), {job.key: job.gates for job in told.jobs})
    except AmlError as error:
        return error
    return None


def _looked(session: Session, runs: Mapping[str, str], told: Story, context: Context) -> Review:
    """The review of a story as its runs stand now."""
    trials = tuple(_trials(session, runs, told.jobs))
    over = all(trial.head.status in TERMINAL or trial.head.status == "NotFound" for trial in trials)
    stage = Stage.FINISHED if over else Stage.RUNNING
    is_ours = told.url.rpartition("/")[0] == context.run_url.rpartition("/")[0]
    return Review(session.target, stage, told.commit, trials=trials, url=told.url if is_ours else "")


def _trials(session: Session, runs: Mapping[str, str], jobs: Sequence[Told]) -> Iterator[Trial]:
    """The jobs of a story. Whatever that says, nothing is told of runs of other projects, nor of other jobs' runs."""
    known = {job: runs.get(job.head) == str(job.key) for job in jobs}
    asked = [
        review.Asked(job.key, job.head, job.base if job.base in runs else "", job.gates) for job in jobs if known[job]
    ]
    looked = iter(review.trials(session, asked, opening.now()))
    for job in jobs:
        if known[job]:
            yield replace(next(looked), reused=job.reused)
        else:
            yield Trial(job.key, Trained(job.head, "NotFound", error="this job has no such run"))
