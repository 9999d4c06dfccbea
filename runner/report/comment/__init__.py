"""The comment on a pull request: what would run and what it can cost, how it went, whether it got better.

Markdown as GitHub renders it. Everything that is not ours to say goes through `runner.report.escape`.
"""

from runner.model.review import Review
from runner.report.comment.changes import beside, changes, findings, graph, needs
from runner.report.comment.costs import reckoned
from runner.report.comment.fields import fields
from runner.report.comment.headline import headline
from runner.report.comment.metrics import outcomes
from runner.report.comment.parts import ROOM, fitted
from runner.report.comment.runs import logs, runs, undone


def comment(review: Review, room: int = ROOM) -> str:
    """The whole comment, of at most `room` characters: what is most important first, and what is long, folded."""
    parts = (
        headline(review),
        *findings(review),
        *undone(review),
        *runs(review),
        *logs(review),
        *outcomes(review),
        *changes(review),
        *fields(review),
        *needs(review),
        *reckoned(review),
        *graph(review),
        *beside(review),
    )
    return fitted(parts, room)
