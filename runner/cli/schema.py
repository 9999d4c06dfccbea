"""`aml schema`: what editors need to complete and check a spec."""

import click

# The kinds that have models of ours; a test holds this against them.
NAMES = ("project", "compute", "datastore", "environment", "data", "model", "component", "job")


@click.command(name="schema", short_help="Print the JSON Schema of project.yml or of a kind.")
@click.argument("name", type=click.Choice(NAMES), default=NAMES[0], metavar="[project|KIND]")
def command(name: str) -> int:
    """Print the JSON Schema of project.yml or of a kind, for editors.

    KIND is compute, datastore, environment, data, model, component or job; the Azure ML SDK judges the other kinds.
    What goes together and what is referred to, `aml validate` alone knows.
    """
    from runner.desired.schemas import schema
    from runner.report.json import dump

    click.echo(dump(schema(name)))
    return 0
