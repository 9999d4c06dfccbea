"""`aml plan`: reads, writes nothing."""

import click

from runner.cli import options
from runner.cli.output import diagnose, write
from runner.report import text


@click.command(name="plan", short_help="Show what would change in the workspace, and why.")
@options.patterns
@options.target
@options.as_json
@options.retry_failed
@options.refresh_secrets
@click.option("--explain", is_flag=True, help="Also say why nothing happens to the rest.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.pass_obj
def command(
    directory: str,
    patterns: tuple[str, ...],
    target: str | None,
    as_json: bool,
    retry_failed: tuple[str, ...],
    refresh_secrets: bool,
    explain: bool,
    detailed_exitcode: bool,
) -> int:
    """Show what would change in the workspace, and why. Nothing is written.

    PATTERN is a glob over kind/name, e.g. 'job/*'; what a chosen resource needs is planned with it.

    \b
    + create   ~ update   > run
    """
    from runner import engine

    with options.watching() as progress:
        session = options.open_session(directory, target, progress)
        made = engine.plan(session, progress, patterns, retry_failed, refresh_secrets=refresh_secrets)
    if as_json:
        from runner.report import json

        click.echo(json.plan(made, options.now()))
    else:
        write(text.plan(made, explain=explain))
        diagnose(made.diagnostics)
    if not made.applyable:
        return 1
    return 2 if detailed_exitcode and made.pending else 0
