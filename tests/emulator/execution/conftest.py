"""A job runner for the tests: real folders, real environments, real processes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from runner.emulator.execution.request import Environment, ExecutionRequest, Outcome
from runner.emulator.execution.run import Execution

BARE = Environment("bare", image="python")


@dataclass
class Workplace:
    """Where the jobs of a test run. `jobs` of one test session share the built environments."""

    root: Path
    environments: Path
    phases: list[tuple[str, str]] = field(default_factory=list)

    def request(self, command: str, name: str = "job", **rest: Any) -> ExecutionRequest:
        return ExecutionRequest(
            name=name,
            command=command,
            environment=rest.pop("environment", BARE),
            work_dir=self.root / "work" / name,
            log_dir=self.root / "blobs" / name,
            **rest,
        )

    def execution(self, request: ExecutionRequest) -> Execution:
        return Execution(
            request, self.environments, lambda phase, detail: self.phases.append((phase, detail)), grace=0.3
        )

    def run(self, command: str, **rest: Any) -> Outcome:
        return asyncio.run(self.start(command, **rest))

    async def start(self, command: str, **rest: Any) -> Outcome:
        return await self.execution(self.request(command, **rest)).run()

    async def run_and_cancel(self, command: str, when: Callable[[], bool], **rest: Any) -> Outcome:
        """Run, cancel as soon as `when` is true, and answer the outcome."""
        execution = self.execution(self.request(command, **rest))
        running = asyncio.ensure_future(execution.run())
        async with asyncio.timeout(30):
            while not when() and not running.done():  # noqa: ASYNC110 - a file of another process gives no event
                await asyncio.sleep(0.01)
            execution.cancel()
            return await running

    def log(self, name: str = "job") -> str:
        return (self.root / "blobs" / name / "user_logs" / "std_log.txt").read_text()

    def system_log(self, file: str, name: str = "job") -> str:
        return (self.root / "blobs" / name / "system_logs" / file).read_text()


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Environments are shared by the tests as they are by jobs."""
    return tmp_path_factory.mktemp("envs")


@pytest.fixture
def workplace(tmp_path: Path, environments: Path) -> Workplace:
    return Workplace(tmp_path, environments)
