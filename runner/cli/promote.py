"""`aml promote`: copy models as `promote:` of project.yml says."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from runner.cli import options
from runner.cli.carrying import confirm
from runner.cli.interrupt import INTERRUPTED, stopping
from runner.cli.output import diagnose, write

_STOPPING = "stopping: the model under way is finished, no other begun; again to stop at once"


@click.command(name="promote", short_help="Copy models to another workspace or a registry.")
@click.option("-t", "--target", metavar="NAME", help="Only what goes to this target, or from it to a registry.")
@options.variables
@options.auto_approve
@click.pass_obj
def command(directory: str, target: str | None, variables: dict[str, Any], auto_approve: bool) -> int:
    """Copy models to another workspace or a registry, as `promote:` of project.yml says.

    What is there already is left alone. A line that cannot come true refuses all of them, and nothing is copied.
    """
    from runner import promoting
    from runner.errors import ConfigError
    from runner.model.promotion import Standing
    from runner.report import promotions, text

    began = time.monotonic()
    with options.watching() as progress:
        found = promoting.look(Path(directory), target, progress, variables)
    steps = [line.step for line in found]
    write(promotions.lines(steps))
    problems = promotions.problems(steps)
    diagnose(problems)
    if problems:
        raise ConfigError("the promotions have errors; nothing was copied")
    promoting.check(found)
    if not auto_approve and any(step.standing is Standing.COPY for step in steps):
        confirm("Copy these?")
    with options.watching() as progress, stopping(_STOPPING) as stop:
        results = list(promoting.promote(found, progress, stop))
    write(text.results(results))
    write(text.tally(results, time.monotonic() - began), sys.stderr)
    if stop.is_set():
        return INTERRUPTED
    return 0 if all(result.status == "done" for result in results) else 1
