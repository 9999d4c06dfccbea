"""`aml init`: a project's beginning."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli import options
from runner.cli.output import write
from runner.report.lines import ADD, FAINT, PLAIN, STRONG, Line

if TYPE_CHECKING:
    from runner.desired.scaffold import Scaffold


@click.command(name="init", short_help="Begin a project in a folder, with an example that trains.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[DIR]")
@click.option("--project", metavar="NAME", help="What the project is called; else as the folder.")
@click.option(
    "--example/--no-example", default=None, help="Whether to write the example; else where specs/ is not yet."
)
@options.as_json
@click.pass_obj
def command(directory: str, folder: Path, project: str | None, example: bool | None, as_json: bool) -> int:
    """Begin a project in a folder, with an example that trains. What exists stays as it is.

    DIR is made if need be; without it, it is the current folder. `aml plan` and `aml apply --wait` then train the
    example on this machine.
    """
    from runner.desired import scaffold

    begun = scaffold.begin(Path(directory, folder), project, example=example)
    if as_json:
        click.echo(_document(begun))
    else:
        write(_told(begun))
    write(_next(begun, Path(directory)), sys.stderr)
    return 0


def _told(begun: "Scaffold") -> Iterator[Line]:
    yield from (Line(f"written  {path}", ADD) for path in begun.written)
    yield from (Line(f"kept     {path}", FAINT) for path in begun.kept)


def _next(begun: "Scaffold", here: Path) -> Iterator[Line]:
    """What a person does now."""
    yield Line(f"Project {begun.project}. Next:", STRONG)
    if begun.root != here.resolve():
        yield Line(f"  cd {begun.root}", PLAIN)
    if not begun.in_git:
        yield Line("  git init           # so that what was applied can be told by its commit", PLAIN)
    yield Line("  aml validate", PLAIN)
    yield Line("  aml plan", PLAIN)
    yield Line("  aml apply --wait   # on this machine; docs/azure.md says how a workspace on Azure is named", PLAIN)


def _document(begun: "Scaffold") -> str:
    from runner import __version__
    from runner.report import json

    head = {"format_version": json.FORMAT_VERSION, "tool_version": __version__, "project": begun.project}
    found = {"root": str(begun.root), "in_git": begun.in_git, "written": begun.written, "kept": begun.kept}
    return json.dump({**head, "created_at": options.now(), **found})
