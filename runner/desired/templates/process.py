"""Renders templates in one process for all, which opens no file, has no environment, and is stopped in time."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from runner.desired.templates.context import Context
from runner.desired.templates.limits import KILLED, PATIENCE, SECONDS
from runner.desired.templates.rendered import Rendered
from runner.model.diagnostics import Diagnostic, Position

Answer = Rendered | Diagnostic

_STOPPED = f"was stopped: it takes more than {SECONDS} s of processor time, or breaks the process that renders it"
_NOT_BEGUN = f"was not rendered: {KILLED} other templates had to be stopped before it"


def render(templates: Mapping[str, str], library: Mapping[str, str], context: Context) -> dict[str, Answer]:
    """What each template gives, or what is wrong with it.

    `templates` are texts, by the file that messages name; `library` are those of `templates/`, by their path there.
    """
    found: dict[str, Answer] = {}
    for _ in range(KILLED):
        left = {file: text for file, text in templates.items() if file not in found}
        if not left:
            return found
        found |= zip(left, _answers(left, library, context), strict=False)
        stopped = next((file for file in left if file not in found), None)
        if stopped:
            found[stopped] = Diagnostic(_STOPPED, Position(stopped))
    return {file: found.get(file) or Diagnostic(_NOT_BEGUN, Position(file)) for file in templates}


def _answers(templates: Mapping[str, str], library: Mapping[str, str], context: Context) -> Iterator[Answer]:
    """The answers of one process: fewer than templates when it had to be stopped."""
    request = {"templates": templates, "library": library, "context": context.plain()}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "runner.desired.templates"],
            input=json.dumps(request).encode(),
            capture_output=True,
            env={},
            cwd="/",
            timeout=PATIENCE,
            check=False,
        )
        out, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as expired:
        out, code = expired.stdout or b"", 0
    lines = out.decode().split("\n")[:-1]  # what was cut off is no answer
    for file, line in zip(templates, lines, strict=False):
        yield _answer(file, json.loads(line))
    for file in [*templates][len(lines) :][: code > 0]:
        yield Diagnostic(f"breaks the process that renders it: {_last(done.stderr)}", Position(file))


def _last(said: bytes) -> str:
    """The line of a traceback that says what happened."""
    return (said.decode(errors="replace").splitlines() or ["it says nothing"])[-1]


def _answer(file: str, answer: Mapping[str, Any]) -> Answer:
    if "problem" in answer:
        where, line, message = answer["problem"]
        return Diagnostic(message, Position(where, line))
    return Rendered(
        file,
        answer["text"],
        tuple(answer["included"]),
        places=[tuple(place) for place in answer["places"]],
        values=[json.loads(value) for value in answer["values"]],
        outside=answer["outside"],
    )
