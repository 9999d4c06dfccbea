"""`aml plan`: reads, writes nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli import options
from runner.cli.output import diagnose, say, write
from runner.report import text

if TYPE_CHECKING:
    from runner.model.options import Options
    from runner.model.plan import Plan


@click.command(name="plan", short_help="Show what would change in the workspace, and why.")
@options.planning
@options.target
@options.as_json
@click.option(
    "--format",
    "shape",
    type=click.Choice(["mermaid", "markdown"]),
    help="Print the dependency graph, or what a pull request is told, instead.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan, for `aml apply FILE`.")
@click.option("--explain", is_flag=True, help="Also say why nothing happens to the rest.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.pass_obj
def command(
    directory: str,
    asked: "Options",
    target: str | None,
    as_json: bool,
    shape: str | None,
    out: Path | None,
    explain: bool,
    detailed_exitcode: bool,
) -> int:
    """Show what would change in the workspace, and why. Nothing is written.

    PATTERN is a glob over kind/name, e.g. 'job/*'; what a chosen resource needs is planned with it.

    \b
    + create   ~ update   -/+ replace   - delete, archive   > run   = adopt
    """
    from runner import engine

    if as_json and shape:
        raise click.UsageError("--json and --format exclude each other")
    with options.watching() as progress:
        session = options.open_session(directory, target, progress, asked.variables)
        made = engine.plan(session, progress, asked)
    if as_json:
        from runner.report import json

        click.echo(json.plan(made, options.now()))
    elif shape:
        click.echo(_shaped(made, shape), nl=False)
        diagnose(made.diagnostics)
    else:
        write(text.plan(made, explain=explain))
        diagnose(made.diagnostics)
    if not made.applyable:
        return 1
    if out:
        out.write_text(engine.save(session, made, asked, options.now()), "utf-8")
        say(f"Saved. `aml apply {out}` applies exactly this, or nothing.")
    return 2 if detailed_exitcode and made.pending else 0


def _shaped(made: "Plan", shape: str) -> str:
    from runner.model.review import Review, Stage
    from runner.report import mermaid
    from runner.report.comment import comment

    if shape == "mermaid":
        return mermaid.graph(made)
    return comment(Review(made.origin.target, Stage.PLANNED, made.origin.commit, made))
