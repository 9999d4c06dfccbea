"""The process that renders: a request on stdin, a line of JSON for each template on stdout. It opens no file.

`python -I -m runner.desired.templates`; runner/desired/templates/process.py starts it.
"""

import json
import re
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, NoReturn

from jinja2 import Template, TemplateError, TemplateRuntimeError, TemplateSyntaxError

from runner.desired.templates.ledger import Ledger
from runner.desired.templates.limits import CHARACTERS, MEGABYTES, SECONDS
from runner.desired.templates.sandbox import FOLDER, Given, Library, Sandbox, Secrets

_WRONG = (
    *(TemplateError, ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, StopIteration),
    *(SyntaxError, TypeError, ValueError),
)
_ENDLESS = "templates include or call each other without an end"


def main() -> None:
    """Renders one template after the other; each answer is out before the next begins."""
    request = json.load(sys.stdin)
    _limit()
    for file, source in request["templates"].items():
        print(json.dumps(_answer(file, source, request)), flush=True)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGVTALRM, _too_long)
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        try:
            resource.setrlimit(kind, (MEGABYTES << 20, MEGABYTES << 20))
        except (OSError, ValueError):  # macOS knows none of the two
            continue


@contextmanager
def _in_time() -> Iterator[None]:
    """Two clocks of processor time: the first stops a template, the second the process, in one long computation say."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS + 1)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TemplateRuntimeError(f"takes more than {SECONDS} s of processor time")


def _answer(file: str, source: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """What came of one template: its text with places and values, or what is wrong and where."""
    library, ledger = Library(request["library"]), Ledger()
    sandbox = Sandbox(library, ledger)
    try:
        with _in_time():
            text, places = ledger.unmarked(_render(sandbox, file, source, request["context"]))
        if ledger.size(text) > CHARACTERS:
            raise TemplateRuntimeError(f"gives more than {CHARACTERS:,} characters")
        answer = {"text": text, "places": places, "values": ledger.values, "outside": sandbox.outside}
    except MemoryError as error:
        where = _deepest(error.__traceback__) or (file, 1)
        answer = {"problem": [*where, f"needs more than {MEGABYTES} MB of memory"]}
    except _WRONG as error:
        answer = {"problem": _problem(error, file)}
    return answer | {"included": [f"{FOLDER}/{name}" for name in dict.fromkeys(library.loaded)]}


def _render(sandbox: Sandbox, file: str, source: str, context: Mapping[str, Any]) -> str:
    names = {name: Given(name, context[name]) for name in ("values", "vars")}
    # As globals, they are there in what is imported, too.
    sandbox.globals |= {**context, **names, "env": Secrets("env", context["env"])}
    template = sandbox.template(source, file)
    pieces: list[str] = []
    size = 0
    for piece in template.root_render_func(template.new_context()):
        text = str(piece) if isinstance(piece, str) else piece.raw
        size += len(text)
        if size > 10 * CHARACTERS:  # marks and numbers included
            raise TemplateRuntimeError(f"gives more than {CHARACTERS:,} characters")
        pieces.append(text)
    return "".join(pieces)


def _problem(error: Exception, file: str) -> tuple[str, int, str]:
    """Where a template went wrong, and the words for it."""
    where = _deepest(error.__traceback__) or (file, 1)
    if isinstance(error, TemplateSyntaxError):
        return (error.filename or file, error.lineno, f"not a template: {error.message}")
    if isinstance(error, UnicodeEncodeError):
        return (*where, "gives a character that is no text: half of a surrogate pair")
    if isinstance(error, RecursionError):
        return (*where, _ENDLESS)
    if isinstance(error, TemplateError):
        return (*where, str(error.message))
    return (*where, re.sub(r"\s+", " ", str(error)) or type(error).__name__)


def _deepest(trace: TracebackType | None) -> tuple[str, int] | None:
    found = None
    while trace:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            found = (str(template.filename), template.get_corresponding_lineno(trace.tb_lineno))
        trace = trace.tb_next
    return found


if __name__ == "__main__":
    main()
