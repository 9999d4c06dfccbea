"""What several commands take, and how they begin."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from runner.cli.progress import Progress
    from runner.engine import Session


target = click.option("-t", "--target", metavar="NAME", help="The target in project.yml; else its default_target.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object (docs/json.md).")
offline = click.option("--offline", is_flag=True, help="Ask neither the workspace nor any other server.")
form = click.option(
    "--format", "form", type=click.Choice(["text", "markdown"]), default="text", help="For a terminal, or a page."
)
patterns = click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
auto_approve = click.option("--auto-approve", is_flag=True, help="Do not ask.")
allow_rollback = click.option(
    "--allow-rollback", is_flag=True, help="Also what the target's branch alone may do, or what may be newer."
)
push_ledger = click.option(
    "--push-ledger", is_flag=True, help="Push what is written into the ledger, merged with what others pushed."
)
_PLANNING = (
    click.option(
        "--retry-failed", multiple=True, metavar="PATTERN", help="Run jobs again whose run failed or was canceled."
    ),
    click.option(
        "--refresh-secrets", is_flag=True, help="Send the credentials of datastores again: no read returns them."
    ),
    click.option("--adopt", is_flag=True, help="Take over what is there and was not made by this project."),
    click.option("--prune", is_flag=True, help="Delete or archive what this project made and no spec asks for."),
    allow_rollback,
)


def _read(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
    from runner.model.variables import variable

    return dict(map(variable, given))


variables = click.option(
    "-V",
    "--var",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_read,
    help="A value that templates find as vars.NAME.",
)


def planning(command: Callable[..., int]) -> Callable[..., int]:
    """PATTERNs and the options that say how a plan is made; the command gets them all as one, `asked`."""

    @wraps(command)
    def with_asked(*arguments: Any, **given: Any) -> int:
        from runner.model.options import Options

        asked = {field: given.pop(field) for field in Options.__dataclass_fields__}
        return command(*arguments, asked=Options(**asked), **given)

    decorated: Callable[..., int] = with_asked
    for option in reversed((variables, *_PLANNING)):
        decorated = option(decorated)
    return patterns(decorated)


def open_session(directory: str, name: str | None, progress: "Progress", variables: Mapping[str, Any]) -> "Session":
    """The project around `directory`, connected to its target."""
    from runner import engine

    return engine.open_session(Path(directory), name, progress, variables)


def watching() -> AbstractContextManager["Progress"]:
    """Progress on stderr: alive on a terminal, plain lines elsewhere."""
    from runner.cli import progress

    return progress.on(sys.stderr)


def now() -> str:
    """The time for documents: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
