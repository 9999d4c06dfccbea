"""Carrying out a pipeline: each step starts when those it waits for have completed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from runner.emulator.execution.request import Outcome
from runner.emulator.jobs.parent import Parent
from runner.emulator.jobs.states import CANCELABLE, TERMINAL, State
from runner.emulator.store.jobs import Job

BROKEN = (State.FAILED, State.CANCELED)
STEP = "azureml.moduleName"  # the property with a step's name in its pipeline


@dataclass(frozen=True, slots=True)
class Moves:
    """What is to be done with a pipeline's steps now."""

    start: list[Job] = field(default_factory=list)
    cancel: list[Job] = field(default_factory=list)


def next_moves(steps: Sequence[Job], *, carry_on: bool, stopped: bool) -> Moves:
    """`carry_on`: after a failure, steps that do not need the failed one go on."""
    state = {step.name: step.status for step in steps}
    if stopped or (not carry_on and any(status in BROKEN for status in state.values())):
        return Moves(cancel=[step for step in steps if step.status in CANCELABLE])
    waiting = [step for step in steps if step.status is State.NOT_STARTED]
    return Moves(
        start=[step for step in waiting if all(state[name] is State.COMPLETED for name in step.after)],
        cancel=[step for step in waiting if any(state[name] in BROKEN for name in step.after)],
    )


def outcome_of(steps: Sequence[Job]) -> Outcome:
    """The pipeline's end, once all its steps have ended by themselves."""
    for status in BROKEN:
        # Steps that were never begun were canceled because of another: that one is the reason.
        for step in sorted(steps, key=lambda step: step.ended_at or ""):
            if step.status is status:
                text = f"the step {_label(step)} ({step.name}) {status.lower()}"
                return Outcome(status, step.error_code or "UserError", f"{text}: {step.error}" if step.error else text)
    return Outcome("Completed")


class PipelineSupervisor(Parent):
    """One pipeline, also one that is a step of another."""

    log: ClassVar[str] = "logs/azureml/executionlogs.txt"

    async def _supervise(self) -> Outcome:
        settings = self._crew.jobs.require(self._name).body.get("settings") or {}
        carry_on = bool(settings.get("continue_on_step_failure"))
        told: set[str] = set()
        while True:
            self._changed.clear()
            steps = self._children()
            self._tell(steps, told)
            if all(step.status in TERMINAL for step in steps):
                completed = all(step.status is State.COMPLETED for step in steps)
                return self._ended_from_outside() if self._stopped and not completed else outcome_of(steps)
            self._make(next_moves(steps, carry_on=carry_on, stopped=self._stopped))
            await self._changed.wait()

    def _make(self, moves: Moves) -> None:
        self._cancel(moves.cancel, "canceled because another step did not complete, or its pipeline was canceled")
        for step in moves.start:
            self._crew.jobs.move(step.name, State.QUEUED)
            self._say(f"step {_label(step)} starts as {step.name}")
        self._desk.wake()

    def _tell(self, steps: Sequence[Job], told: set[str]) -> None:
        for step in steps:
            if step.status in TERMINAL and step.name not in told:
                told.add(step.name)
                self._say(f"step {_label(step)}: {': '.join(filter(None, (step.status, step.error)))}")


def _label(step: Job) -> str:
    return str(step.body["properties"].get(STEP) or step.name)
