"""`aml logs`: what a run wrote."""

import sys
from typing import Any

import click

from runner.cli import options


@click.command(name="logs", short_help="Print the log of a job's run.")
@click.argument("name", metavar="JOB|RUN")
@options.target
@options.variables
@click.option("-f", "--follow", is_flag=True, help="Go on until the run is over; then 0 only if it completed.")
@click.option("--system", is_flag=True, help="What the workspace wrote about it instead, e.g. the environment's build.")
@click.pass_obj
def command(
    directory: str, name: str, target: str | None, variables: dict[str, Any], follow: bool, system: bool
) -> int:
    """Print the log of a job's run. JOB is a key such as job/iris-train: its latest run; RUN is a live name."""
    from runner import engine

    with options.watching() as progress:
        session = options.open_session(directory, target, progress, variables)
        run = engine.find_run(session, name)
    status = ""
    for piece, status in engine.log(session, run, follow=follow, system=system):  # noqa: B007 - the last one counts
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    return 1 if follow and status != "Completed" else 0
