"""`aml render`: the specs as plain YAML."""

import os
from pathlib import Path
from typing import Any

import click

from runner.cli import options
from runner.cli.output import say
from runner.errors import ConfigError


@click.command(name="render", short_help="Print the exact YAML of each resource.")
@options.patterns
@options.target
@options.variables
@click.option("--pinned", is_flag=True, help="Write the exact versions of what this repository defines.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write a file for each into this folder.")
@click.pass_obj
def command(
    directory: str,
    patterns: tuple[str, ...],
    target: str | None,
    variables: dict[str, Any],
    pinned: bool,
    out: Path | None,
) -> int:
    """Print the exact YAML of each resource: templates rendered, component and conda files written out.

    PATTERN is a glob over kind/name. No workspace is asked. References to secrets stay references. With --pinned the
    files can be given to az ml as they are.
    """
    from runner import engine
    from runner.desired import project, targets

    found = project.find(Path(directory))
    if out and out.resolve().is_relative_to(found.specs):
        raise ConfigError(f"{out} is among the specs, which would be read as specs again: choose another folder")
    context = targets.context(found, target, os.environ, variables)
    count = 0
    for spec, text in engine.render(found, context, patterns, pinned=pinned, out=out):
        if out:
            place = out / spec.key.kind.folder / f"{spec.key.name}.yml"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        else:
            separator = "---\n" if count else ""
            click.echo(f"{separator}# {spec.key}  {spec.document.file}\n{text}", nl=False)
        count += 1
    if out:
        say(f"{count} {'file' if count == 1 else 'files'} written to {out}.")
    return 0
