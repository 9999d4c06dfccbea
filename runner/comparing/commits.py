"""The commits that a person names: git's revisions, and commits that only the ledger still knows."""

import re

from runner.errors import ConfigError
from runner.git import revisions
from runner.git.history import History
from runner.git.repository import Repository
from runner.model.commits import Commit
from runner.model.ledger import Ledger

_ABBREVIATED = re.compile(r"[0-9a-f]{7,64}")


def between(repository: Repository, recorded: Ledger, text: str) -> tuple[Commit, Commit]:
    """The two ends of `BASE..HEAD`. Raises ConfigError when nobody knows one of them."""
    if not repository.exists:
        raise ConfigError(f"{repository.root} is no git repository: there are no commits to compare")
    wanted = revisions.ends(text)
    base, head = (_commit(repository, recorded, each) for each in (wanted.base, wanted.head))
    if wanted.forked:
        base = revisions.fork(repository, base, head)
        if not base:
            raise ConfigError(f"{text}: the two have no commit in common in this clone (git fetch --unshallow?)")
    known = History(repository).commits([base, head])
    return known.get(base, Commit(base)), known.get(head, Commit(head))


def _commit(repository: Repository, recorded: Ledger, revision: str) -> str:
    found = revisions.commit(repository, revision)
    if found:
        return found
    applied = {entry.commit for entry in recorded.entries if entry.commit.startswith(revision)}
    if len(applied) == 1 and _ABBREVIATED.fullmatch(revision):
        return applied.pop()
    raise ConfigError(f"git knows no commit by {revision!r}, and the ledger none either; a git fetch may bring it")
