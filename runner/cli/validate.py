"""`aml validate`: offline."""

from collections.abc import Iterable
from pathlib import Path

import click

from runner.model.diagnostics import Diagnostic, InvalidSpecsError


@click.command(name="validate", short_help="Check the specs: offline, every problem at once.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FILE]...")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def command(directory: str, files: tuple[Path, ...], as_json: bool) -> int:
    """Check the specs: offline, every problem at once.

    Without FILE the whole project is checked. Any Azure ML YAML file can be named, also outside a project; what it
    refers to in a workspace is then taken as given. Exits with 1 when something is wrong.
    """
    from runner.desired import load, project

    try:
        specs = load.load_files(files) if files else load.load_project(project.find(Path(directory)))
    except InvalidSpecsError as error:
        if not as_json:
            raise
        click.echo(_document(error.diagnostics))
        return 1
    count = f"{len(specs)} {'spec is' if len(specs) == 1 else 'specs are'}"
    click.echo(_document(()) if as_json else f"{count} valid.")
    return 0


def _document(found: Iterable[Diagnostic]) -> str:
    from runner.report import json

    diagnostics = json.diagnostics(found)
    return json.dump({"valid": not diagnostics, "diagnostics": diagnostics})
