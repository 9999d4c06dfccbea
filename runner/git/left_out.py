"""What of a folder is not sent: what its ignore file names, what is never sent, and files that seem to be secret."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum, auto
from pathlib import Path
from time import thread_time
from types import FrameType
from typing import NoReturn

import pathspec

from runner.errors import GitError
from runner.git import files
from runner.model.secret_files import is_secret

NEVER = {".git", "__pycache__"}
# They have done their work here. Sent along, the SDK would apply them again and leave out what git tracks all the same.
IGNORE_FILES = (".amlignore", ".gitignore")
_SECONDS = 5.0  # of processor time, for all that one ignore file is asked about


class Why(StrEnum):
    """Why a file is not sent."""

    IGNORED = auto()
    SECRET = auto()


class LeftOut:
    """The rules of one folder. The SDK honours one file, in the folder itself: the first of `names` that is there."""

    def __init__(self, folder: str, root: Path, names: Sequence[str]) -> None:
        self._file = next((path for path in (f"{folder}/{name}" for name in names) if Path(path).is_file()), "")
        self._left = _SECONDS
        self._patterns: pathspec.GitIgnoreSpec | None = None
        if self._file:
            lines = files.text(self._file, root).splitlines()
            try:
                with self._in_time():
                    self._patterns = pathspec.GitIgnoreSpec.from_lines(lines)
            except ValueError as error:
                raise GitError(f"{self._file}: {error}") from error

    def why(self, name: str, *, folder: bool = False) -> Why | None:
        """Why something in the folder is not sent, by its path from there; None if it is. A line `!NAME` sends it."""
        if name in IGNORE_FILES or not NEVER.isdisjoint(name.split("/")):
            return Why.IGNORED
        named = self._named(f"{name}/" if folder else name)
        if named is None:
            return Why.SECRET if is_secret(name) else None
        return Why.IGNORED if named else None

    def _named(self, name: str) -> bool | None:
        """What the last line of the ignore file says that is about this, or None."""
        if self._patterns is None:
            return None
        with self._in_time():
            return self._patterns.check_file(name).include

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Stops patterns that take for ever to match, such as *a*a*a*a*b, or that are too many.

        Outside of the main thread nothing can be stopped; `aml` works in it.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        started = thread_time()
        before = signal.signal(signal.SIGVTALRM, self._stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, max(self._left, 0.001))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            self._left -= thread_time() - started

    def _stop(self, _signal: int, _frame: FrameType | None) -> NoReturn:
        raise GitError(f"{self._file} takes more than {_SECONDS:.0f} s of processor time; use simpler patterns")
