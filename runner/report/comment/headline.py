"""The first lines of a comment: how much changes, where, how it stands, what it can cost."""

from collections import Counter
from collections.abc import Iterable

from runner.model.diagnostics import errors_in
from runner.model.plan import Action
from runner.model.review import Review, Stage, Trial
from runner.model.runs import FAILED, Phase, phase
from runner.report.comment.compare import Way, together, way
from runner.report.comment.costs import total
from runner.report.comment.parts import Part, Rank, whole
from runner.report.escape import address, code, prose

GONE = "NotFound"
_NOUNS = {
    Action.RUN: ("run", "runs"),
    Action.UPDATE: ("update", "updates"),
    Action.CREATE: ("new", "new"),
    Action.REPLACE: ("replacement", "replacements"),
    Action.DELETE: ("deletion", "deletions"),
    Action.ADOPT: ("adoption", "adoptions"),
}
_GOOD, _BAD, _LOOK, _READ, _WAIT = "✅", "❌", "⚠️", "📋", "⏳"
_WAYS = {Way.BETTER: _GOOD, Way.SAME: _GOOD, Way.WORSE: _LOOK, Way.MIXED: _LOOK}


def headline(review: Review) -> Part:
    """The heading and the line below it."""
    icon, state = _state(review)
    what = f"{counted(review)} on" if review.plan or review.trials else "Specs for"
    heading = f"### {icon} {what} {code(review.target)}: {state}\n"
    told = " · ".join(filter(None, _facts(review)))
    note = f"\n> [!NOTE]\n> {prose(review.note)}\n" if review.note else ""
    return whole(Rank.HEADLINE, f"{heading}\n{told}\n{note}")


def counted(review: Review) -> str:
    """What changes, in numbers: `2 runs, 1 update`."""
    actions = [change.action for change in review.plan.pending] if review.plan else _of_runs(review.trials)
    count = Counter(actions)
    told = [plural(count[action], *words) for action, words in _NOUNS.items() if count[action]]
    reused = sum(trial.reused for trial in review.trials)
    told += [plural(reused, "earlier run", "earlier runs")] if reused else []
    return ", ".join(told) or "Nothing to do"


def _of_runs(trials: Iterable[Trial]) -> list[Action]:
    """What is known of a plan that nobody has kept."""
    return [Action.RUN for trial in trials if not trial.reused]


def plural(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def failed(trials: Iterable[Trial]) -> list[Trial]:
    """Those whose run did not get to its end, or is not there any more."""
    return [trial for trial in trials if trial.head.status in {*FAILED, GONE}]


def _state(review: Review) -> tuple[str, str]:
    errors = len(errors_in([*review.diagnostics, *(review.plan.diagnostics if review.plan else ())]))
    if review.stage is Stage.INVALID or errors:
        return _BAD, plural(errors, "error", "errors") + (", nothing can be applied" if review.plan else "")
    match review.stage:
        case Stage.RUNNING:
            over = sum(phase(trial.head.status) is not Phase.ACTIVE for trial in review.trials)
            return _WAIT, f"running, {over} of {len(review.trials)} over" if review.trials else "running"
        case Stage.ABORTED:
            return _LOOK, "the workflow was canceled, its runs may go on"
        case Stage.FINISHED:
            return _outcome(review)
    if review.plan is None:
        return _GOOD, "valid"
    return (_READ, "planned") if review.plan.pending else (_GOOD, "up to date")


def _outcome(review: Review) -> tuple[str, str]:
    broken = len(failed(review.trials))
    gates = sum(not verdict.passed for trial in review.trials for verdict in trial.gates)
    lost = sum(bool(trial.unregistered) for trial in review.trials)
    undone = sum(result.status != "done" for result in review.results if result.action is not Action.NO_OP)
    bad = [
        f"{plural(broken, 'run', 'runs')} failed" if broken else "",
        f"{plural(gates, 'gate', 'gates')} failed" if gates else "",
        f"{plural(lost, 'model was', 'models were')} not registered" if lost else "",
        f"{plural(undone, 'change was', 'changes were')} not applied" if undone else "",
    ]
    if any(bad):
        return _BAD, ", ".join(filter(None, bad))
    found = together(map(way, review.trials))
    if found:
        return _WAYS[found], found
    if any(trial.gates for trial in review.trials):
        return _GOOD, "all gates passed"
    return _GOOD, "done"


def _facts(review: Review) -> list[str]:
    costs = total(review)
    unchanged = review.plan.summary()["unchanged"] - len(review.plan.withheld) if review.plan else 0
    return [
        f"commit {code(review.commit[:10])}" if review.commit else "",
        costs,
        f"{unchanged:,} unchanged" if unchanged else "",
        f"{len(review.plan.withheld):,} withheld" if review.plan and review.plan.withheld else "",
        f"[workflow]({address(review.url)})" if address(review.url) else "",
    ]
