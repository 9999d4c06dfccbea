"""The log of a run, as it grows."""

import pytest

from runner.azureml.rest import Rest
from runner.errors import ConfigError
from runner.live import logs
from tests.loopback import Answer, Service
from tests.scripted import ScriptedRun

USER, BUILD = "user_logs/std_log.txt", "system_logs/build.txt"


def test_once(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Running", b"one\n"), ("Running", b"one\ntwo\n")])
    assert list(logs.stream(rest, "train-1", follow=False, system=False)) == [(b"one\n", "Running")]


def test_to_the_end(service: Service, rest: Rest) -> None:
    steps = [("Queued", b""), ("Running", b"one\ntw"), ("Running", b"one\ntw"), ("Completed", b"one\ntwo\n")]
    ScriptedRun(service, "train-1", steps)
    slept: list[float] = []
    found = list(logs.stream(rest, "train-1", follow=True, system=False, sleep=slept.append))
    assert b"".join(piece for piece, _ in found) == b"one\ntwo\n"
    assert found[-1] == (b"o\n", "Completed")
    assert slept == [logs.PAUSE] * 3


def test_system_logs_are_all_the_others(service: Service, rest: Rest) -> None:
    run = ScriptedRun(service, "train-1", [("Completed", b"mine\n")])
    run.other_logs = {BUILD: b"built\n", "system_logs/a.txt": b"first\n"}
    found = list(logs.stream(rest, "train-1", follow=False, system=True))
    assert [piece for piece, _ in found] == [b"first\n", b"built\n"]


def test_no_log(service: Service, rest: Rest) -> None:
    run = ScriptedRun(service, "train-1", [("Failed", b"")])
    run.other_logs = {BUILD: b"built\n"}
    with pytest.raises(ConfigError) as caught:
        list(logs.stream(rest, "train-1", follow=True, system=False))
    assert str(caught.value) == (
        f"train-1 (Failed) wrote no such log; it has: {BUILD}, {USER}. --system shows the workspace's"
    )


def test_no_logs_at_all(service: Service, rest: Rest) -> None:
    service.on("history/v1.0/runs/train-1/details", Answer({"status": "Failed"}))
    with pytest.raises(ConfigError, match="it has: none"):
        list(logs.stream(rest, "train-1", follow=False, system=False))


def test_no_run(rest: Rest) -> None:
    with pytest.raises(ConfigError, match=r"^there is no run nope$"):
        list(logs.stream(rest, "nope", follow=False, system=False))
