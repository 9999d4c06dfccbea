"""`aml prune`: archive old versions of ours that nothing uses."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from runner.cli import options
from runner.cli.carrying import Manner, carry_out, confirm

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Age(click.ParamType[timedelta]):
    """A duration such as 12h, 30d or 8w."""

    name = "age"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = re.fullmatch(r"(\d{1,5})([hdw])", str(value))
        if not found:
            self.fail(f"{value!r} is no age such as 12h, 30d or 8w", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.command(name="prune", short_help="Archive old versions that nothing uses.")
@options.target
@options.variables
@click.option("--keep", type=click.IntRange(0), default=3, show_default=True, help="Newest of each name to keep.")
@click.option("--older-than", type=Age(), metavar="AGE", help="Only versions older than this: 12h, 30d, 8w.")
@options.as_json
@options.auto_approve
@options.allow_rollback
@click.pass_obj
def command(
    directory: str,
    target: str | None,
    variables: dict[str, Any],
    keep: int,
    older_than: timedelta | None,
    as_json: bool,
    auto_approve: bool,
    allow_rollback: bool,
) -> int:
    """Archive old versions that nothing uses, of environments, data, models and components that this project made.

    What a spec, an active run or a version that is kept uses stays. Archived versions are hidden from lists; who names
    one can still use it.
    """
    from runner import upkeep
    from runner.plan.removals import Retention

    before = (datetime.now(UTC) - older_than).isoformat() if older_than else ""
    with options.watching() as progress:
        session = options.open_session(directory, target, progress, variables)
        made = upkeep.prune(session, progress, Retention(keep, before), allow_rollback=allow_rollback)
    ask = None if auto_approve else lambda: confirm(f"Archive these in {session.target}?")
    return carry_out(session, made, Manner(ask, as_json))
