"""Which Python an environment gets: the one that was asked for if this machine has it, else our own."""

import asyncio
import os
import platform
import re
import sys
from dataclasses import dataclass

from uv import find_uv_bin

from runner.emulator.execution.variables import build_variables

_OLDEST = (3, 9)  # below it, neither uv nor today's packages work
_found: dict[str, str] = {}  # what uv answered; interpreters do not come and go while a daemon lives


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python on this machine."""

    request: str  # what uv is told: a path or an exact version
    version: str
    substitution: str = ""  # empty if it is what was asked for


async def choose(wanted: str) -> Interpreter:
    """`wanted` is a minor version ("3.8"), a range (">=3.9,<3.12") or empty."""
    own = Interpreter(sys.executable, platform.python_version())
    if wanted in {"", _minor(own.version)}:
        return own
    exact = re.fullmatch(r"(\d+)\.(\d+)", wanted)
    if exact and (int(exact[1]), int(exact[2])) < _OLDEST:
        return _instead(own, wanted, "no longer supported by current packages")
    if wanted not in _found:
        _found[wanted] = await _ask_uv(wanted)
    if not _found[wanted]:
        return _instead(own, wanted, "not on this machine")
    return Interpreter(_found[wanted], _found[wanted])


def _instead(own: Interpreter, wanted: str, reason: str) -> Interpreter:
    text = f"python {wanted} -> {_minor(own.version)} ({wanted} is {reason})"
    return Interpreter(own.request, own.version, text)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


async def _ask_uv(wanted: str) -> str:
    """The exact version that uv finds for a request; empty if there is none."""
    process = await asyncio.create_subprocess_exec(
        find_uv_bin(),
        *("python", "find", "--show-version", "--system", "--no-project", wanted),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=build_variables(os.environ),
        cwd="/",  # a project's .python-version has no say
    )
    output, _ = await process.communicate()
    return output.decode().strip() if process.returncode == 0 else ""
