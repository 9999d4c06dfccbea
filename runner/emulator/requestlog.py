"""A compact log of every request, one JSON object a line: tests and people count writes with it."""

import json
import time
from pathlib import Path
from typing import TextIO

MAX_BYTES = 8 * 1024 * 1024


class RequestLog:
    """Appends to a file; when it is full it becomes `.1`, and a fresh one begins. So at most twice MAX_BYTES."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO = path.open("a")

    def write(self, method: str, path: str, status: int, client_request_id: str, seconds: float) -> None:
        """`path` comes without its query, which may carry a signature."""
        entry = {
            "time": time.time(),
            "method": method,
            "path": path,
            "status": status,
            "client_request_id": client_request_id,
            "seconds": round(seconds, 4),
        }
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        if self._file.tell() > MAX_BYTES:
            self._rotate()

    def close(self) -> None:
        self._file.close()

    def _rotate(self) -> None:
        self._file.close()
        self._path.replace(self._path.with_name(self._path.name + ".1"))
        self._file = self._path.open("a")
