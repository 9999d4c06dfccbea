"""Revisions as people write them: branches, tags, abbreviated commits, and what lies between two of them."""

from dataclasses import dataclass

from runner.git.repository import Repository

_HEAD = "HEAD"


@dataclass(frozen=True, slots=True)
class Range:
    """Two revisions. `forked`: the first one stands for the commit at which the two parted (`BASE...HEAD`)."""

    base: str
    head: str
    forked: bool = False


def ends(text: str) -> Range:
    """What `BASE..HEAD` or `BASE...HEAD` names. An end left out is HEAD, and so is the second of a lone revision."""
    base, dots, head = text.partition("...")
    if not dots:
        base, _, head = text.partition("..")
    return Range(base or _HEAD, head or _HEAD, forked=bool(dots))


def commit(repository: Repository, revision: str) -> str:
    """The commit that a revision names; empty when git knows none, or more than one, by it."""
    return repository.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", default="")


def fork(repository: Repository, one: str, other: str) -> str:
    """The last commit that two of them have in common; empty when there is none here."""
    return repository.ask("merge-base", "--end-of-options", one, other, default="")
