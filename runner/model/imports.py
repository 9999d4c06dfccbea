"""What an import did, for people and machines."""

from collections.abc import Mapping
from dataclasses import dataclass

from runner.model.keys import Key


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file or folder that was written, by its path from the project's root; a folder's ends with a slash."""

    path: str
    owners: tuple[Key, ...]  # the resources it belongs to

    @property
    def is_spec(self) -> bool:
        """Whether it is a resource, and not a part of one."""
        return len(self.owners) == 1 and self.path == f"specs/{self.owners[0].kind.folder}/{self.owners[0].name}.yml"


@dataclass(frozen=True, slots=True)
class Imported:
    """Everything that was written, and why the rest of what was chosen was not.

    `hidden` are folders of which git ignores something: what would be sent of them is not what is live.
    """

    files: tuple[ImportedFile, ...]
    passed_over: Mapping[Key, str]
    hidden: tuple[str, ...] = ()
