"""Ctrl-C and SIGTERM, sent to a real process; both sides meet through pipes."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

STOPPED = "stopped; `aml plan` shows where things stand\n"
SCRIPT = """
import signal, sys, threading
from runner.azureml.isolation import isolated
from runner.azureml.workspace import Workspace
from runner.cli.interrupt import stopping

before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
out = sys.stdout
threading.Thread(target=threading.Event().wait, daemon=False).start() if "busy" in sys.argv else None
with stopping("one moment") as stop, isolated(Workspace("s", "r", "w")):
    print("ready", file=out, flush=True)
    stop.wait()
    print("told", file=out, flush=True)
    sys.stdin.readline()  # what is in flight
    print("finished", file=out, flush=True)
assert before == [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
sys.exit(7)
"""
SIGNALS = [signal.SIGINT, signal.SIGTERM]


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The script, ready for a signal."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=Path(__file__).parents[2],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        try:
            yield started
        finally:
            started.kill()


def line(of: subprocess.Popen[str]) -> str:
    assert of.stdout is not None
    return of.stdout.readline()


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_lets_what_is_in_flight_finish(number: signal.Signals) -> None:
    with process() as started:
        started.send_signal(number)
        assert line(started) == "told\n"
        out, err = started.communicate("\n", timeout=60)
    assert (out, err, started.returncode) == ("finished\n", "one moment\n", 7)


def pressed(started: "subprocess.Popen[str]", number: signal.Signals) -> int:
    """The exit code. What comes just before Python begins a read is seen after it: then one presses again."""
    for _ in range(20):
        started.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            return started.wait(3)
    raise AssertionError("it does not end")


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_the_second_ends_it_at_once_whatever_is_going_on(first: signal.Signals, second: signal.Signals) -> None:
    with process("busy") as started:
        started.send_signal(first)
        assert line(started) == "told\n"
        assert pressed(started, second) == 130
        assert started.stdout is not None
        assert started.stderr is not None
        assert (started.stdout.read(), started.stderr.read()) == ("", f"one moment\n{STOPPED}")


def test_nobody_listens_any_more() -> None:
    with process() as started:
        assert started.stderr is not None
        started.stderr.close()
        started.send_signal(signal.SIGINT)
        assert line(started) == "told\n"
        assert started.stdin is not None
        started.stdin.write("\n")
        started.stdin.close()
        assert line(started) == "finished\n"
        assert started.wait(60) == 7
