"""`aml apply`: plan, ask, carry out, and wait if asked to."""

import sys
import time
from collections.abc import Iterable

import click

from runner.cli import options
from runner.cli.interrupt import INTERRUPTED, stopping
from runner.cli.output import diagnose, write
from runner.model.plan import Plan, Result
from runner.model.runs import COMPLETED
from runner.report import text

_STOPPING = "stopping: what is in flight is finished, nothing new begins; again to stop at once"


@click.command(name="apply", short_help="Make the workspace what the specs say.")
@options.patterns
@options.target
@options.as_json
@options.retry_failed
@options.refresh_secrets
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--wait", is_flag=True, help="Wait for the runs; 0 only if every one of them completed.")
@click.option("--parallelism", type=click.IntRange(1, 64), default=4, show_default=True, help="Changes at once.")
@click.pass_obj
def command(
    directory: str,
    patterns: tuple[str, ...],
    target: str | None,
    as_json: bool,
    retry_failed: tuple[str, ...],
    refresh_secrets: bool,
    auto_approve: bool,
    wait: bool,
    parallelism: int,
) -> int:
    """Make the workspace what the specs say: plan, ask, and carry out in dependency order.

    With --wait it follows the runs to their end, also those that an earlier apply submitted, shows their log and
    their metrics, and exits with 1 unless every run completed.

    Ctrl-C finishes what is in flight, says where things stand and exits with 130; a second one stops at once. Runs go
    on either way, and the next apply continues.
    """
    from runner import engine

    began = time.monotonic()
    with options.watching() as progress:
        session = options.open_session(directory, target, progress)
        made = engine.plan(session, progress, patterns, retry_failed, refresh_secrets=refresh_secrets)
    if not as_json:
        write(text.plan(made))
    diagnose(made.diagnostics)
    engine.check_applyable(session, made)
    if made.pending and not auto_approve:
        _ask(session.target)
    with options.watching() as progress, stopping(_STOPPING) as stop:
        results = engine.apply(session, made, progress, parallelism=parallelism, stop=stop)
        if wait and not stop.is_set():
            results = engine.await_runs(session, made, results, progress, stop)
    _report(made, results, as_json, time.monotonic() - began)
    if stop.is_set():
        return INTERRUPTED
    return 0 if all(_well(result, wait) for result in results) else 1


def _ask(target: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask: --auto-approve applies without asking")
    click.confirm(f"Apply this to {target}?", abort=True, err=True)


def _well(result: Result, waited: bool) -> bool:
    run = result.run.get("status", COMPLETED) if waited else COMPLETED
    return result.status == "done" and run == COMPLETED


def _report(made: Plan, results: Iterable[Result], as_json: bool, seconds: float) -> None:
    if as_json:
        from runner.report import json

        click.echo(json.results(made, results, options.now()))
        return
    found = list(results)
    write(text.results(found))
    write(text.tally(found, seconds), sys.stderr)
