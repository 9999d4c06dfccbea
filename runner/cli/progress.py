"""What happens, as it happens: a living display on a terminal, plain lines elsewhere. Always on stderr."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from runner.cli.output import colourful
from runner.model.events import Event, Finished, RunBuilding, RunLogged, RunMoved, Started, Working
from runner.model.plan import Action, Change
from runner.report.lines import duration, inert

if TYPE_CHECKING:
    from rich.console import RenderableType

_DOING = {
    Action.CREATE: "creating",
    Action.UPDATE: "updating",
    Action.REPLACE: "replacing",
    Action.DELETE: "removing",
    Action.ADOPT: "adopting",
    Action.RUN: "submitting",
}
TAIL = 8  # lines of the log that a terminal shows


class Progress(Protocol):
    """Listens to events."""

    def __call__(self, event: Event) -> None: ...


@contextmanager
def on(stream: TextIO) -> Iterator[Progress]:
    """The progress display that suits the stream; gone from a terminal after the block."""
    if colourful(stream):
        with _Terminal(stream) as display:
            yield display
    else:
        yield _Plain(stream)


class _Plain:
    """One line an event: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        line = _sentence(event)
        if line:
            print(inert(line), file=self._stream, flush=True)


def _sentence(event: Event) -> str:
    match event:
        case Working(text):
            return f"{text} ..."
        case Started(change):
            return f"{change.key}: {_DOING[change.action]} {change.live_name}"
        case Finished(change, result):
            return f"{change.key}: {result.status}{f': {result.error}' if result.error else ''}"
        case RunMoved(key, _, status, seconds):
            return f"{key}: {status} after {duration(seconds)}"
        case RunLogged(key, line):
            return f"{key} | {line}"
        case RunBuilding():
            return ""  # a hundred lines of packages: `aml logs --system` has them


class _Terminal:
    """What is going on now, and the tail of the log; what is finished scrolls away above."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live

        self._now = ""
        self._since = time.monotonic()
        self._tail: list[str] = []
        self._console = Console(file=stream, highlight=False)
        self._live = Live(console=self._console, refresh_per_second=8, transient=True, get_renderable=self._display)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._now, self._tail = "", []
        self._live.stop()

    def __call__(self, event: Event) -> None:
        match event:
            case Working(text):
                self._begin(text)
            case Started(change):
                self._begin(f"{_DOING[change.action]} {change.key}")
            case Finished(change, result):
                self._keep(change, result.status)
            case RunMoved(key, _, status, _):
                self._tail = []
                self._begin(f"{key} {status}")
            case RunLogged(_, line) | RunBuilding(_, line):
                self._tail = [*self._tail, inert(line)][-TAIL:]

    def _begin(self, text: str) -> None:
        self._now, self._since = inert(text), time.monotonic()

    def _keep(self, change: Change, status: str) -> None:
        from rich.text import Text

        took = duration(time.monotonic() - self._since)
        style = "green" if status == "done" else "red"
        self._console.print(Text(f"  {change.action.symbol} {change.key}  {status} in {took}", style=style))

    def _display(self) -> "RenderableType":
        from rich.spinner import Spinner
        from rich.text import Text

        if not self._now:
            return Text("")
        from rich.console import Group

        elapsed = duration(time.monotonic() - self._since)
        tail = [Text(f"  {line}", style="dim", overflow="ellipsis", no_wrap=True) for line in self._tail]
        return Group(Spinner("dots", Text(f"{self._now}  {elapsed}")), *tail)
