"""`aml status`: where everything stands."""

import click

from runner.cli import options
from runner.cli.output import diagnose, write
from runner.report import text


@click.command(name="status", short_help="Show every resource and run, and where each stands.")
@options.patterns
@options.target
@options.as_json
@click.pass_obj
def command(directory: str, patterns: tuple[str, ...], target: str | None, as_json: bool) -> int:
    """Show every resource and run, and where each stands: what differs, what runs, why a run failed, its metrics."""
    from runner import engine

    with options.watching() as progress:
        session = options.open_session(directory, target, progress)
        made = engine.plan(session, progress, patterns)
        runs = engine.outcomes(session, made)
    if as_json:
        from runner.report import json

        click.echo(json.status(made, runs, options.now()))
    else:
        write(text.status(made, runs))
        diagnose(item for item in made.diagnostics if item.severity == "error")
    return 0 if made.applyable else 1
