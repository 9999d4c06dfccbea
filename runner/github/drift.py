"""`aml ci drift`: what differs from the specs becomes one issue, kept up to date, and closed when nothing differs."""

from collections.abc import Mapping

import click

from runner import engine
from runner.github import opening, workflow
from runner.github.context import Context
from runner.github.opening import Call
from runner.github.publish import Publisher
from runner.github.story import marker
from runner.model.events import Listener
from runner.model.review import Review, Stage
from runner.report.comment import comment

CLOSED = "The workspace is what the specs say again."


def drift(call: Call, context: Context, listener: Listener) -> int:
    """Plans, and opens, updates or closes the issue of this target; the exit code is 0 also when there is drift."""
    publisher = Publisher(context, dry=call.dry_run)
    session = opening.open_session(call, context, listener)
    made = engine.plan(session, listener)
    differs = bool(made.pending or made.drift or made.diagnostics)
    mark = marker(f"{session.target}-drift")
    text = comment(Review(session.target, Stage.PLANNED, context.commit, plan=made, url=context.run_url))
    if publisher.dry:
        click.echo(text)
    elif differs:
        title = f"{session.target} differs from its specs"
        click.echo(publisher.client.open_issue(title, mark, f"{mark}\n{text}"))
    else:
        publisher.client.close_issue(mark, CLOSED)
    workflow.write_summary(context, text)
    workflow.write_outputs(context, _outputs(differs=differs, drift=len(made.drift), changes=len(made.pending)))
    return 0


def _outputs(*, differs: bool, drift: int, changes: int) -> Mapping[str, str]:
    return {"differs": str(differs).lower(), "drift": str(drift), "changes": str(changes)}
