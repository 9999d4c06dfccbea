"""Carrying out a sweep: trials are drawn, run as jobs of their own, and learnt from, until it has had enough."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from runner.emulator.execution.request import Outcome
from runner.emulator.jobs.crew import Crew
from runner.emulator.jobs.durations import seconds
from runner.emulator.jobs.parent import Desk, Parent
from runner.emulator.jobs.promotion import promote
from runner.emulator.jobs.states import TERMINAL, State
from runner.emulator.jobs.sweeps import trial_body, trial_limits
from runner.emulator.jobs.termination import to_stop
from runner.emulator.store.jobs import Job, NewJob
from runner.emulator.tracking.child import TrackingError

if TYPE_CHECKING:
    from runner.emulator.jobs.sampling import Sampler

POLICY_SECONDS = 1.0  # how often an early termination policy looks at the running trials
HOPELESS = 3  # so many first trials that fail, with no success beside them, end a sweep


@dataclass(slots=True)
class Trial:
    """What a sweep remembers of one trial. `history` are its values of the primary metric."""

    name: str
    history: list[float] = field(default_factory=list)
    learnt: bool = False  # it has ended, and the sampler was told
    stopped_early: bool = False


class SweepSupervisor(Parent):
    """One sweep."""

    log: ClassVar[str] = "azureml-logs/hyperdrive.txt"

    def __init__(self, crew: Crew, name: str, desk: Desk) -> None:
        super().__init__(crew, name, desk)
        self._sweep = crew.jobs.require(name).body
        self._trials: list[Trial] = []
        self._exhausted = False  # the sampler has nothing left to try
        self._problem: Outcome | None = None  # why the sweep ends before it has had enough
        self._deadline: float | None = None

    async def _supervise(self) -> Outcome:
        self._deadline = _deadline(self._sweep)
        self._sampler = await asyncio.to_thread(_sampler, self._sweep)
        while True:
            self._changed.clear()
            states = {child.name: child for child in self._children()}
            await self._learn(states)
            self._check(states)
            await self._start_trials(states)
            active = [child for child in self._children() if child.status not in TERMINAL]
            if not active and all(trial.learnt for trial in self._trials):
                break
            if self._over:
                self._cancel(active, "canceled because its sweep ended")
            await self._wait()
            await self._stop_bad_ones()
        return await self._conclude()

    @property
    def _over(self) -> bool:
        """Whether no trial may be started any more, whatever is left."""
        return self._stopped or self._problem is not None

    @property
    def _metric(self) -> str:
        return str(self._sweep["objective"]["primaryMetric"])

    @property
    def _goal(self) -> str:
        return str(self._sweep["objective"]["goal"]).lower()

    async def _learn(self, states: Mapping[str, Job]) -> None:
        """Tell the sampler about the trials that have ended."""
        for number, trial in enumerate(self._trials):
            if trial.learnt or states[trial.name].status not in TERMINAL:
                continue
            trial.history = await self._history(trial)
            failed = states[trial.name].status is State.FAILED
            trial.learnt = True
            value = self._value(trial)
            self._sampler.tell(number, None if failed else value)
            status = states[trial.name].status
            self._say(f"trial {trial.name}: {status}, {self._metric} {'none' if value is None else value}")

    def _check(self, states: Mapping[str, Job]) -> None:
        """Whether the sweep must end before it has had enough."""
        if self._deadline is not None and time.monotonic() >= self._deadline and not self._problem:
            limit = seconds(self._sweep["limits"]["timeout"])
            self._problem = Outcome(
                "Canceled", "JobTimedOut", f"the sweep timed out after {limit:g} s (limits.timeout)"
            )
        first = [states[trial.name] for trial in self._trials[:HOPELESS]]
        some_luck = any(child.status is State.COMPLETED for child in states.values())
        if len(first) == HOPELESS and all(trial.status is State.FAILED for trial in first) and not some_luck:
            text = f"the first {HOPELESS} trials failed, the first with: {first[0].error}"
            self._problem = self._problem or Outcome("Failed", first[0].error_code or "UserError", text)

    async def _start_trials(self, states: Mapping[str, Job]) -> None:
        total, together = trial_limits(self._sweep)
        active = sum(child.status not in TERMINAL for child in states.values())
        while active < together and len(self._trials) < total and not self._over and not self._exhausted:
            values = await asyncio.to_thread(self._sampler.ask)
            if values is None:
                self._exhausted = True
            else:
                self._add(f"{self._name}_{len(self._trials)}", values)
                active += 1
        self._desk.wake()

    def _add(self, name: str, values: dict[str, Any]) -> None:
        if self._crew.jobs.get(name) is not None:
            self._problem = Outcome("Failed", "UserError", f"a job {name} exists, which is the name of a trial")
            return
        body = trial_body(self._sweep, name, values)
        self._crew.jobs.add(NewJob(name, body, body, parent=self._name))
        self._trials.append(Trial(name))
        self._say(f"trial {name} starts with {values}")

    async def _wait(self) -> None:
        """Until a trial ends, or it is time to look at the clock or the running trials."""
        left = [] if self._deadline is None or self._over else [max(0.0, self._deadline - time.monotonic())]
        watching = [POLICY_SECONDS] if self._sweep["earlyTermination"] and not self._over else []
        with suppress(TimeoutError):
            async with asyncio.timeout(min([*left, *watching], default=None)):
                await self._changed.wait()

    async def _stop_bad_ones(self) -> None:
        policy = self._sweep["earlyTermination"]
        if not policy or self._over:
            return
        running = {child.name: child for child in self._children() if child.status is State.RUNNING}
        for trial in self._trials:
            if trial.name in running:
                trial.history = await self._history(trial)
        histories = {trial.name: trial.history for trial in self._trials}
        for name in to_stop(policy, self._goal, histories, tuple(running)):
            next(trial for trial in self._trials if trial.name == name).stopped_early = True
            self._say(f"trial {name} is stopped early by the {policy['policyType']} policy")
            self._cancel([self._crew.jobs.require(name)], f"stopped early by the {policy['policyType']} policy")

    async def _conclude(self) -> Outcome:
        states = {child.name: child.status for child in self._children()}
        best = self._best(states)
        await self._record(best)
        if self._stopped:
            return self._ended_from_outside()
        if self._problem:
            return self._problem
        if best is not None:
            await promote(self._crew, self._sweep["outputs"], best.name)
        if any(states[trial.name] is State.COMPLETED or trial.stopped_early for trial in self._trials):
            return Outcome("Completed")
        failed = [child for child in self._children() if child.status is State.FAILED]
        if failed:
            text = f"all {len(self._trials)} trials failed, the first with: {failed[0].error}"
            return Outcome("Failed", failed[0].error_code or "UserError", text)
        return Outcome("Canceled", "Canceled", "all trials were canceled")

    def _best(self, states: Mapping[str, State]) -> Trial | None:
        done = [
            trial
            for trial in self._trials
            if trial.history and (states[trial.name] is State.COMPLETED or trial.stopped_early)
        ]
        sign = 1.0 if self._goal == "maximize" else -1.0
        return max(done, key=lambda trial: sign * (self._value(trial) or 0.0), default=None)

    async def _record(self, best: Trial | None) -> None:
        """The best trial: in the job's properties, as on Azure, and in the sweep's own MLflow run."""
        found = {"best_metric_status": "MetricNotFound"}
        if best is not None:
            score = {"score": str(self._value(best)), "best_metric_status": "Succeeded"}
            found = {"best_child_run_id": best.name, **score}
        job = self._crew.jobs.require(self._name)
        body = {**job.body, "properties": {**job.body["properties"], **found}}
        self._crew.jobs.set_metadata(job.name, body, archived=job.archived)
        metrics = {} if best is None else {self._metric: self._value(best) or 0.0}
        with suppress(TrackingError):
            await self._crew.tracking.log(self._name, metrics, found)

    async def _history(self, trial: Trial) -> list[float]:
        try:
            return await self._crew.tracking.metric_history(trial.name, self._metric)
        except TrackingError:  # there is no run: it ended before it began
            return []

    def _value(self, trial: Trial) -> float | None:
        """The best value a trial has logged."""
        choose = max if self._goal == "maximize" else min
        return choose(trial.history) if trial.history else None


def _sampler(sweep: Mapping[str, Any]) -> "Sampler":
    """Optuna takes a while to import, and only sweeps need it: in a thread, so that others do not wait."""
    from runner.emulator.jobs.sampling import sampler_of

    return sampler_of(sweep)


def _deadline(sweep: Mapping[str, Any]) -> float | None:
    limit = seconds((sweep.get("limits") or {}).get("timeout"))
    return None if limit is None else time.monotonic() + limit
