"""`aml reproduce`: whether a run's commit still gives its content, what moved since, and the same training again."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli import options
from runner.cli.carrying import Manner, carry, confirm
from runner.cli.interrupt import INTERRUPTED
from runner.cli.output import say, write
from runner.model.runs import COMPLETED
from runner.report import text

if TYPE_CHECKING:
    from runner.desired.project import Project
    from runner.model.reproduction import Again, Reproduction

TOLERANCE = 1e-6


@click.command(name="reproduce", short_help="Check that a run can be had again, and train it again.")
@click.argument("name")
@options.target
@options.as_json
@options.offline
@click.option("--run", is_flag=True, help="Train it again, as a new attempt, and compare the metrics.")
@click.option(
    "--tolerance",
    type=click.FloatRange(0),
    default=TOLERANCE,
    show_default=True,
    metavar="SHARE",
    help="With --run: the share by which metrics may differ.",
)
@options.auto_approve
@options.push_ledger
@click.pass_obj
def command(
    directory: str,
    name: str,
    target: str | None,
    as_json: bool,
    offline: bool,
    run: bool,
    tolerance: float,
    auto_approve: bool,
    push_ledger: bool,
) -> int:
    """Check that a run can be had again, and train it again with --run.

    NAME is a run, a job (then it is about its newest run) or a model version, NAME:VERSION, that a run became. The
    commit of the run is checked out beside the clone, and its digest is taken again. Exits with 1 if it is another.

    --run trains it once more from that checkout, with --target in another place than the first time. Only what is not
    there is created. Exits with 0 only if the run completes and its metrics are as they were.
    """
    from runner.desired import project
    from runner.report import reproduction
    from runner.reproducing.reproduce import Question, reproduce

    if run and offline:
        raise click.UsageError("--run and --offline exclude each other")
    found = project.find(Path(directory))
    with options.watching() as progress:
        told = reproduce(found, Question(name, target, offline), os.environ, progress)
    for each in told.unknown:
        say(each)
    if not as_json:
        write(reproduction.text(told))
    trained, code = None, 0 if told.reproduced else 1
    if run and told.reproduced:
        ask = None if auto_approve else lambda: confirm("Train it again?")
        manner = Manner(ask=ask, as_json=as_json, wait=True, push_ledger=push_ledger, clone=found.repository)
        trained, code = _again(found, told, target, manner, tolerance)
    if as_json:
        click.echo(reproduction.document(told, trained))
    elif trained:
        write(reproduction.again(trained))
    return code


def _again(
    found: "Project", told: "Reproduction", target: str | None, manner: Manner, tolerance: float
) -> "tuple[Again | None, int]":
    """Trains it again: the new run beside the first one, if it got that far, and the exit code."""
    from runner.reproducing.again import attempt, compared

    with ExitStack() as stack:
        with options.watching() as progress:
            made = stack.enter_context(attempt(found, told.record, target, os.environ, progress))
        results, stopped = carry(made.session, made.plan, manner)
        if stopped:
            return None, INTERRUPTED
        lost = [result for result in results if result.status != "done"]
        if lost:
            write(text.results(lost), sys.stderr)
            return None, 1
        trained = compared(made, told, tolerance)
    return trained, 0 if trained.outcome.status == COMPLETED and trained.within else 1
