"""What a commit says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    """`at` is when its author wrote it, ISO 8601 in UTC. All but the id may be empty."""

    id: str
    author: str = ""
    at: str = ""
    subject: str = ""
