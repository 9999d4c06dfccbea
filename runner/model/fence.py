"""The fence of a target that names its branch: only that branch changes things there, and only forwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Standing(StrEnum):
    """Where a commit that something live was applied from stands, seen from the commit of the plan."""

    BEHIND = "behind"  # the same commit, or an ancestor: proof that nothing newer is overwritten
    AHEAD = "ahead"  # a descendant
    ASIDE = "aside"  # on another line: a branch, or a history that was rewritten since
    MISSING = "missing"  # not in this clone
    SHALLOW = "shallow"  # this clone is too shallow to say


@dataclass(frozen=True, slots=True)
class Fence:
    """`here` is whether the plan is made on the branch; `standings` maps live commits to where they stand."""

    branch: str
    here: bool
    standings: Mapping[str, Standing] = field(default_factory=dict)


def bare(commit: str) -> str:
    """The commit of an `aml.commit`, which says `-dirty` when the tree differed from it."""
    return commit.removesuffix("-dirty")
