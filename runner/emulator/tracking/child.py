"""MLflow's server as a child process: started, waited for, and gone when the daemon is gone."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

START_SECONDS = 120
POLL_SECONDS = 0.05
STOP_SECONDS = 5
LOG_LIMIT_BYTES = 1_000_000
TAIL_LINES = 15
SOCKET_PATH_LIMIT = 100  # the kernel's is 104 on macOS, 108 on Linux


class TrackingError(Exception):
    """MLflow's server did not start, did not answer, or refused; the message is for a person."""


class Child:
    """One running process. Its standard input is its lifeline: it ends when ours closes, even by SIGKILL."""

    def __init__(self, backend: str, artifacts: Path, log: Path) -> None:
        """Start it, without waiting. What it prints is appended to `log`, which begins anew when it has grown large."""
        self.log = log
        self.ready = False
        self.served = False  # whether it was ever ready: then its end is no failure to start
        self._folder = _private_folder()
        socket = self._folder / "s"
        self._process, self._log_start = _spawn(
            ["--socket", socket, "--backend", backend, "--artifacts", artifacts], log
        )
        # No limit on reading: a big search or download takes what it takes.
        self.client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(socket), limits=httpx.Limits(max_connections=None)),
            base_url="http://localhost",
            timeout=httpx.Timeout(None, connect=5),
        )

    @property
    def pid(self) -> int:
        """The process id, for people and tests."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs, negative after a signal."""
        return self._process.poll()

    async def until_ready(self) -> None:
        """Wait until it answers. Raises TrackingError with the end of its log when it does not."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self._answers():
                    if self.exit_code is not None:
                        raise self._failed(f"ended with exit code {self.exit_code} while it started")
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise self._failed(f"did not answer within {START_SECONDS} s") from None
        self.ready = self.served = True

    async def stop(self) -> None:
        """End it, politely and then not. Also tidies up after one that has died."""
        await self.client.aclose()
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        if self._process.stdin:
            self._process.stdin.close()
        shutil.rmtree(self._folder, ignore_errors=True)  # where a killed process leaves it

    async def _answers(self) -> bool:
        try:
            await self.client.get("/health")
        except httpx.TransportError:
            return False
        return True

    def _failed(self, what: str) -> TrackingError:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()
        tail = "\n".join(lines[-TAIL_LINES:]) or "(it logged nothing)"
        return TrackingError(f"MLflow's server {what}. The end of {self.log}:\n{tail}")


def _spawn(options: list[str | Path], log: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The process, and where in the log it begins."""
    too_long = log.exists() and log.stat().st_size > LOG_LIMIT_BYTES
    with log.open("wb" if too_long else "ab") as output:
        # A session of its own: Ctrl-C in the daemon's terminal is for the daemon, which then stops this in order.
        process = subprocess.Popen(
            [sys.executable, "-m", "runner.emulator.tracking", *options],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        return process, output.tell()


def _private_folder() -> Path:
    """A new 0700 folder short enough for a socket; a long TMPDIR gives way to /tmp."""
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108  # mkdtemp makes it private
        if len(os.fsencode(parent)) + len("/aml-mlflow-12345678/s") <= SOCKET_PATH_LIMIT:
            return Path(tempfile.mkdtemp(prefix="aml-mlflow-", dir=parent))
    raise TrackingError("no temporary folder has a path short enough for a unix socket")
