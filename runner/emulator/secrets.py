"""The workspace's secrets: drawn once per state directory, so that clients survive a restart of the daemon."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Secrets:
    """All are random text of at least 32 bytes."""

    identity_header: str  # proves to the identity endpoint that the caller may have tokens
    discovery_key: str  # part of the metadata's and the discovery document's path: the SDK sends no token there
    signing_key: str  # of bearer tokens and of the browser's cookie
    storage_key: str  # of shared access signatures

    @classmethod
    def load_or_draw(cls, path: Path) -> "Secrets":
        if path.exists():
            return cls(**json.loads(path.read_text()))
        drawn = cls(**{field.name: secrets.token_urlsafe(48) for field in fields(cls)})
        write_private(path, json.dumps(asdict(drawn)))
        return drawn


def write_private(path: Path, text: str) -> None:
    """Write a file that only the user can read, never half of it."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
