"""`aml destroy`: take away everything that this project owns in a target, and nothing else."""

from typing import Any

import click

from runner.cli import options
from runner.cli.carrying import Manner, carry_out, confirm_by


@click.command(name="destroy", short_help="Take away everything that this project owns.")
@options.target
@options.variables
@options.as_json
@options.auto_approve
@options.allow_rollback
@click.pass_obj
def command(
    directory: str,
    target: str | None,
    variables: dict[str, Any],
    as_json: bool,
    auto_approve: bool,
    allow_rollback: bool,
) -> int:
    """Take away everything that this project owns in a target: computes and datastores are deleted, versions archived,
    active runs canceled. Runs that are over stay, and so does everything that is not this project's.
    """
    from runner import upkeep

    with options.watching() as progress:
        session = options.open_session(directory, target, progress, variables)
        made = upkeep.destroy(session, progress, allow_rollback=allow_rollback)
    project = session.project.config.project
    question = f"This takes away all of the above from {session.target}. Type {project} to go on"
    ask = None if auto_approve else lambda: confirm_by(project, question)
    return carry_out(session, made, Manner(ask, as_json))
