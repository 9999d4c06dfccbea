"""How much one folder or file may be that a spec names to be sent."""

from dataclasses import dataclass

FILES = 20_000
BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is read, hashed and sent. `limits` in project.yml raises it."""

    files: int = FILES
    bytes: int = BYTES


DEFAULT = Limits()
