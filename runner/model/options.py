"""What a person asks of a plan beyond what the files say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one plan; a saved plan keeps them, so that it is made again in the same way."""

    patterns: tuple[str, ...] = ()  # globs over kind/name; none: everything
    retry_failed: tuple[str, ...] = ()  # globs: whose failed run may be followed by another attempt
    refresh_secrets: bool = False  # send the credentials of datastores again
    adopt: bool = False  # take over what is there and not ours
    prune: bool = False  # delete what left the repository
    variables: Mapping[str, Any] = field(default_factory=dict)  # what templates find as `vars`
    allow_rollback: bool = False  # also where the fence has no proof that nothing newer is overwritten


DEFAULT = Options()
