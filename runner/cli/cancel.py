"""`aml cancel`: stop a run."""

from typing import Any

import click

from runner.cli import options
from runner.cli.output import say
from runner.errors import ConfigError
from runner.model.runs import TERMINAL


@click.command(name="cancel", short_help="Cancel a job's run.")
@click.argument("name", metavar="JOB|RUN")
@options.target
@options.variables
@click.pass_obj
def command(directory: str, name: str, target: str | None, variables: dict[str, Any]) -> int:
    """Cancel a job's run. JOB is a key such as job/iris-train: its latest run; RUN is a live name."""
    from runner import engine

    with options.watching() as progress:
        session = options.open_session(directory, target, progress, variables)
        run = engine.find_run(session, name)
        if run.status in TERMINAL:
            raise ConfigError(f"{run.name} is over: {run.status}")
        engine.cancel(session, run)
    say(f"{run.name}: asked to stop.")
    return 0
