"""`aml status`: where everything stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from runner.cli import options
from runner.cli.output import diagnose, say, write
from runner.errors import ServiceError
from runner.model.runs import TERMINAL
from runner.report import status


@click.command(name="status", short_help="Show every resource and run, and where each stands.")
@options.patterns
@options.target
@options.variables
@options.as_json
@click.option("--strict", is_flag=True, help="Also list what is live and unexplained; if any, exit with 1.")
@click.pass_obj
def command(
    directory: str,
    patterns: tuple[str, ...],
    target: str | None,
    variables: dict[str, Any],
    as_json: bool,
    strict: bool,
) -> int:
    """Show every resource and run, and where each stands: what differs, what runs, why a run failed, its metrics,
    and the commit that it was applied from. How runs ended is added to the ledger.
    """
    from runner import engine, recording, upkeep
    from runner.model.options import Options

    with options.watching() as progress, _what_else_tells():
        session = options.open_session(directory, target, progress, variables)
        made = engine.plan(session, progress, Options(patterns))
        runs = engine.outcomes(session, made)
        strays, unread = upkeep.unexplained(session, progress) if strict else ((), ())
        over = {change.live_name for change in made.changes if runs.get(change.key, {}).get("status") in TERMINAL}
        warnings = recording.finished(session, recording.Occasion(), over)
    diagnose([*unread, *warnings])
    if as_json:
        from runner.report import json

        click.echo(json.status(made, runs, strays, options.now()))
    else:
        write(status.status(made, runs, strays))
        diagnose(item for item in made.diagnostics if item.severity == "error")
    return 0 if made.applyable and not strays else 1


@contextmanager
def _what_else_tells() -> Iterator[None]:
    """Says what can be known of a workspace that does not answer."""
    try:
        yield
    except ServiceError:
        say("What was applied, `aml history` and `aml ledger export` tell without the workspace.")
        raise
