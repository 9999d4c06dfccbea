"""`aml import`: specs of what is live."""

import sys
from typing import Any

import click

from runner.cli import options
from runner.cli.output import write
from runner.report import imports


@click.command(name="import", short_help="Write specs of what is live in the workspace.")
@click.argument("patterns", nargs=-1, required=True, metavar="PATTERN...")
@options.target
@options.variables
@options.as_json
@click.pass_obj
def command(
    directory: str, patterns: tuple[str, ...], target: str | None, variables: dict[str, Any], as_json: bool
) -> int:
    """Write specs of what is live in the workspace, with the files they need. Nothing that exists is overwritten.

    PATTERN is a glob over kind/name, e.g. 'environment/*' or '*'; what a chosen resource needs is written with it. What
    has a spec, belongs to a project or is Azure's own is passed over. `aml plan --adopt` then takes it over.
    """
    from runner import upkeep

    with options.watching() as progress:
        session = options.open_session(directory, target, progress, variables)
        found = upkeep.import_specs(session, patterns, progress)
    if as_json:
        click.echo(imports.document(found, session.desired.origin, options.now()))
    else:
        write(imports.written(found))
    write(imports.passed_over(found), sys.stderr)
    write(imports.warnings(found), sys.stderr)
    return 0
