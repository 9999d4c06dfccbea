"""`aml ci ledger`: adds what another job wrote into its ledger, and pushes it.

So a job in which the code of a pull request may run needs no token that can write to the repository.
"""

from collections.abc import Iterable
from pathlib import Path

from runner.desired.place import repository_of
from runner.errors import ConfigError
from runner.git import notes, remote
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.github import opening
from runner.github.context import Context
from runner.model.ledger import FINISH, Entry, line, parse


def take_over(directory: Path, file: Path, context: Context, *, dry: bool) -> int:
    """Adds the lines of the file that the ledger does not have, and pushes; how many there were.

    All or nothing: raises ConfigError when one cannot be read, or is not of the workflow's own pull request. Nothing is
    ever taken out of the ledger.
    """
    # Whatever is checked out: the base of the first pull request has no specs yet.
    repository = Repository(repository_of(directory.resolve()))
    told = _read(file)
    login = opening.occasion(context, (), push=True).login
    if not dry:
        remote.fetch(repository, login)
    known = {entry.id for entry in read(repository).entries}
    new = [entry for entry in told if entry.id not in known]
    _check(new, context)
    if not dry:
        _add(repository, new)
        remote.push(repository, login)
    return len(new)


def _read(file: Path) -> tuple[Entry, ...]:
    try:
        found = parse({str(file): file.read_text("utf-8")})
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from error
    for damage in found.damage:
        raise ConfigError(f"{file}:{damage.line}: {damage.why}; nothing was added")
    return found.entries


def _check(new: Iterable[Entry], context: Context) -> None:
    """The other job may have been the author's: it is heard about its own pull request, and about how runs ended."""
    pull = context.pull_request
    for entry in new:
        if pull and entry.action != FINISH and entry.pull_request != pull.number:
            raise ConfigError(f"a line about {entry.address} is not of pull request #{pull.number}; nothing was added")


def _add(repository: Repository, entries: list[Entry]) -> None:
    lines: dict[str, list[str]] = {}
    for entry in entries:
        lines.setdefault(entry.commit, []).append(line(entry))
    if lines:
        notes.append(repository, lines)
