"""`aml validate`: offline."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli import options
from runner.model.diagnostics import Diagnostic, InvalidSpecsError, errors_in

if TYPE_CHECKING:
    from runner.desired.load import Loaded


@click.command(name="validate", short_help="Check the specs: offline, every problem at once.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FILE]...")
@options.target
@options.variables
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def command(
    directory: str, files: tuple[Path, ...], target: str | None, variables: dict[str, Any], as_json: bool
) -> int:
    """Check the specs: offline, every problem at once.

    Without FILE the whole project is checked. Any Azure ML YAML file can be named, also outside a project; what it
    refers to in a workspace is then taken as given. Exits with 1 when something is wrong.
    """
    try:
        loaded = _load(Path(directory), files, target, variables)
    except InvalidSpecsError as error:
        if not as_json:
            raise
        click.echo(_document(error.diagnostics))
        return 1
    count = f"{len(loaded.specs)} {'spec is' if len(loaded.specs) == 1 else 'specs are'}"
    for warning in () if as_json else loaded.warnings:
        click.echo(warning, err=True)
    click.echo(_document(loaded.warnings) if as_json else f"{count} valid.")
    return 0


def _load(start: Path, files: Iterable[Path], target: str | None, variables: dict[str, Any]) -> "Loaded":
    from runner.desired import load, place, project, targets
    from runner.desired.templates.context import Context

    if files and not target and not place.root_of(start):
        return load.load_files(files, start, Context(vars=variables))
    found = project.find(start)
    context = targets.context(found, target, os.environ, variables)
    return load.load_files(files, found.root, context) if files else load.Loaded(load.load_project(found, context), ())


def _document(found: Sequence[Diagnostic]) -> str:
    from runner.report import json

    diagnostics = json.diagnostics(found)
    return json.dump({"valid": not errors_in(found), "diagnostics": diagnostics})
