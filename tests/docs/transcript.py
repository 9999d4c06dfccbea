"""The `console` blocks: what a page says a person types, and what they then see."""

import difflib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.markdown import Block, blocks

EVERY_STATE_DIR = "/home/ada/.local/state/aml-runner"  # what the pages write for the folder of the reader
_PASSING = re.compile(r"[A-Za-z ]+ \.\.\.")  # progress that a terminal shows for a moment only

# What differs from run to run, and what stands for it on both sides. The order matters.
_VOLATILE = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "<time>"),
    (r"\b\d{4}-\d\d-\d\d( \d\d:\d\d)?\b", "<day>"),
    (r"\d+ min \d+ s\b", "<seconds>"),
    (r"\b\d+(\.\d+)? s\b", "<seconds>"),
    (r"(?m)^  phases .*", "  phases <phases>"),
    (r"\b[0-9a-f]{40}\b|\b[0-9a-f]{64}\b|\bc?[0-9a-f]{12}\b|\b[0-9a-f]{10}\b", "<hex>"),
    (r"(?m)^pid: \d+", "pid: <pid>"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:<port>"),
    (r"/login/\S+", "/login/<code>"),
    # The last digits of a model differ between versions of LightGBM.
    (r"((?:accuracy|logloss)\"?:? +(?:[▁-█]+ +)?|FINISHED )[\d.e-]+", r"\1<number>"),
]


@dataclass
class Step:
    """One command of a page, and the output that the page shows for it."""

    page: Path
    line: int
    command: str
    shown: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.line}: $ {self.command.splitlines()[0]}"


def steps(page: Path) -> list[Step]:
    """Every command of a page, in order."""
    return [step for block in blocks(page) if block.language in {"console", "sh"} for step in _of(block)]


def _of(block: Block) -> Iterator[Step]:
    step: Step | None = None
    for number, line in enumerate(block.lines, start=block.line):
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(block.page, number, line[2:])
        elif step and (line.startswith("> ") or line == ">") and not step.shown:
            step.command += "\n" + line[2:]
        elif step:
            step.shown.append(line)
    if step:
        yield step


class Shell:
    """Runs one command after the other, each in a shell of its own that begins where the last one ended."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        folder.mkdir(exist_ok=True)
        self._memory = folder / "variables"
        self._variables = variables
        self.code = 0

    def start_in(self, folder: Path) -> None:
        self._memory.write_text(f"cd '{folder}'\n", "utf-8")

    def run(self, command: str) -> str:
        """The output of a command, both streams as they come; its exit code is in `code`."""
        script = (
            f'. "{self._memory}"\n(exit {self.code})\n{command}\ncode=$?\n'
            f'{{ export -p; printf "cd %q\\n" "$PWD"; }} > "{self._memory}"\nexit $code\n'
        )
        done = subprocess.run(
            ["bash", "-c", script],
            env=self._variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
        )
        self.code = done.returncode
        return done.stdout


def differs(step: Step, output: str) -> str:
    """How the output differs from what the page shows; empty when it does not, or when the page shows none."""
    if not step.shown:
        return ""
    expected = _calm("\n".join(step.shown))
    seen = _calm(_visible(output))
    if _pattern(expected).fullmatch(seen + "\n"):
        return ""
    return "\n".join(difflib.unified_diff(expected.splitlines(), seen.splitlines(), "the page", "real", lineterm=""))


def _visible(output: str) -> str:
    return "\n".join(line for line in output.splitlines() if not _PASSING.fullmatch(line))


def _calm(text: str) -> str:
    for pattern, calm in _VOLATILE:
        text = re.sub(pattern, calm, text)
    return text.strip("\n")


def _pattern(expected: str) -> re.Pattern[str]:
    """`...` on a line of its own is any lines, within a line any text."""
    parts = []
    for line in expected.splitlines():
        pieces = [re.escape(piece) for piece in line.split("...")]
        parts.append(r"(?:[^\n]*\n)*?" if line == "..." else r"[^\n]*".join(pieces) + r"\n")
    return re.compile("".join(parts))
