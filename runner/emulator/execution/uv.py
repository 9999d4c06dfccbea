"""Running uv: its output goes to the environment's log line by line, its failure becomes one sentence."""

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

from uv import find_uv_bin

from runner.emulator.execution.problems import JobCanceledError
from runner.emulator.execution.process import Ending, supervise
from runner.emulator.execution.variables import build_variables

_LONGEST_LINE = 1 << 20


class UvError(Exception):
    """uv ended with an error; the message is its own key line."""


async def run_uv(arguments: list[str], cwd: Path, stop: asyncio.Event, on_line: Callable[[str], None]) -> None:
    """Run uv to its end; raises UvError, or JobCanceledError when `stop` was set."""
    process = await asyncio.create_subprocess_exec(
        find_uv_bin(),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=build_variables(os.environ),
        cwd=cwd,
        start_new_session=True,
        limit=_LONGEST_LINE,
    )
    lines: list[str] = []
    reader = asyncio.ensure_future(_read(process, lines, on_line))
    ending = await supervise(process, stop)
    await reader
    if ending is Ending.CANCELED:
        raise JobCanceledError("canceled while its environment was built")
    if process.returncode:
        raise UvError(key_line("\n".join(lines)) or f"uv exited with code {process.returncode}")


async def _read(process: asyncio.subprocess.Process, lines: list[str], on_line: Callable[[str], None]) -> None:
    if process.stdout is None:
        return
    async for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip()
        lines.append(line)
        on_line(line)


def key_line(output: str) -> str:
    """uv's error report as one line: its headline, the last cause, and the end of a failed build's own output."""
    parts = re.split(r"^\s*(?:╰─▶|├─▶|\u00d7|error:|[Cc]aus(?:e|ed by):)\s*", output, flags=re.MULTILINE)[1:]
    if not parts:
        return ""
    said = [_joined(part) for part in (parts if len(parts) == 1 else [parts[0], parts[-1]])]
    stderr = re.search(r"\[stderr\]\n(.+?)(?:\n\s*\n|\Z)", output, flags=re.DOTALL)
    if stderr:
        said.append(_joined(stderr[1].rstrip().rpartition("\n")[2]))
    return ": ".join(dict.fromkeys(said))


def _joined(part: str) -> str:
    """Wrapped and drawn lines as one, up to an empty line or a section such as [stdout]."""
    text = re.split(r"\n[\s│]*\n|\n[\s│]*\[std", part)[0]
    return re.sub(r"[\s│]+", " ", text).strip().rstrip(".:")
