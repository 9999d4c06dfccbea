"""`aml ci report`: finishes the stories that nobody waited for: of detached runs, and of runners that died."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from runner import review
from runner.engine import Session
from runner.github import opening, story
from runner.github.context import Context
from runner.github.opening import Call
from runner.github.publish import Publisher
from runner.github.story import Story
from runner.model.events import Listener, Working
from runner.model.gates import Gate
from runner.model.keys import Key
from runner.model.review import Review, Stage
from runner.model.runs import TERMINAL

MOST = 100  # pull requests looked at, those that were changed last


def report(call: Call, context: Context, listener: Listener) -> int:
    """Looks for our comments that tell of runs under way, and tells how these stand now; the exit code."""
    publisher = Publisher(context, dry=call.dry_run)
    session = opening.open_session(call, replace(context, pull_request=None), listener)
    listener(Working("looking for runs that nobody has told the end of"))
    for number, told in _open(publisher, session.target):
        publisher.numbers = [number]
        found = _looked(session, told)
        publisher.review(found, _gates(told))
    return 0


def _open(publisher: Publisher, target: str) -> Iterator[tuple[int, Story]]:
    if not publisher.context.repository:
        return
    for number, _ in publisher.client.touched(MOST):
        found = publisher.client.comment(number, story.marker(target))
        told = story.read(found.body) if found else None
        if told and told.open and told.jobs:
            yield number, told


def _gates(told: Story) -> Mapping[Key, tuple[Gate, ...]]:
    return {job.key: job.gates for job in told.jobs}


def _looked(session: Session, told: Story) -> Review:
    """The review of a story as its runs stand now."""
    asked = [review.Asked(job.key, job.head, job.base, job.gates) for job in told.jobs]
    found = review.trials(session, asked, opening.now())
    trials = tuple(replace(trial, reused=job.reused) for trial, job in zip(found, told.jobs, strict=True))
    over = all(trial.head.status in TERMINAL or trial.head.status == "NotFound" for trial in trials)
    stage = Stage.FINISHED if over else Stage.RUNNING
    return Review(session.target, stage, told.commit, trials=trials, url=told.url)
