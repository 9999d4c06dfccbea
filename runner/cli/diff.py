"""`aml diff`: what the contents of two commits came to, side by side."""

import os
from pathlib import Path

import click

from runner.cli import options
from runner.cli.output import say, write


@click.command(name="diff", short_help="Compare the runs of two commits, and say what made the difference.")
@click.argument("revisions", metavar="BASE..HEAD")
@click.argument("key", required=False)
@options.target
@options.as_json
@options.form
@options.offline
@click.pass_obj
def command(
    directory: str, revisions: str, key: str | None, target: str | None, as_json: bool, form: str, offline: bool
) -> int:
    """Compare the runs of two commits, and say what made the difference: the parameters and metrics that the contents
    of the two came to, side by side, and what differs in their specs and code.

    BASE...HEAD begins where the two parted; a lone revision is compared with HEAD. KEY may be a pattern.

    It reads git and the ledger of this clone, and asks the workspace for the rest, if it runs.
    """
    from runner.comparing.compare import Question, compare
    from runner.desired import project
    from runner.report import contrast

    found = project.find(Path(directory))
    with options.watching() as progress:
        told = compare(found, Question(revisions, key, target, offline), os.environ, progress)
    if told.asked:
        say(f"the workspace was asked for what the ledger does not know: {', '.join(dict.fromkeys(told.asked))}")
    for each in told.unknown:
        say(each)
    if as_json:
        click.echo(contrast.document(told))
    elif form == "markdown":
        click.echo(contrast.markdown(told, whole=key is not None))
    else:
        write(contrast.text(told, whole=key is not None))
    return 0
