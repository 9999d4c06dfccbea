"""The ledger for people and spreadsheets: what is in it, and all of it as a table."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from runner.model.ledger import Entry, Ledger
from runner.report.lines import PLAIN, WARN, Line, inert

_COLUMNS = (
    "at", "commit", "dirty", "ref", "project", "target", "workspace", "address", "action", "status", "live_name",
    "live_id", "digest", "digest_scheme", "removed", "from_run", "spec", "error", "actor", "pull_request",
    "approved_by", "workflow_run", "tool_version", "id",
)  # fmt: skip
_RUN = ("status", "created_at", "started_at", "ended_at", "seconds", "error")
# What a spreadsheet takes for a formula when it begins a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def verified(ledger: Ledger, here: Collection[str]) -> Iterator[Line]:
    """What is in a ledger and what is wrong with it; `here` are the commits that this clone has."""
    commits = {entry.commit for entry in ledger.entries}
    yield Line(f"entries  {len(ledger.entries)}")
    yield Line(f"commits  {len(commits)}; not in this clone: {len(commits - set(here))}")
    over = sum(entry.run is not None for entry in ledger.entries)
    yield Line(f"runs     {over} that are over; how they ended is not known: {len(ledger.open())}")
    yield Line(f"damaged  {len(ledger.damage)}", WARN if ledger.damage else PLAIN)
    yield from (Line(str(each), WARN) for each in ledger.damage)


def table(entries: Iterable[Entry]) -> str:
    """Entries as CSV (RFC 4180): a column for each field, and for each metric and parameter of a run."""
    found = list(entries)
    metrics = sorted({name for entry in found if entry.run for name in entry.run.metrics})
    parameters = sorted({name for entry in found if entry.run for name in entry.run.parameters})
    text = io.StringIO()
    writer = csv.writer(text)
    heads = [*(f"run.{name}" for name in _RUN), *(f"metrics.{name}" for name in metrics)]
    writer.writerow(map(_cell, [*_COLUMNS, *heads, *(f"parameters.{name}" for name in parameters)]))
    for entry in found:
        run: Mapping[str, Any] = {name: getattr(entry.run, name, None) for name in _RUN}
        row = [*(getattr(entry, name) for name in _COLUMNS), *run.values()]
        row += [entry.run.metrics.get(name) if entry.run else None for name in metrics]
        row += [entry.run.parameters.get(name) if entry.run else None for name in parameters]
        writer.writerow(map(_cell, row))
    return text.getvalue()


def _cell(value: Any) -> Any:
    match value:
        case None | False:
            return ""
        case True:
            return "true"
        case tuple():
            return _cell(" ".join(value))
        case str():
            return f"'{inert(value)}" if value.startswith(_FORMULA) else inert(value)
    return value
