"""Where a review goes: the pull request's comment, the step's summary and outputs, annotations, the commit's status."""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property

import click

from runner.github import story, workflow
from runner.github.client import Client
from runner.github.context import Context
from runner.model.diagnostics import Diagnostic
from runner.model.gates import Gate
from runner.model.keys import Key
from runner.model.plan import Action
from runner.model.review import Review, Stage
from runner.model.runs import COMPLETED, TERMINAL
from runner.report import text
from runner.report.comment import comment
from runner.report.comment.parts import ROOM

_LIMIT = 65_536  # characters of a comment that GitHub takes
_STATES = {Stage.PLANNED: "success", Stage.RUNNING: "pending", Stage.ABORTED: "error"}


class Publisher:
    """Publishes what becomes of one commit in one target. Dry, it prints what would be posted, and posts nothing.

    `numbers` are the pull requests that are told. A pull request of a fork has no token that may write.
    """

    def __init__(self, context: Context, *, dry: bool) -> None:
        pull = context.pull_request
        self.context = context
        self.dry = dry or not context.repository
        self.numbers: list[int] = [pull.number] if pull else []
        self._mute = bool(pull and pull.fork)

    @cached_property
    def client(self) -> Client:
        """GitHub, asked only when something is posted there."""
        return Client(self.context)

    @property
    def posts(self) -> bool:
        """Whether anything is written to GitHub."""
        return not (self.dry or self._mute)

    def told(self, target: str) -> Iterable[tuple[int, str]]:
        """Our comments for a target on the pull requests: their numbers and texts."""
        for number in self.numbers if self.posts else ():
            found = self.client.comment(number, story.marker(target))
            if found:
                yield number, found.body

    def review(self, review: Review, gates: Mapping[Key, tuple[Gate, ...]]) -> None:
        """The comment and the status, as they stand now."""
        if self.dry:
            click.echo(comment(review))
        if not self.posts:
            return
        mark, kept = story.marker(review.target), story.hidden(story.of(review, gates))
        body = f"{mark}\n{comment(review, min(ROOM, _LIMIT - len(mark) - len(kept) - 2))}\n{kept}"
        for number in self.numbers:
            self.client.write_comment(number, mark, body)
        state = _STATES.get(review.stage, "success") if review.well else "failure"
        self.client.status(review.commit, f"aml/{review.target}", state, words(review), review.url)

    def annotate(self, found: Iterable[Diagnostic]) -> None:
        """Annotations at the files that findings are about."""
        if self.context.event:
            for line in workflow.annotations(found):
                click.echo(line)

    def finish(self, review: Review, found: Iterable[Diagnostic]) -> None:
        """What a step leaves behind: annotations, its summary, its outputs."""
        self.annotate(found)
        workflow.write_summary(self.context, comment(review))
        workflow.write_outputs(self.context, outputs(review))


def words(review: Review) -> str:
    """Where a review stands, in one sentence."""
    failed = [trial for trial in review.trials if not trial.well]
    if review.stage is Stage.INVALID:
        return f"{len(review.diagnostics)} problems in the specs"
    if review.stage is Stage.FINISHED and review.trials:
        return f"{len(review.trials) - len(failed)} of {len(review.trials)} runs are good enough"
    if review.trials:
        over = sum(trial.head.status in TERMINAL for trial in review.trials)
        return f"{over} of {len(review.trials)} runs are over"
    return text.summary(review.plan) if review.plan else review.note


def outputs(review: Review) -> dict[str, str]:
    """The outputs of a step: `changes` and `runs` are numbers, `result` is success or failure, `metrics` is JSON."""
    pending = review.plan.pending if review.plan else ()
    metrics = {str(trial.key): dict(trial.head.metrics) for trial in review.trials if trial.head.status == COMPLETED}
    return {
        "stage": review.stage,
        "changes": str(len(pending)),
        "runs": str(sum(change.action is Action.RUN for change in pending)),
        "result": "success" if review.well else "failure",
        "metrics": json.dumps(metrics, sort_keys=True),
    }
