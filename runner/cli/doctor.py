"""`aml doctor`: is everything set up that plan and apply need?"""

from pathlib import Path
from typing import Any

import click

from runner.cli import options
from runner.cli.output import write


@click.command(name="doctor", short_help="Check the set-up: git, project, sign-in, roles, storage, quota.")
@options.target
@options.variables
@options.as_json
@click.pass_obj
def command(directory: str, target: str | None, variables: dict[str, Any], as_json: bool) -> int:
    """Check the set-up: git, project, sign-in, roles, storage, quota. Every finding says what to do about it.

    It only reads. Exits with 1 when something is wrong that keeps plan from its work.
    """
    from runner.doctor.examine import examine
    from runner.report import checkup

    with options.watching() as progress:
        found = examine(Path(directory), target, progress, variables)
    if as_json:
        click.echo(checkup.document(found, options.now()))
    else:
        write(checkup.text(found))
    return 0 if found.well else 1
