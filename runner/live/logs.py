"""The log of a run, read from signed URLs as it grows."""

import time
from collections.abc import Callable, Iterator

from runner.azureml import runs
from runner.azureml.rest import Rest
from runner.errors import ConfigError
from runner.model.runs import TERMINAL

PAUSE = 0.5  # seconds between two looks

Piece = tuple[bytes, str]  # new bytes, and the status of the run when they were read


def stream(
    rest: Rest, name: str, *, follow: bool, system: bool, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Piece]:
    """New bytes of the user's log, or of all the others with `system`. Raises ConfigError when there is nothing."""
    read: dict[str, int] = {}
    while True:
        found = runs.details(rest, name)
        if found is None:
            raise ConfigError(f"there is no run {name}")
        for log, url in _chosen(found, system=system):
            new = rest.text(url, read.get(log, 0))
            read[log] = read.get(log, 0) + len(new)
            yield new, found.status
        if not follow or found.status in TERMINAL:
            break
        sleep(PAUSE)
    if not any(read.values()):
        have = ", ".join(sorted(found.logs or {})) or "none"
        raise ConfigError(f"{name} ({found.status}) wrote no such log; it has: {have}. --system shows the workspace's")


def _chosen(found: runs.Details, *, system: bool) -> list[tuple[str, str]]:
    logs = sorted((found.logs or {}).items())
    return [item for item in logs if (item[0] != found.user_log if system else item[0] == found.user_log)]
