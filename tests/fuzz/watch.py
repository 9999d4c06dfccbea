"""What a piece of our code does to the machine: each file that it opens or changes, each process, each connection."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}
_CHANGING |= {
    "os.truncate",
    "os.utime",
    "os.putenv",
    "os.unsetenv",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.kill",
}
_CHANGING |= {"os.fork", "socket.bind", "socket.connect", "socket.getaddrinfo", "sqlite3.connect", "ctypes.dlopen"}
_OUR_PROCESSES = ("runner.desired.templates", "git")


class HangError(BaseException):
    """It takes too long. No `except` of the code that hangs catches it."""


class Watch:
    """An audit hook: Python tells it of everything that reaches out. One for a process, as hooks stay."""

    def __init__(self) -> None:
        self.readable: tuple[str, ...] = ()
        self.writable: tuple[str, ...] = ()
        self._seen: list[str] | None = None
        sys.addaudithook(self._note)

    @contextmanager
    def nothing_happens(self) -> Iterator[None]:
        """What the block does outside of what is readable and writable is an AssertionError."""
        self._seen = seen = []
        try:
            yield
        finally:
            self._seen = None
        assert not seen, seen

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._seen is None:
            return
        if event == "open":
            self._open(*arguments)
        elif event == "subprocess.Popen":
            if not set(_OUR_PROCESSES) & set(map(str, arguments[1])):
                self._seen.append(f"{event} {arguments[1]}")
        elif event in _CHANGING and not self._is_in(arguments[0], self.writable):
            self._seen.append(f"{event} {arguments!r:.200}")

    def _open(self, path: Any, _: Any, flags: int) -> None:
        assert self._seen is not None
        writes = flags & _WRITING
        # A name alone is opened below a folder that was opened before.
        if isinstance(path, int) or (not writes and os.sep not in os.fsdecode(path)):
            return
        if self._is_in(path, self.writable if writes else self.readable + self.writable):
            return
        self._seen.append(f"{'writes' if writes else 'reads'} {path!r}")

    @staticmethod
    def _is_in(path: Any, folders: tuple[str, ...]) -> bool:
        name = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        # What Python compiles is its own business.
        return ".pyc" in name or "__pycache__" in name or name.startswith(folders)


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file and folder below a folder: its mode, size and time of change."""
    found = {}
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            info = os.lstat(f"{place}/{name}")
            found[f"{place}/{name}"] = (info.st_mode, info.st_size, info.st_mtime_ns)
    return found


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Stops the block with HangError after so much processor time of this process."""

    def stop(_: int, __: FrameType | None) -> NoReturn:
        raise HangError(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
