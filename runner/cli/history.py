"""`aml history`: what became of resources, commit by commit, from git and the ledger alone."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli import options
from runner.cli.output import say, write
from runner.errors import ConfigError

if TYPE_CHECKING:
    from runner.git.repository import Repository
    from runner.model.keys import Key
    from runner.model.ledger import Ledger

_SHORTEST = 7  # digits of an abbreviated commit


@click.command(name="history", short_help="Show what became of a resource, commit by commit.")
@click.argument("key", required=False)
@click.option("-t", "--target", metavar="NAME", help="Only what was applied to this target.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Only from this day on (UTC).")
@click.option("--commit", "revision", metavar="REV", help="Only what was applied of this commit.")
@options.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print a table, with a column for each metric and parameter.")
@options.form
@click.pass_obj
def command(
    directory: str,
    key: str | None,
    target: str | None,
    since: datetime | None,
    revision: str | None,
    as_json: bool,
    as_csv: bool,
    form: str,
) -> int:
    """Show what became of a resource, commit by commit: the commits that changed its spec, what was applied of each and
    how that went, its runs and their metrics.

    It reads git and the ledger of this clone, and asks no workspace. KEY may be a pattern.
    """
    from runner.desired.place import repository_of, root_of
    from runner.git.history import History
    from runner.git.ledger import read
    from runner.git.repository import Repository
    from runner.model.steps import Wanted, series, steps
    from runner.report import history

    root = root_of(Path(directory))
    repository = Repository(repository_of(root or Path(directory).resolve()))
    recorded = read(repository)
    for each in recorded.wanting():
        say(each)
    past = History(repository)
    keys = _keys(recorded, key)
    files = _files(root or repository.root, repository, recorded, keys) if keys is not None else ()
    touching = past.edits(files) if not target and not revision else []
    known = past.commits([*touching, *(entry.commit for entry in recorded.entries)])
    commit = _commit(repository, recorded, revision) if revision else None
    wanted = Wanted(keys, target, since.replace(tzinfo=UTC) if since else None, commit)
    told = steps(recorded, wanted, known, touching)
    if recorded.entries and not told:
        say("nothing of that was applied, as far as the ledger knows")
    metrics = series(told)
    if as_json:
        click.echo(history.document(told))
    elif as_csv:
        from runner.report import ledger

        click.echo(ledger.table(entry for step in told for entry in step.entries), nl=False)
    elif form == "markdown":
        click.echo(history.markdown(told, metrics))
    else:
        write(history.text(told, metrics))
    return 0


def _commit(repository: "Repository", recorded: "Ledger", revision: str) -> str:
    """The commit that is meant: by git, else by the ledger, which also knows those that are gone."""
    from runner.git import revisions

    found = revisions.commit(repository, revision)
    gone = {
        entry.commit for entry in recorded.entries if len(revision) >= _SHORTEST and entry.commit.startswith(revision)
    }
    if not found and len(gone) != 1:
        raise ConfigError(f"no commit is called {revision!r}, in this clone or in its ledger")
    return found or gone.pop()


def _keys(recorded: "Ledger", pattern: str | None) -> "frozenset[Key] | None":
    from runner.model.keys import select

    return frozenset(select({entry.key for entry in recorded.entries}, [pattern])) if pattern else None


def _files(root: Path, repository: "Repository", recorded: "Ledger", keys: "Iterable[Key]") -> tuple[str, ...]:
    """The files that the specs of these keys were in: paths from the repository's root."""
    inside = root.relative_to(repository.root)
    own = set(keys)
    places = {entry.spec.rpartition(":")[0] for entry in recorded.entries if entry.key in own and entry.spec}
    return tuple(sorted(Path(inside, place).as_posix() for place in places))
