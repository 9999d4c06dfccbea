"""The runs of a change: how each stands, what came of it, and why it failed."""

from collections.abc import Iterator

from runner.model.plan import Action
from runner.model.review import Review, Trained, Trial
from runner.model.runs import COMPLETED
from runner.report import escape
from runner.report.comment.compare import deciding, way
from runner.report.comment.headline import GONE, failed, plural
from runner.report.comment.parts import Part, Rank, folded, whole
from runner.report.escape import cell, code, link, prose
from runner.report.lines import duration, number

_SEEN = 20  # rows of the table before the rest is folded
_TAIL = 20  # lines of a log
_ICONS = {COMPLETED: "✅", "Failed": "❌", "Canceled": "🚫", GONE: "❔", "Running": "🏃", "Finalizing": "🏃"}


def runs(review: Review) -> Iterator[Part]:
    """One row a run; those that need a look come first."""
    head = "| run | status | time | result |\n|---|---|--:|---|\n"
    ordered = by_need(review.trials)
    rows, brief = (tuple(_row(trial, is_brief=is_brief) for trial in ordered) for is_brief in (False, True))
    yield Part(Rank.RUNS, rows[:_SEEN], head, what="runs")
    rest = Part(Rank.RUNS, rows[_SEEN:], head, what="runs", brief=brief[_SEEN:])
    yield folded(f"{len(rest.rows):,} more runs", rest)


def by_need(trials: tuple[Trial, ...]) -> list[Trial]:
    """Failures first, then failed gates, then the rest; else in the plan's order."""
    broken = {trial.key for trial in failed(trials)}
    return sorted(trials, key=lambda trial: (trial.key not in broken, trial.passed))


def _row(trial: Trial, *, is_brief: bool) -> str:
    head = trial.head
    status = f"{_ICONS.get(head.status, '🕓')}&nbsp;{prose(head.status, in_cell=True)}"
    time = "" if head.seconds is None else duration(head.seconds).replace(" ", "&nbsp;")
    name = cell(str(trial.key)) if is_brief else link(str(trial.key), head.url, in_cell=True)
    return f"| {name} | {status} | {time} | {'<br>'.join(_results(trial))} |\n"


def _results(trial: Trial) -> Iterator[str]:
    if trial.head.error:
        yield prose(trial.head.error, in_cell=True)
    broken = [verdict for verdict in trial.gates if not verdict.passed]
    if broken:
        yield f"❌ {plural(len(broken), 'gate', 'gates')} of {len(trial.gates)} failed"
    elif trial.gates:
        yield f"✅ {plural(len(trial.gates), 'gate', 'gates')} passed"
    found = way(trial)
    if found:
        first = deciding(trial)[0]
        yield f"**{found}**: {cell(first.name)} {number(first.base or 0.0)} → {number(first.value or 0.0)}"
    if trial.reused:
        yield "trained before: nothing had to run"
    if trial.registered:
        yield f"registered as {cell(trial.registered)}"
    if trial.unregistered:
        yield f"❌ {prose(trial.unregistered, in_cell=True)}"


def logs(review: Review) -> Iterator[Part]:
    """The last lines of each run that failed."""
    for trial in failed(review.trials):
        if trial.head.tail:
            yield whole(Rank.LOGS, _log(trial.head, str(trial.key)), "logs")


def _log(run: Trained, key: str) -> str:
    where = link(run.live_name, run.url)
    return f"**{code(key)}**: the last lines of the log of {where}\n\n{escape.block(chr(10).join(run.tail[-_TAIL:]))}"


def undone(review: Review) -> Iterator[Part]:
    """What an apply could not do, beside runs that failed by themselves."""
    rows = tuple(
        f"- {code(str(result.key))} {result.status}: {prose(result.error or result.because)}\n"
        for result in review.results
        if result.status != "done" and result.action is not Action.NO_OP
    )
    yield Part(Rank.ERRORS, rows, "**Not applied**\n\n", what="results")
