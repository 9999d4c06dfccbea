"""The system logs of a job: short lines for a person, each with its time, written through at once."""

from datetime import UTC, datetime
from pathlib import Path


class Journal:
    """One log file. Appends, so that a second attempt does not hide the first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path

    def line(self, text: str) -> None:
        """Write one line (or several) with the current time."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{now}  {part}\n" for part in text.splitlines() or [""])
