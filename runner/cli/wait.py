"""`aml wait`: follow runs to their end."""

from typing import TYPE_CHECKING, Any

import click

from runner.cli import options
from runner.cli.interrupt import INTERRUPTED, stopping
from runner.cli.output import diagnose, say, write
from runner.model.runs import COMPLETED, TERMINAL

if TYPE_CHECKING:
    from runner.engine import Session
    from runner.model.live import LiveRun


@click.command(name="wait", short_help="Wait for runs, and show how they went.")
@click.argument("names", nargs=-1, metavar="[JOB|RUN]...")
@options.target
@options.variables
@options.as_json
@click.pass_obj
def command(
    directory: str, names: tuple[str, ...], target: str | None, variables: dict[str, Any], as_json: bool
) -> int:
    """Wait for runs, and show how they went: those named, else every one of this target that is not over.

    JOB is a key such as job/iris-train: its latest run; RUN is a live name. Exits with 0 only if all of them
    completed. How they ended is added to the ledger. Ctrl-C ends the waiting, not the runs.
    """
    from runner import engine, recording

    with options.watching() as progress, stopping("stopping: the runs go on; again to stop at once") as stop:
        session = options.open_session(directory, target, progress, variables)
        results = engine.follow(session, _wanted(session, names), progress, stop)
        over = {result.live_name for result in results if result.run["status"] in TERMINAL}
        warnings = recording.finished(session, recording.Occasion(), over)
    diagnose(warnings)
    if as_json:
        from runner.report import json

        click.echo(json.results(session.desired.origin, results, options.now()))
    else:
        from runner.report import text

        write(text.results(results))
    if not results:
        say("No run is under way.")
    if stop.is_set():
        return INTERRUPTED
    return 0 if all(result.run["status"] == COMPLETED for result in results) else 1


def _wanted(session: "Session", names: tuple[str, ...]) -> "tuple[LiveRun, ...]":
    from runner import engine

    return engine.find_runs(session, names) if names else engine.active_runs(session)
