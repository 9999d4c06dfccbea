"""What a commit says of itself."""

import re
from dataclasses import dataclass

# How GitHub's merges begin, and how its squashes end. Git's own revert of one quotes it, and came from elsewhere.
_PULL = re.compile(r'Merge pull request #(\d{1,9}) |(?!Revert ".*"$).*\(#(\d{1,9})\)')
_APPROVED = re.compile(r"^(?:Approved|Reviewed)-by: *([^<\n]*[^<\s])", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commit:
    """`at` is when its author wrote it, ISO 8601 in UTC. All but the id may be empty."""

    id: str
    author: str = ""
    at: str = ""
    subject: str = ""
    body: str = ""

    @property
    def pull_request(self) -> int | None:
        """The pull request that it came from, by its subject."""
        found = _PULL.match(self.subject)
        return int(found[1] or found[2]) if found else None

    @property
    def approved_by(self) -> tuple[str, ...]:
        """Those who approved it, by its trailers."""
        return tuple(_APPROVED.findall(self.body.rpartition("\n\n")[2]))
