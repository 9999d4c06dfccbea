"""The gate that every HTTP request of an `aml` process passes: it counts them, and lets fate strike at one of them.

It sits in `requests.adapters.HTTPAdapter.send`, in which azure-core, azure-storage and our own requests all end. A
proxy would stand outside the process: it would have to break TLS and to pair each connection with a process, and could
not kill one before its next instruction. `test_gate.py` shows by the workspace's own log that nothing gets past.
"""

import io
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

KILL, DROP = "kill", "drop"
MOMENTS = ("before", "after")
LONGEST_DELAY = 0.004  # seconds; what reorders the requests of parallel workers
LONGEST_BACKOFF = 0.05  # seconds; what is left of the pauses before a retry, which are up to 18 s

Send = Callable[..., requests.Response]


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens at one request. `number` counts from 1; at 0 nothing ever happens.

    `kind` is `kill` (the process is gone at once), `drop` (the connection breaks) or a status that the service answers.
    `moment` is before the service gets the request, or after it has processed it.
    """

    number: int = 0
    moment: str = "before"
    kind: str = KILL

    def __str__(self) -> str:
        return f"{self.kind} {self.moment} request {self.number}"


NONE = Fate()


class Gate:
    """Counts the requests of this process, and writes each to `journal`, one line a request."""

    def __init__(self, fate: Fate, journal: Path, seed: int, send: Send) -> None:
        self._fate = fate
        self._journal = journal
        self._delays = random.Random(seed) if seed else None  # noqa: S311 - no secret
        self._send = send
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if self._enter(request) != self._fate.number:
            return self._send(adapter, request, **options)
        if self._fate.moment == "before":
            return self._strike(request, None)
        return self._strike(request, self._send(adapter, request, **options))

    def _enter(self, request: requests.PreparedRequest) -> int:
        with self._lock:
            self._count += 1
            number = self._count
            with self._journal.open("a", encoding="utf-8") as file:
                file.write(f"{request.method} {urlsplit(str(request.url)).path}\n")
            delay = self._delays.uniform(0, LONGEST_DELAY) if self._delays else 0
        if delay:
            time.sleep(delay)
        return number

    def _strike(self, request: requests.PreparedRequest, answer: requests.Response | None) -> requests.Response:
        if self._fate.kind == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        if answer is not None:
            answer.close()
        if self._fate.kind == DROP:
            raise requests.ConnectionError(
                urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError())
            )
        return _refusal(request, int(self._fate.kind))


def install(fate: Fate, journal: Path, seed: int) -> None:
    """From now on every request of this process passes a gate. A seed other than 0 reorders parallel requests."""
    gate = Gate(fate, journal, seed, HTTPAdapter.send)

    def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        return gate(adapter, request, **options)

    HTTPAdapter.send = send  # type: ignore[method-assign, assignment]
    if fate.kind != KILL:
        _hurry()


def _hurry() -> None:
    """Whoever pauses before a retry pauses for a moment only."""
    pause = time.sleep

    def moment(seconds: float) -> None:
        pause(min(seconds, LONGEST_BACKOFF))

    time.sleep = moment  # type: ignore[assignment]


def _refusal(request: requests.PreparedRequest, status: int) -> requests.Response:
    body = b'{"error": {"code": "Fate", "message": "the service has a bad moment"}}'
    headers: Mapping[str, str] = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    if status == requests.codes.too_many_requests:
        headers = {**headers, "Retry-After": "0.01"}
    raw = urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)
    return HTTPAdapter().build_response(request, raw)
