"""Progress: plain lines for logs and pipes, a living display on a terminal."""

import io
import re
import time

import pytest

from runner.cli import progress
from runner.model.events import Event, Finished, RunBuilding, RunLogged, RunMoved, Started, Working
from runner.model.plan import Action, Change, Result
from tests.builders import change, key

CPU = change("compute/cpu", Action.CREATE)
DATA = change("data/iris", Action.UPDATE, live_name="iris:1")
JOB = change("job/train", Action.RUN, live_name="train-0123456789ab")
HOSTILE = "\x1b[31mred\x1b]0;title\x07\r\u202e::add-mask::"


def result(of: Change, status: str, error: str = "") -> Result:
    return Result(of.key, of.action, of.live_name, status, error=error)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def plain(*events: Event, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    with progress.on(stream) as listener:
        for event in events:
            listener(event)
    return stream.getvalue()


def living(*events: Event) -> str:
    return plain(*events, stream=Terminal())


EVENTS: list[tuple[Event, str]] = [
    (Working("reading the workspace"), "reading the workspace ...\n"),
    (Started(CPU), "compute/cpu: creating cpu\n"),
    (Started(DATA), "data/iris: updating iris:1\n"),
    (Started(JOB), "job/train: submitting train-0123456789ab\n"),
    (Finished(CPU, result(CPU, "done")), "compute/cpu: done\n"),
    (Finished(CPU, result(CPU, "failed", "no quota")), "compute/cpu: failed: no quota\n"),
    (RunMoved(key("job/train"), "train-1", "Running", 3.21), "job/train: Running after 3.2 s\n"),
    (RunLogged(key("job/train"), "epoch 1"), "job/train | epoch 1\n"),
    (RunLogged(key("job/train"), "::add-mask::x"), "job/train | ::add-mask::x\n"),
    (RunBuilding(key("job/train"), "installing"), ""),
]


@pytest.mark.parametrize(("event", "line"), EVENTS, ids=[type(event).__name__ for event, _ in EVENTS])
def test_a_line_for_each_event(event: Event, line: str) -> None:
    assert plain(event) == line


@pytest.mark.parametrize("variable", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_no_colour_gets_plain_lines(
    variable: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*variable)
    assert living(*(event for event, _ in EVENTS)) == "".join(line for _, line in EVENTS)


HOSTILE_EVENTS: list[Event] = [
    Working(HOSTILE),
    Finished(CPU, result(CPU, "failed", HOSTILE)),
    RunMoved(key("job/train"), "train-1", HOSTILE, 1.0),
    RunLogged(key("job/train"), HOSTILE),
    RunBuilding(key("job/train"), HOSTILE),
]


@pytest.mark.parametrize("event", HOSTILE_EVENTS, ids=lambda event: type(event).__name__)
def test_nothing_steers_a_plain_stream(event: Event) -> None:
    assert not set(plain(event)) & set("\x1b\x07\r\u202e")


@pytest.mark.parametrize("event", HOSTILE_EVENTS, ids=lambda event: type(event).__name__)
def test_nothing_of_it_steers_a_terminal(event: Event) -> None:
    found = living(event)
    assert "\x1b]0;" not in found
    assert "\x07" not in found
    assert "\u202e" not in found
    assert "\x1b[31mred" not in found


def visible(text: str) -> str:
    """What a terminal shows of it, in the order of writing."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")


def seen(stream: io.StringIO, words: str) -> str:
    """What a terminal shows once these words are there: the display is drawn a few times a second."""
    deadline = time.monotonic() + 10
    while words not in visible(stream.getvalue()):
        assert time.monotonic() < deadline, f"{words!r} was never shown"
        time.sleep(0.02)
    return visible(stream.getvalue())


def test_what_is_finished_stays_on_a_terminal() -> None:
    found = visible(
        living(Started(CPU), Finished(CPU, result(CPU, "done")), Started(JOB), Finished(JOB, result(JOB, "failed")))
    )
    assert re.search(r"\+ compute/cpu  done in 0\.\d s", found)
    assert re.search(r"> job/train  failed in 0\.\d s", found)


def test_a_terminal_shows_what_is_going_on_and_the_tail_of_the_log() -> None:
    stream = Terminal()
    with progress.on(stream) as listener:
        listener(RunMoved(key("job/train"), "train-1", "Running", 1.0))
        for number in range(20):
            listener(RunLogged(key("job/train"), f"line {number}"))
        found = seen(stream, "line 19")
    assert "job/train Running" in found
    shown = {int(number) for number in re.findall(r"line (\d+)", found[found.index("job/train Running") :])}
    assert max(shown) == 19
    assert f"line {20 - progress.TAIL}" in found


def test_the_display_is_gone_and_the_cursor_is_back_after_the_block() -> None:
    found = living(Working("reading the workspace"), RunLogged(key("job/train"), "line"))
    assert found.rstrip().endswith("\x1b[2K") or "\x1b[?25h" in found
    assert found.count("\x1b[?25l") == found.count("\x1b[?25h") == 1


def test_the_cursor_is_back_also_after_an_error() -> None:
    stream = Terminal()

    def work() -> None:
        with progress.on(stream):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert stream.getvalue().count("\x1b[?25h") == 1


def test_a_long_line_does_not_wrap() -> None:
    stream = Terminal()
    with progress.on(stream) as listener:
        listener(Working("x"))
        listener(RunLogged(key("job/train"), "y" * 500))
        found = seen(stream, "yyy")
    assert "…" in found
    assert max(map(len, found.splitlines())) <= 80
