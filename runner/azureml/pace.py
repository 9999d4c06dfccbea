"""Keeps to the service's pace: it takes writes in a burst, then so many a second, and refuses what is over that."""

import time
from collections.abc import Callable
from threading import Lock

BURST, RATE = 200.0, 10.0  # ARM's writes for one principal and subscription (docs/azure-ml.md)


class Pace:
    """A bucket of tokens; each write takes one, and waits when there is none."""

    def __init__(
        self,
        burst: float = BURST,
        rate: float = RATE,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tokens = self._burst = burst
        self._rate = rate
        self._clock, self._sleep = clock, sleep
        self._since = clock()
        self._lock = Lock()

    def take(self) -> None:
        """Returns when one more write keeps to the pace. Whoever waits has its token: the next one waits longer."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._since) * self._rate) - 1
            self._since = now
            wait = -self._tokens / self._rate
        if wait > 0:
            self._sleep(wait)
