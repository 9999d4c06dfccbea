"""How a plan is carried out for a person: shown, guarded, agreed to, done, reported. `apply` and its likes share it."""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli import options
from runner.cli.interrupt import INTERRUPTED, stopping
from runner.cli.output import diagnose, write
from runner.model.diagnostics import in_order
from runner.model.plan import Plan, Result
from runner.model.runs import COMPLETED, TERMINAL
from runner.report import text

if TYPE_CHECKING:
    from runner.engine import Session

_STOPPING = "stopping: what is in flight is finished, nothing new begins; again to stop at once"


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is done. `ask` returns when the person agrees, and aborts otherwise; None: nobody is asked.

    `clone` holds the ledger, where what is applied is a checkout beside it.
    """

    ask: Callable[[], None] | None = None
    as_json: bool = False
    wait: bool = False
    parallelism: int = 4
    allow_replace: bool = False
    allow_delete_all: bool = False
    push_ledger: bool = False
    clone: Path | None = None


def carry_out(session: "Session", made: Plan, manner: Manner) -> int:
    """Carries out a plan as a person sees it; the exit code."""
    began = time.monotonic()
    results, stopped = carry(session, made, manner)
    _report(made, results, manner.as_json, time.monotonic() - began)
    if stopped:
        return INTERRUPTED
    return 0 if all(_well(result, manner.wait) for result in results) else 1


def carry(session: "Session", made: Plan, manner: Manner) -> tuple[list[Result], bool]:
    """The same without its report: what became of each change, and whether the person stopped it."""
    from runner import engine, recording

    if not manner.as_json:
        write(text.plan(made))
    diagnose(made.diagnostics)
    flags = {"allow_replace": manner.allow_replace, "allow_delete_all": manner.allow_delete_all}
    engine.check_applyable(session, made, **flags)
    if made.pending and manner.ask:
        manner.ask()
    with options.watching() as progress, stopping(_STOPPING) as stop:
        results = engine.apply(session, made, progress, parallelism=manner.parallelism, stop=stop)
        occasion = recording.Occasion(push=manner.push_ledger, clone=manner.clone)
        # Before the runs are waited for: whoever waits may be stopped.
        warnings = recording.applied(session, made, results, occasion)
        if manner.wait and not stop.is_set():
            results = engine.await_runs(session, made, results, progress, stop)
            over = {result.live_name for result in results if result.run.get("status") in TERMINAL}
            warnings += recording.finished(session, occasion, over)
    diagnose(in_order(warnings))
    return results, stop.is_set()


def confirm(question: str) -> None:
    """Asks on the terminal; aborts unless the answer is yes."""
    _somebody()
    click.confirm(question, abort=True, err=True)


def confirm_by(word: str, question: str) -> None:
    """Asks for a word on the terminal, where more than a nod is needed; aborts unless it is given."""
    _somebody()
    if click.prompt(question, err=True, default="", show_default=False) != word:
        raise click.Abort


def _somebody() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask: --auto-approve applies without asking")


def _well(result: Result, waited: bool) -> bool:
    run = result.run.get("status", COMPLETED) if waited else COMPLETED
    return result.status == "done" and run == COMPLETED


def _report(made: Plan, results: Iterable[Result], as_json: bool, seconds: float) -> None:
    if as_json:
        from runner.report import json

        click.echo(json.results(made.origin, results, options.now()))
        return
    found = list(results)
    write(text.results(found))
    write(text.tally(found, seconds), sys.stderr)
