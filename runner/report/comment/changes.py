"""What a plan changes: the table with reasons, the graph, and what stands beside it."""

from collections.abc import Iterator

from runner.model.diagnostics import Diagnostic, Severity
from runner.model.plan import Action, Change, Plan, Reason
from runner.model.review import Review, Stage
from runner.report import mermaid, text
from runner.report.comment.costs import dollars, due
from runner.report.comment.headline import counted, plural
from runner.report.comment.parts import Part, Rank, folded, whole
from runner.report.escape import cell, code, prose
from runner.report.lines import shown

_SEEN = 20  # rows of a table before the rest is folded
_REASONS = 3  # of one change in the table; the rest stands among the fields
_FEW = 3  # warnings; more are folded
_BIG, _TOO_BIG = 8, 80  # nodes of a graph: folded, and more than anybody reads


def changes(review: Review) -> Iterator[Part]:
    """The table of changes. Once runs are there, it is no longer the news."""
    if review.plan is None or not review.plan.pending:
        return
    costs = due(review)
    head = f"| | change | why |{' at&nbsp;most |' if costs else ''}\n|---|---|---|{'--:|' if costs else ''}\n"
    rows, brief = (
        tuple(_row(change, dollars(costs.get(change.key)) if costs else None, most) for change in review.plan.pending)
        for most in (_REASONS, 1)
    )
    if review.trials and review.stage is not Stage.PLANNED:
        yield folded(f"What changed: {counted(review)}", Part(Rank.CHANGES, rows, head, what="changes", brief=brief))
        return
    yield Part(Rank.CHANGES, rows[:_SEEN], head, what="changes", brief=brief[:_SEEN])
    rest = Part(Rank.CHANGES, rows[_SEEN:], head, what="changes", brief=brief[_SEEN:])
    yield folded(f"{len(rest.rows):,} more", rest)


def _row(change: Change, usd: str | None, most: int) -> str:
    cost = "" if usd is None else f" {usd} |"
    return f"| `{change.action.symbol}`&nbsp;{change.action} | {cell(name(change))} | {_why(change, most)} |{cost}\n"


def name(change: Change) -> str:
    """What a change is called: assets with their version."""
    return f"{change.key.kind}/{change.live_name}" if change.key.kind.versioned else str(change.key)


def _why(change: Change, most: int) -> str:
    told = [_reason(reason) for reason in change.reasons[:most]]
    if len(change.reasons) > most:
        told.append(f"and {len(change.reasons) - most:,} more")
    told += [f"cancels {cell(older)}, which it takes the place of" for older in change.supersedes[:most]]
    told += (
        [f"takes away {plural(len(change.removes), 'version or run', 'versions or runs')}"] if change.removes else []
    )
    return "<br>".join(told) or _without_reason(change)


def _reason(reason: Reason) -> str:
    mark = " **forces replacement**" if reason.forces_replacement else ""
    if reason.file:
        what = "added" if reason.before is None else "removed" if reason.after is None else "changed"
        return f"{cell(reason.field)}: {cell(reason.file)} {what}"
    if reason.untold:
        return f"{cell(reason.field)} changed{mark}"
    return f"{cell(reason.field)}: {cell(shown(reason.before))} → {cell(shown(reason.after))}{mark}"


def _without_reason(change: Change) -> str:
    if change.action is Action.RUN and not change.since:
        return "never ran"
    return "new" if change.action is Action.CREATE else prose(change.state, in_cell=True) if change.state else ""


def graph(review: Review) -> Iterator[Part]:
    """What changes and what it needs; nothing where there is no arrow to see."""
    if review.plan is None or review.stage is not Stage.PLANNED or not review.plan.pending:
        return
    chart = mermaid.graph(review.plan, changing=True)
    if "-->" not in chart or mermaid.size(chart) > _TOO_BIG:
        return
    part = whole(Rank.GRAPH, f"```mermaid\n{chart}```\n", "graph")
    yield folded("What needs what", part) if mermaid.size(chart) > _BIG else part


def beside(review: Review) -> Iterator[Part]:
    """Drift, labels that moved, and what is left to others."""
    if review.plan is None:
        return
    drift = tuple(_drift(review.plan))
    yield Part(Rank.DRIFT, drift, "**Changed in the workspace, and not by a spec**\n\n", what="drifts")
    withheld = tuple(
        f"- `{change.action.symbol}` {code(name(change))}: {prose(change.withheld)}\n"
        for change in review.plan.withheld
    )
    yield Part(Rank.DRIFT, withheld, "**Withheld**\n\n", what="withheld changes")


def _drift(made: Plan) -> Iterator[str]:
    for each in made.drift:
        what = code(f"{each.field}: {shown(each.before)} -> {shown(each.after)}")
        by = f", by {code(each.by)}" if each.by else ""
        kept = "a rule keeps it" if each.kept else "apply takes it back"
        yield f"- {code(str(each.key))} {what}{by}: {kept}\n"
    for change in made.changes:
        for told in text.reasons(change.moved):
            yield f"- {code(str(change.key))} {code(told)}: a label moved, runs keep what they ran with\n"


def needs(review: Review) -> Iterator[Part]:
    """Quota against need; what is short comes first."""
    found = sorted(review.needs if review.stage is Stage.PLANNED else (), key=lambda need: not need.short)
    rows = tuple(f"- {'⚠️ ' if need.short else ''}{code(str(need.key))}: {prose(need.text)}\n" for need in found)
    yield Part(Rank.DRIFT, rows, "**Quota against need**\n\n", what="needs")


def findings(review: Review) -> Iterator[Part]:
    """What is wrong with the specs and where, and what is to be looked at."""
    found = [*review.diagnostics, *(review.plan.diagnostics if review.plan else ())]
    errors, warnings = (
        tuple(_finding(each) for each in found if each.severity is severity)
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    yield Part(Rank.ERRORS, errors, what="errors")
    part = Part(Rank.WARNINGS, warnings, "**Warnings**\n\n", what="warnings")
    yield folded(plural(len(warnings), "warning", "warnings"), part) if len(warnings) > _FEW else part


def _finding(each: Diagnostic) -> str:
    place = f"{code(str(each.position))}: " if each.position else ""
    return f"- {'❌' if each.severity is Severity.ERROR else '⚠️'} {place}{prose(each.told)}\n"
