"""One job from its request to its outcome: inputs, environment, the user's process, outputs."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path

from runner.emulator.execution import launcher as launcher_module
from runner.emulator.execution.build import Builder
from runner.emulator.execution.command import fill_in
from runner.emulator.execution.files import collect, copy_tree
from runner.emulator.execution.inputs import materialise
from runner.emulator.execution.journal import Journal
from runner.emulator.execution.layout import Layout, process_variables
from runner.emulator.execution.overlay import lay_over
from runner.emulator.execution.problems import ExecutionError, JobCanceledError
from runner.emulator.execution.process import GRACE, Ending, kill_group, last_line, start_time, supervise
from runner.emulator.execution.request import ExecutionRequest, Outcome
from runner.emulator.execution.store import Built

__all__ = ["Execution", "kill_group"]

# No core dumps: they would fill the disk with whatever secrets the process held. Then bash itself becomes the job.
_SHELL = ("bash", "-c", 'ulimit -c 0; exec bash -c "$0"')
_PYTHON = ("bash", "-c", 'ulimit -c 0; exec "$0" "$@"')


class Execution:
    """Runs one request once. Everything happens on the event loop that awaits `run`."""

    def __init__(
        self,
        request: ExecutionRequest,
        environments_dir: Path,
        on_phase: Callable[[str, str], None],
        grace: float = GRACE,
    ) -> None:
        self._request = request
        self._environments_dir = environments_dir
        self._on_phase = on_phase
        self._grace = grace  # seconds between TERM and KILL
        self._layout = Layout(request)
        self._stop = asyncio.Event()
        self._seconds: dict[str, float] = {}
        self._substitutions: tuple[str, ...] = ()
        self.process_group: int | None = None
        self.process_count = request.world.size if request.world else 1  # of the user's processes that a start starts
        self.process_started: float | None = None  # with `process_group`, what `kill_group` wants

    def cancel(self) -> None:
        """End it, at whatever point it is: TERM, a grace period, KILL. `run` then answers Canceled."""
        self._stop.set()

    async def run(self) -> Outcome:
        """Run the job to its end. Whatever the job does wrong is in the outcome, never an exception."""
        try:
            outcome = await self._run()
        except JobCanceledError as problem:
            outcome = Outcome("Canceled", problem.code, str(problem))
        except ExecutionError as problem:
            outcome = Outcome("Failed", problem.code, str(problem))
        except OSError as error:
            outcome = Outcome("Failed", "SystemError", f"the workspace could not run the job: {error}")
        outcome = replace(outcome, substitutions=self._substitutions, seconds=dict(self._seconds))
        self._journal.line(": ".join(part for part in (outcome.status, outcome.error) if part))
        return outcome

    async def _run(self) -> Outcome:
        self._layout.prepare()
        try:
            async with self._timed("inputs", "inputs and code"):
                inputs = await self._inputs()
            outputs = self._layout.outputs()
            command = fill_in(self._request.command, inputs, outputs)
            async with self._timed("environment", "environment"):
                built = await self._environment()
            async with self._timed("user", "the user's process"):
                outcome = await self._command(command, process_variables(self._request, built, inputs, outputs))
        finally:
            # Whatever ended the job, what it wrote until then is kept; its folder is not.
            self._on_phase("finalizing", "collecting outputs")
            async with self._timed("outputs", "outputs"):
                await asyncio.to_thread(self._collect)
        return outcome

    @property
    def _journal(self) -> Journal:
        return self._layout.lifecycle

    @asynccontextmanager
    async def _timed(self, name: str, text: str) -> AsyncIterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self._seconds[name] = round(time.monotonic() - begun, 3)
            self._journal.line(f"{text}: {self._seconds[name]:.3f} s")

    def _preparing(self, detail: str) -> None:
        self._on_phase("preparing", detail)
        self._journal.line(f"preparing: {detail}")

    async def _inputs(self) -> Mapping[str, str]:
        if self._request.code is not None:
            copied = asyncio.to_thread(copy_tree, self._request.code, self._layout.code, self._stop.is_set)
            for name in await copied:
                self._journal.line(f"left out of the code: {name} is a link to a folder or out of the code folder")
        return {
            item.name: await materialise(item, self._layout.inputs_dir, self._stop, self._preparing)
            for item in self._request.inputs
        }

    async def _environment(self) -> Built:
        journal = Journal(self._layout.system_logs / "environment.txt")
        builder = Builder(self._environments_dir, journal, self._preparing, self._stop)
        built, self._substitutions = await builder.build(self._request.environment)
        lay_over(built, self._layout.overlay)
        return built

    async def _command(self, command: str, variables: Mapping[str, str]) -> Outcome:
        if self._stop.is_set():
            raise JobCanceledError("canceled before its command was started")
        log = self._layout.user_log
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:  # the process writes to the log itself: nothing is lost if we die, nothing waits if we are slow
            process = await asyncio.create_subprocess_exec(
                *self._argv(command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                cwd=self._layout.code,
                env=variables,
                start_new_session=True,
                umask=0o077,
            )
        finally:
            os.close(descriptor)
        self.process_group, self.process_started = process.pid, start_time(process.pid)
        self._journal.line(f"running: process group {process.pid}")
        self._on_phase("running", f"process {process.pid}")
        ending = await supervise(process, self._stop, self._request.timeout, self._grace)
        return self._outcome(ending, process.returncode or 0, log)

    def _argv(self, command: str) -> tuple[str, ...]:
        """A distributed job's processes are started by a launcher of ours, in the same process group."""
        world = self._request.world
        if world is None:
            return (*_SHELL, command)
        # Isolated from the job's own variables, which are meant for the processes.
        launcher = (*_PYTHON, sys.executable, "-I", "-S", launcher_module.__file__)
        return (*launcher, json.dumps(asdict(world)), str(self._layout.user_log.parent), command)

    def _outcome(self, ending: Ending, code: int, log: Path) -> Outcome:
        if ending is Ending.CANCELED:
            return Outcome("Canceled", "Canceled", "canceled while its command was running", code)
        if ending is Ending.TIMED_OUT:
            text = f"the command timed out after {self._request.timeout:g} s (limits.timeout)"
            return Outcome("Failed", "JobTimedOut", text, code)
        if code == 0:
            return Outcome("Completed", exit_code=0)
        said = self._without_secrets(last_line(log)) if self._request.world is None else "see the logs of its processes"
        text = f"{_how_it_ended(code)}; {f'last line of its log: {said}' if said else 'it wrote no log'}"
        return Outcome("Failed", "UserError", text, code)

    def _without_secrets(self, text: str) -> str:
        for name, value in self._request.context_variables.items():
            if len(value) > 7 and any(word in name for word in ("TOKEN", "SECRET", "KEY", "PASSWORD", "HEADER")):
                text = text.replace(value, "***")
        return text

    def _collect(self) -> None:
        for source, target in self._layout.kept():
            for name in collect(source, target):
                self._journal.line(f"left out of the outputs: {name} is a link to a folder or out of {source.name}")
        shutil.rmtree(self._request.work_dir, ignore_errors=True)


def _how_it_ended(code: int) -> str:
    """A shell says 128 + n when signal n killed its child."""
    number = -code if code < 0 else code - 128
    if number not in set(signal.Signals):
        return f"the command exited with code {code}"
    name = signal.Signals(number).name
    hint = ", which is often the system running out of memory" if number == signal.SIGKILL else ""
    return f"the command was killed by signal {number} ({name}){hint}"
