"""`aml ledger`: the record of what was applied, as it stands in this clone."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.output import say, write
from runner.model.ledger import NONE

if TYPE_CHECKING:
    from runner.git.repository import Repository
    from runner.model.ledger import Ledger


@click.group(name="ledger", short_help="The record of what was applied: check it, export it.")
def command() -> None:
    """The record of what was applied: check it, export it.

    It is in refs/notes/aml of this clone. No workspace is asked.
    """


@command.command(name="verify", short_help="Check that every line can be read.")
@click.pass_obj
def verify(directory: str) -> int:
    """Check that every line can be read, and say what is in it. Exits with 1 when anything is damaged."""
    from runner.git.history import History
    from runner.report import ledger as report

    repository, found = _read(directory)
    commits = {entry.commit for entry in found.entries}
    write(report.verified(found, History(repository).commits(commits)))
    return 1 if found.damage else 0


@command.command(name="export", short_help="Print all of it, as JSON lines or CSV.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table, with a column for each metric and parameter.")
@click.pass_obj
def export(directory: str, as_csv: bool) -> int:
    """Print all of it in the order of time: one JSON object a line, or a table."""
    from runner.model.ledger import line
    from runner.report import ledger as report

    _, found = _read(directory)
    if as_csv:
        sys.stdout.write(report.table(found.entries))
    else:
        for entry in found.entries:
            click.echo(line(entry))
    for each in found.damage:
        say(f"passed over: {each}")
    return 0


def _read(directory: str) -> "tuple[Repository, Ledger]":
    from runner.desired import project
    from runner.git.ledger import read
    from runner.git.repository import Repository

    repository = Repository(project.find(Path(directory)).repository)
    found = read(repository)
    if not found.entries and not found.damage:
        say(NONE)
    return repository, found
