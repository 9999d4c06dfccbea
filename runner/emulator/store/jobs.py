"""Records of jobs. States change here and nowhere else, and only along the table of legal transitions."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from runner.emulator.jobs.states import ACTIVE, TERMINAL, State, check_transition
from runner.emulator.store.database import Database, now


@dataclass(frozen=True, slots=True)
class Job:
    """`request` is what was asked for, as it was sent; `body` the same as it is served, every reference resolved.

    A sweep's trials and a pipeline's steps are jobs too: `parent` is whose they are, `after` are the siblings that must
    complete before one may start.
    """

    id: int
    name: str
    status: State
    request: dict[str, Any]
    body: dict[str, Any]
    archived: bool
    detail: str
    error_code: str
    error: str
    seconds: dict[str, float]
    process_group: int | None
    process_started: float | None
    created_at: str
    started_at: str | None
    ended_at: str | None
    parent: str | None
    after: tuple[str, ...]
    process_starts: int  # of the user's processes, ever

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> "Job":
        values = {field.name: row[field.name] for field in fields(cls)}
        parsed = {name: json.loads(row[name]) for name in ("request", "body", "seconds")}
        parsed["after"] = tuple(json.loads(row["after"]))
        return cls(**{**values, **parsed, "status": State(row["status"]), "archived": bool(row["archived"])})

    @property
    def experiment(self) -> str:
        return str(self.body["experimentName"])

    @property
    def kind(self) -> str:
        """Command, or one that only supervises others: Sweep, Pipeline."""
        return str(self.body.get("jobType", "Command"))


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that is to be recorded. One that `waits` is started by its parent."""

    name: str
    request: dict[str, Any]
    body: dict[str, Any]
    parent: str | None = None
    after: tuple[str, ...] = ()
    waits: bool = False


class Jobs:
    """The jobs table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewJob) -> Job:
        """Accept a job: it is queued from now on, unless it must wait for others."""
        status = State.NOT_STARTED if new.waits else State.QUEUED
        self._database.write(
            "INSERT INTO jobs (name, status, request, body, archived, created_at, parent, after) "
            "VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
            new.name, status, json.dumps(new.request), json.dumps(new.body), now(), new.parent, json.dumps(new.after),
        )  # fmt: skip
        return self.require(new.name)

    def add_all(self, family: Iterable[NewJob]) -> None:
        """Accept a job and its children, all or none."""
        with self._database.transaction():
            for new in family:
                self.add(new)

    def get(self, name: str) -> Job | None:
        row = self._database.row("SELECT * FROM jobs WHERE name = ?", name)
        return Job.from_row(row) if row else None

    def require(self, name: str) -> Job:
        """A job that must exist: its absence is a bug of ours."""
        job = self.get(name)
        if job is None:
            raise LookupError(f"no record of job {name}")
        return job

    def queued(self) -> list[Job]:
        """Oldest first: the order in which they get nodes."""
        rows = self._database.rows("SELECT * FROM jobs WHERE status = ? ORDER BY id", State.QUEUED)
        return [Job.from_row(row) for row in rows]

    def active(self) -> list[Job]:
        marks = ", ".join("?" for _ in ACTIVE)
        return [
            Job.from_row(row)
            for row in self._database.rows(f"SELECT * FROM jobs WHERE status IN ({marks}) ORDER BY id", *ACTIVE)  # noqa: S608 question marks only
        ]

    def children(self, name: str) -> list[Job]:
        """In the order in which they were made."""
        rows = self._database.rows("SELECT * FROM jobs WHERE parent = ? ORDER BY id", name)
        return [Job.from_row(row) for row in rows]

    def root(self, job: Job) -> Job:
        """The job that somebody submitted, of which this one is a part."""
        return self.root(self.require(job.parent)) if job.parent else job

    def counts(self) -> dict[str, int]:
        rows = self._database.rows("SELECT status, count(*) AS number FROM jobs GROUP BY status")
        return {row["status"]: row["number"] for row in rows}

    def move(self, name: str, status: State, detail: str = "", error: tuple[str, str] = ("", "")) -> Job:
        """Change a job's state; the times follow from it. `error` is (code, message), for Failed and Canceled."""
        job = self.require(name)
        check_transition(job.status, status)
        moment = now()
        self._database.write(
            "UPDATE jobs SET status = ?, detail = ?, error_code = ?, error = ?, "
            "started_at = coalesce(started_at, ?), ended_at = ? WHERE name = ?",
            status, detail, *error, moment if status is State.RUNNING else None,
            moment if status in TERMINAL else None, name,
        )  # fmt: skip
        return self.require(name)

    def describe(self, name: str, detail: str) -> None:
        """One line for people about what an active job is doing."""
        self._database.write("UPDATE jobs SET detail = ? WHERE name = ?", detail, name)

    def set_process(self, name: str, process_group: int, started: float | None, starts: int) -> None:
        """Count what was started, and remember it, so that a later daemon can end what a crashed one left behind."""
        self._database.write(
            "UPDATE jobs SET process_group = ?, process_started = ?, process_starts = process_starts + ? "
            "WHERE name = ?",
            process_group, started, starts, name,
        )  # fmt: skip

    def process_starts(self) -> dict[str, int]:
        """Over all jobs: how many processes were started, and the most for one job."""
        row = self._database.row("SELECT total(process_starts) AS total, max(process_starts) AS most FROM jobs")
        return {"total": int(row["total"]), "most_for_one_job": row["most"] or 0} if row else {}

    def set_seconds(self, name: str, seconds: Mapping[str, float]) -> None:
        self._database.write("UPDATE jobs SET seconds = ? WHERE name = ?", json.dumps(dict(seconds)), name)

    def set_metadata(self, name: str, body: dict[str, Any], *, archived: bool) -> Job:
        """Overwrite the body (of which only metadata may differ) and the archived flag."""
        self._database.write("UPDATE jobs SET body = ?, archived = ? WHERE name = ?", json.dumps(body), archived, name)
        return self.require(name)

    def delete(self, name: str) -> None:
        """With all that is part of it."""
        for child in self.children(name):
            self.delete(child.name)
        self._database.write("DELETE FROM jobs WHERE name = ?", name)
