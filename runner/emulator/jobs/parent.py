"""A job without a process of its own: it starts others, is told when they end, and ends with them."""

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

from runner.emulator.execution.journal import Journal
from runner.emulator.execution.request import Outcome
from runner.emulator.jobs.crew import Crew
from runner.emulator.jobs.ending import conclude
from runner.emulator.jobs.states import CANCELABLE, State
from runner.emulator.jobs.tracked import TrackedRun
from runner.emulator.store.jobs import Job


class Desk(Protocol):
    """The dispatcher, as far as a parent deals with it."""

    def wake(self) -> None:
        """Look for queued jobs that can start."""
        ...

    def cancel(self, job: Job, why: str) -> None:
        """Ask for a job's end."""
        ...


class Parent(ABC):
    """Supervises the children of one job. `run` never raises for what they do wrong."""

    log: ClassVar[str]  # where the SDK looks for the log of such a job

    def __init__(self, crew: Crew, name: str, desk: Desk) -> None:
        self._crew = crew
        self._name = name
        self._desk = desk
        self._stopped = False
        self._verdict: Outcome | None = None  # decided from outside, stronger than how the children ended
        self._changed = asyncio.Event()
        self._journal = Journal(crew.artifacts / f"dcid.{name}" / self.log)

    def stop(self, verdict: Outcome | None = None) -> None:
        """End the job and its children: as Canceled, or with a verdict that tells why the workspace ended it."""
        self._stopped = True
        self._verdict = self._verdict or verdict
        self._changed.set()

    def child_ended(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        """From a job that was just taken up to a terminal state."""
        job = self._crew.jobs.require(self._name)
        if job.status is State.PREPARING:
            job = self._crew.jobs.move(self._name, State.RUNNING)
        run = TrackedRun(self._crew.tracking, job)
        outcome = await self._supervise()
        self._say(": ".join(part for part in (outcome.status, outcome.error) if part))
        await run.end(State(outcome.status))
        conclude(self._crew.jobs, self._crew.assets, self._name, outcome)

    @abstractmethod
    async def _supervise(self) -> Outcome:
        """Start children until there is nothing left to do; answers once all have ended."""

    def _children(self) -> list[Job]:
        return self._crew.jobs.children(self._name)

    def _cancel(self, children: list[Job], why: str) -> None:
        for child in children:
            if child.status in CANCELABLE:
                self._desk.cancel(child, why)

    def _ended_from_outside(self) -> Outcome:
        return self._verdict or Outcome("Canceled", "Canceled", "canceled while it was running")

    def _say(self, text: str) -> None:
        """One line for people: in the log, and beside the job's state."""
        self._journal.line(text)
        self._crew.jobs.describe(self._name, text)
