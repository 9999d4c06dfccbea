"""The ledger of a clone, read from its notes."""

from dataclasses import replace

from runner.git import notes
from runner.git.repository import Repository
from runner.model.ledger import Damage, Ledger, parse


def read(repository: Repository) -> Ledger:
    """The ledger. Raises GitError when what stands in its place is something else."""
    found = notes.read(repository)
    ledger = parse(found.texts)
    unread = tuple(Damage(place, 0, why) for place, why in found.unread.items())
    return replace(ledger, damage=(*ledger.damage, *unread))
