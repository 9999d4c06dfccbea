"""`aml apply`: plan, ask, carry out, and wait if asked to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli import options
from runner.cli.carrying import Manner, carry_out, confirm

if TYPE_CHECKING:
    from runner.model.options import Options
    from runner.report.saved import Saved


@click.command(name="apply", short_help="Make the workspace what the specs say.")
@options.planning
@options.target
@options.as_json
@options.auto_approve
@click.option("--wait", is_flag=True, help="Wait for the runs; 0 only if every one of them completed.")
@click.option("--parallelism", type=click.IntRange(1, 64), default=4, show_default=True, help="Changes at once.")
@click.option("--allow-replace", is_flag=True, help="Delete and make anew what cannot change in place.")
@click.option("--allow-delete-all", is_flag=True, help="Also when nothing that this project owns would be left.")
@options.push_ledger
@click.pass_obj
def command(
    directory: str,
    asked: "Options",
    target: str | None,
    as_json: bool,
    auto_approve: bool,
    wait: bool,
    parallelism: int,
    allow_replace: bool,
    allow_delete_all: bool,
    push_ledger: bool,
) -> int:
    """Make the workspace what the specs say: plan, ask, and carry out in dependency order.

    With a FILE that `aml plan --out` saved it carries out exactly that plan, or nothing if it has become another.

    With --wait it follows the runs to their end, also those that an earlier apply submitted, shows their log and
    their metrics, and exits with 1 unless every run completed.

    What was done is written into the ledger, refs/notes/aml, and --push-ledger pushes it. Trouble with that is a
    warning.

    Ctrl-C finishes what is in flight, says where things stand and exits with 130; a second one stops at once. Runs go
    on either way, and the next apply continues.
    """
    from runner import engine

    with options.watching() as progress:
        document = _saved(asked)
        chosen, given = (target or document.target, document.options) if document else (target, asked)
        session = options.open_session(directory, chosen, progress, given.variables)
        made = engine.reopen(session, progress, document) if document else engine.plan(session, progress, asked)
    manner = Manner(
        ask=None if auto_approve else lambda: confirm(f"Apply this to {session.target}?"),
        as_json=as_json,
        wait=wait,
        parallelism=parallelism,
        allow_replace=allow_replace,
        allow_delete_all=allow_delete_all,
        push_ledger=push_ledger,
    )
    return carry_out(session, made, manner)


def _saved(asked: "Options") -> "Saved | None":
    """The saved plan that the only word on the command line names, if it does."""
    from runner.model.options import Options
    from runner.report import saved

    if len(asked.patterns) != 1 or not saved.is_saved(Path(asked.patterns[0])):
        return None
    if asked != Options(asked.patterns):
        raise click.UsageError("a saved plan has its own options: give them to aml plan --out")
    return saved.read(Path(asked.patterns[0]))
