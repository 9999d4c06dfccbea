"""`aml ci`: what a workflow of GitHub Actions calls. Everything but the posting works on a laptop, too."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli import options
from runner.cli.interrupt import INTERRUPTED, stopping

if TYPE_CHECKING:
    from runner.github.opening import Call

_CANCELED = "canceled: what was submitted goes on, unless its rule says cancel_on_abort"
dry_run = click.option("--dry-run", is_flag=True, help="Print what would be posted, and change and post nothing.")
push_ledger = click.option(
    "--push-ledger/--no-push-ledger",
    default=None,
    help="Push what is written into the ledger; by default in a workflow, and nowhere else.",
)


@click.group(name="ci", short_help="In GitHub Actions: comments, checks, reports, drift.")
def command() -> None:
    """In GitHub Actions: comments, checks, reports, drift.

    Plans and trains for pull requests, and tells them how it goes.
    GITHUB_* variables and the event's file say what it is about; GITHUB_TOKEN lets it comment. On a laptop, or with
    --dry-run, it prints what it would post.
    """


def _call(directory: str, target: str | None, variables: dict[str, Any], *, dry: bool) -> "Call":
    from runner.github.opening import Call

    return Call(Path(directory), target, variables, os.environ, dry)


@command.command(name="plan", short_help="Say what a pull request would do.")
@options.target
@options.variables
@dry_run
@click.pass_obj
def plan(directory: str, target: str | None, variables: dict[str, Any], dry_run: bool) -> int:
    """Say what a pull request would do: one comment for each target, kept up to date, and annotations.

    A pull request of a fork is checked offline: no workspace is asked, and nothing is posted. Exits with 1 when the
    specs or the plan have errors.
    """
    from runner.github import planning
    from runner.github.context import context

    with options.watching() as progress:
        call = _call(directory, target, variables, dry=dry_run)
        return planning.plan(call, context(os.environ), progress)


@command.command(name="apply", short_help="Apply, and say how it goes.")
@options.target
@options.variables
@click.option("--detach", is_flag=True, help="Do not wait for the runs: `aml ci report` tells how they went.")
@click.option("--prune", is_flag=True, help="Delete or archive what this project made and no spec asks for.")
@push_ledger
@dry_run
@click.pass_obj
def apply(
    directory: str,
    target: str | None,
    variables: dict[str, Any],
    detach: bool,
    prune: bool,
    push_ledger: bool | None,
    dry_run: bool,
) -> int:
    """Apply, wait for the runs, judge them by their gates, and say how it goes.

    For a pull request only runs and new versions are added. On a push everything is reconciled, the pull request that
    it came from hears of it, and runs whose gates passed are registered as models where a rule says so.

    Exits with 1 when anything failed, a gate too. When the workflow is canceled, runs go on unless their rule says
    cancel_on_abort.
    """
    from runner.github import applying
    from runner.github.context import context
    from runner.model.options import Options

    with options.watching() as progress, stopping(_CANCELED) as stop:
        call = _call(directory, target, variables, dry=dry_run)
        asked = Options(prune=prune, variables=variables)
        found = context(os.environ)
        push = bool(found.repository) if push_ledger is None else push_ledger
        code = applying.apply(call, found, progress, stop, detach=detach, push_ledger=push, options=asked)
    return INTERRUPTED if stop.is_set() else code


@command.command(name="report", short_help="Finish the story of runs that nobody waited for.")
@options.target
@options.variables
@push_ledger
@dry_run
@click.pass_obj
def report(
    directory: str, target: str | None, variables: dict[str, Any], push_ledger: bool | None, dry_run: bool
) -> int:
    """Finish the story of runs that nobody waited for: detached ones, and those whose runner died.

    The ledger is told how they ended, too.
    """
    from runner.github import reporting
    from runner.github.context import context

    with options.watching() as progress:
        found = context(os.environ)
        push = bool(found.repository) if push_ledger is None else push_ledger
        call = _call(directory, target, variables, dry=dry_run)
        return reporting.report(call, found, progress, push_ledger=push)


@command.command(name="ledger", short_help="Push what another job wrote into its ledger.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@dry_run
@click.pass_obj
def ledger(directory: str, file: Path, dry_run: bool) -> int:
    """Push what another job wrote into its ledger, and what `aml ledger export` printed there.

    Lines are added, and none is taken away. With a line that cannot be read nothing is added.
    """
    from runner.github import handover
    from runner.github.context import context

    new = handover.take_over(Path(directory), file, context(os.environ), dry=dry_run)
    click.echo(f"{new} {'line' if new == 1 else 'lines'} {'would be ' if dry_run else ''}added")
    return 0


@command.command(name="drift", short_help="Keep one issue about what differs.")
@options.target
@options.variables
@dry_run
@click.pass_obj
def drift(directory: str, target: str | None, variables: dict[str, Any], dry_run: bool) -> int:
    """Keep one issue about what differs from the specs: opened, updated, and closed by itself."""
    from runner.github import drift as drifting
    from runner.github.context import context

    with options.watching() as progress:
        return drifting.drift(_call(directory, target, variables, dry=dry_run), context(os.environ), progress)
