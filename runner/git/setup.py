"""How git and a clone are set up: what decides which questions it can answer."""

import re
from dataclasses import dataclass

from runner.errors import GitError
from runner.git.repository import Repository

_FETCH = re.compile(r"remote\.(?P<remote>.+)\.fetch \+?(?P<source>[^:]*)")
NOTES = "refs/notes/"


@dataclass(frozen=True, slots=True)
class Setup:
    """`remotes` are those that are fetched from; `with_notes` those of them whose notes are fetched, too."""

    version: str
    commit: str
    ref: str
    shallow: bool
    remotes: frozenset[str]
    with_notes: frozenset[str]


def setup(repository: Repository) -> Setup:
    """The set-up of a repository. Raises GitError when git cannot be started, or refuses the repository."""
    version = repository.ask("version").removeprefix("git version ")
    if not repository.ask("rev-parse", "--git-dir", default=""):
        raise GitError(f"git refuses {repository.root}: `git status` says why")
    listed = repository.ask("config", "--get-regexp", r"^remote\..*\.fetch$", default="")
    fetched = [found for line in listed.splitlines() if (found := _FETCH.match(line))]
    return Setup(
        version=version,
        commit=repository.commit(),
        ref=repository.ref(),
        shallow=repository.ask("rev-parse", "--is-shallow-repository") == "true",
        remotes=frozenset(found["remote"] for found in fetched),
        with_notes=frozenset(found["remote"] for found in fetched if found["source"].startswith(NOTES)),
    )
