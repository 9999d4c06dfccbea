"""Listing jobs: filters by type, tag, properties and view, newest first, page by page."""

from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import bad_request
from runner.emulator.store.database import Database
from runner.emulator.store.jobs import Job

PAGE = 100
VIEWS = {"activeonly": "archived = 0", "archivedonly": "archived = 1", "all": "1"}


def list_jobs(database: Database, query: Mapping[str, str]) -> tuple[list[Job], int | None]:
    """One page of jobs, and the token of the next (None at the end)."""
    conditions, values = _conditions(query)
    rows = database.rows(
        f"SELECT * FROM jobs WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?",  # noqa: S608 values are bound
        *values,
        PAGE + 1,
    )
    jobs = [Job.from_row(row) for row in rows[:PAGE]]
    # The token is an id and no count: jobs that arrive between two pages shift nothing.
    return jobs, (jobs[-1].id if len(rows) > PAGE else None)


def _conditions(query: Mapping[str, str]) -> tuple[list[str], list[Any]]:
    view = query.get("listViewType", "ActiveOnly").lower()
    if view not in VIEWS:
        raise bad_request(f"listViewType {view!r} is none of ActiveOnly, ArchivedOnly, All.")
    # Parts of a sweep or pipeline are listed by run history alone, below the job they belong to.
    conditions, values = [VIEWS[view], "parent IS NULL"], list[Any]()
    if token := query.get("$skip"):
        if not token.isdecimal():
            raise bad_request(f"$skip {token!r} is no continuation token of ours: follow nextLink.")
        conditions.append("id < ?")
        values.append(int(token))
    if kind := query.get("jobType"):
        conditions.append("json_extract(body, '$.jobType') = ?")
        values.append(kind)
    if tag := query.get("tag"):
        conditions.append("EXISTS (SELECT 1 FROM json_each(body, '$.tags') WHERE key = ?)")
        values.append(tag)
    for name, value in _properties(query.get("properties", "")):
        conditions.append(
            "EXISTS (SELECT 1 FROM json_each(body, '$.properties') WHERE key = ? AND value = ifnull(?, value))"
        )
        values += [name, value]
    return conditions, values


def _properties(text: str) -> list[tuple[str, str | None]]:
    """`p1,p2=v2`: the job has a property p1, and its property p2 is v2."""
    parts = [part.partition("=") for part in text.split(",") if part]
    return [(name, value if equals else None) for name, equals, value in parts]
