"""What several commands take, and how they begin."""

import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.cli.progress import Progress
    from runner.engine import Session


target = click.option("-t", "--target", metavar="NAME", help="The target in project.yml; else its default_target.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object (docs/json.md).")
patterns = click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
retry_failed = click.option(
    "--retry-failed", multiple=True, metavar="PATTERN", help="Run jobs again whose run failed or was canceled."
)
refresh_secrets = click.option(
    "--refresh-secrets", is_flag=True, help="Send the credentials of datastores again: no read returns them."
)


def open_session(directory: str, name: str | None, progress: "Progress") -> "Session":
    """The project around `directory`, connected to its target."""
    from runner import engine

    return engine.open_session(Path(directory), name, progress)


def watching() -> AbstractContextManager["Progress"]:
    """Progress on stderr: alive on a terminal, plain lines elsewhere."""
    from runner.cli import progress

    return progress.on(sys.stderr)


def now() -> str:
    """The time for documents: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
