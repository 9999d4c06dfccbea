"""Ctrl-C and SIGTERM: the first lets what is in flight finish, the second ends the process where it is."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event
from types import FrameType

INTERRUPTED = 130
_STDERR = 2
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(words: str) -> Iterator[Event]:
    """An event that the first signal sets, telling the person `words`; a second one exits at once with 130."""
    stop = Event()
    before = {number: signal.signal(number, _handler(stop, words)) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handler(stop: Event, words: str) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            _say("stopped; `aml plan` shows where things stand")
            os._exit(INTERRUPTED)  # threads that wait for the service would hold back any other exit
        stop.set()
        _say(words)

    return handle


def _say(words: str) -> None:
    """Straight to the file: a stream may be in the middle of a write, and while the SDK works stderr is swallowed."""
    with suppress(OSError):
        os.write(_STDERR, f"{words}\n".encode())
