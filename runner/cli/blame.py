"""`aml blame`: where something live comes from."""

from pathlib import Path

import click

from runner.cli import options
from runner.cli.output import write


@click.command(name="blame", short_help="Tell which commit made a run, a model or a version.")
@click.argument("name")
@click.option("-t", "--target", metavar="NAME", help="Where it is live, if it is so in several targets.")
@options.offline
@options.as_json
@options.form
@click.pass_obj
def command(directory: str, name: str, target: str | None, offline: bool, as_json: bool, form: str) -> int:
    """Tell which commit made a run, a model or a version: its author and pull request, who approved it; the content
    that decided it, the data and the environment that it used, and their commits; and what came of it.

    NAME is a run, a version such as iris:3 or model/iris:3, or a key such as job/iris-train: then its newest run. It
    reads git and the ledger of this clone, and asks the workspace only for what those do not know, and says so.
    """
    from runner import tracing
    from runner.report import lineage

    found = tracing.blame(Path(directory), name, target, offline=offline)
    if as_json:
        click.echo(lineage.document(found))
    elif form == "markdown":
        click.echo(lineage.markdown(found))
    else:
        write(lineage.text(found))
    return 0
