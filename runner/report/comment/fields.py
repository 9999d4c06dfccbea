"""The fields that differ, one by one, as a diff."""

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from itertools import islice
from typing import Any

from runner.model.plan import Change, Reason
from runner.model.review import Review
from runner.report import escape, text
from runner.report.comment.changes import name
from runner.report.comment.parts import Part, Rank, folded

_MOST_FIELDS = 40  # of one change
_MOST_LINES = 30  # of one value


def fields(review: Review) -> Iterator[Part]:
    """One folded diff of everything that differs."""
    pending = review.plan.pending if review.plan else ()
    rows = tuple(_change(change) for change in pending if change.reasons)
    ticks = escape.fence("".join(rows))
    yield folded("Field by field", Part(Rank.FIELDS, rows, f"{ticks}diff\n", f"{ticks}\n", what="diffs"))


def _change(change: Change) -> str:
    lines = [f"@@ {name(change)} @@"]
    for reason in islice(change.reasons, _MOST_FIELDS):
        lines += _reason(reason)
    if len(change.reasons) > _MOST_FIELDS:
        lines.append(f"! and {len(change.reasons) - _MOST_FIELDS} more")
    return "".join(f"{escape.line(line)}\n" for line in lines)


def _reason(reason: Reason) -> list[str]:
    if reason.file or reason.untold:
        return [f"! {told}" for told in text.reasons([reason])]
    before, after = _lines(reason.before), _lines(reason.after)
    mark = "  # forces replacement" if reason.forces_replacement else ""
    if len(before) <= 1 and len(after) <= 1:
        removed, added = (
            [f"{sign} {reason.field}: {line}" for line in side] for sign, side in (("-", before), ("+", after))
        )
        return [*removed, *(line + mark for line in added)]
    differing = [line for line in islice(unified_diff(before, after, n=1), 2, None) if not line.startswith("@@")]
    more = [f"! and {len(differing) - _MOST_LINES} more lines"] if len(differing) > _MOST_LINES else []
    return [f"  {reason.field}:{mark}", *differing[:_MOST_LINES], *more]


def _lines(value: Any) -> list[str]:
    """A value as people write it, cut where a comparison line by line would take long."""
    if value is None:
        return []
    if isinstance(value, Mapping | list | tuple):
        written = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    else:
        written = str(value).lower() if isinstance(value, bool) else str(value)
    return written.splitlines()[: _MOST_LINES * 2] or [""]
