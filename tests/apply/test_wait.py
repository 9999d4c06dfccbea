"""Waiting: over real HTTP against runs whose lives are written down, on a clock that stands still unless slept."""

import threading

import pytest

from runner.apply.wait import FIRST_PAUSE, LONGEST_PAUSE, outcome, wait
from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.model.events import Event, RunBuilding, RunLogged, RunMoved
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Result
from tests.loopback import Answer, Service
from tests.scripted import ScriptedRun, Step


class Time(threading.Event):
    """A clock that only waiting moves; set, when somebody wants to stop."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__()
        self.speed = speed  # how much faster than we wait
        self.now = 1000.0
        self.slept: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.slept.append(timeout)
        self.now += timeout * self.speed
        return self.is_set()


def result(name: str) -> Result:
    return Result(Key(Kind.JOB, name.rpartition("-")[0]), Action.RUN, name, "done")


def follow(rest: Rest, *names: str, speed: float = 1.0) -> tuple[list[Result], list[Event], Time]:
    time, events = Time(speed), list[Event]()
    found = wait(rest, map(result, names), events.append, time, clock=lambda: time.now)
    return found, events, time


def moves(events: list[Event]) -> list[str]:
    return [event.status for event in events if isinstance(event, RunMoved)]


def lines(events: list[Event]) -> list[str]:
    return [event.line for event in events if isinstance(event, RunLogged)]


def statuses(*names: str) -> list[Step]:
    return [(name, b"") for name in names]


@pytest.mark.parametrize("between", ["NotResponding", "Paused", "Unknown", "Finalizing", "CancelRequested", "Brandnew"])
def test_only_the_end_is_the_end(service: Service, rest: Rest, between: str) -> None:
    ScriptedRun(service, "train-1", statuses("Running", between, between, "Running", "Completed"))
    found, events, _ = follow(rest, "train-1")
    assert moves(events) == ["Running", between, "Running", "Completed"]
    assert found[0].run["status"] == "Completed"


@pytest.mark.parametrize("last", ["Failed", "Canceled"])
def test_failed_and_canceled_end(service: Service, rest: Rest, last: str) -> None:
    ScriptedRun(service, "train-1", statuses("Queued", last), error="exit 3")
    found, events, time = follow(rest, "train-1")
    assert moves(events) == ["Queued", last]
    assert (found[0].run["status"], found[0].error, found[0].status) == (last, "exit 3", "done")
    assert len(time.slept) == 1


def test_a_run_that_is_over_is_not_waited_for(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Completed", b"done\n")], metrics={"loss": 0.5})
    found, events, time = follow(rest, "train-1")
    assert (time.slept, lines(events), moves(events)) == ([], ["done"], ["Completed"])
    assert found[0].run["metrics"] == {"loss": 0.5}


def test_nothing_to_wait_for(rest: Rest) -> None:
    assert follow(rest)[0] == []


def test_several_runs_each_to_its_end(service: Service, rest: Rest) -> None:
    short = ScriptedRun(service, "a-1", statuses("Completed"))
    ScriptedRun(service, "b-1", statuses("Queued", "Running", "Running", "Failed"), error="no")
    found, _, _ = follow(rest, "a-1", "b-1")
    assert [(each.live_name, each.run["status"]) for each in found] == [("a-1", "Completed"), ("b-1", "Failed")]
    assert short.looks == 2  # once to see that it is over, once for what came of it


LOGS: dict[str, tuple[list[bytes], list[str]]] = {
    "whole lines": ([b"a\n", b"a\nb\n"], ["a", "b"]),
    "a line cut in two": ([b"one tw", b"one two\nthr", b"one two\nthree\n"], ["one two", "three"]),
    "no newline at the end": ([b"a\nb", b"a\nb"], ["a", "b"]),
    "a letter cut in two": (["grö".encode()[:3], "größe\n".encode()], ["größe"]),
    "no UTF-8": ([b"a\xffb\n"], ["a\N{REPLACEMENT CHARACTER}b"]),
    "Windows line ends": ([b"a\r\nb\r\n"], ["a", "b"]),
    "a line end cut in two": ([b"a\r", b"a\r\nb\n"], ["a", "b"]),
    "a progress bar": ([b"10%\r", b"10%\r50%\r", b"10%\r50%\r100%\nend\n"], ["100%", "end"]),
    "a progress bar at the very end": ([b"10%\r50%"], ["50%"]),
    "empty lines": ([b"a\n\n\nb\n"], ["a", "", "", "b"]),
    "nothing": ([b"", b""], []),
}


@pytest.mark.parametrize(("reads", "expected"), LOGS.values(), ids=LOGS)
def test_lines_of_the_log(service: Service, rest: Rest, reads: list[bytes], expected: list[str]) -> None:
    steps = [*(("Running", read) for read in reads), ("Completed", reads[-1])]
    ScriptedRun(service, "train-1", steps)
    assert lines(follow(rest, "train-1")[1]) == expected


def test_the_last_words_come_before_the_end(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Running", b"a\n"), ("Failed", b"a\nTraceback: last words")])
    _, events, _ = follow(rest, "train-1")
    assert [type(event).__name__ for event in events] == ["RunMoved", "RunLogged", "RunLogged", "RunMoved"]
    assert lines(events)[-1] == "Traceback: last words"


def test_every_byte_is_read_once(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Running", b"0123456789\n"), ("Completed", b"0123456789\ny\n")])
    follow(rest, "train-1")
    starts = [asked.headers["range"] for asked in service.asked if "blob" in asked.path]
    assert starts == ["bytes=0-", "bytes=11-", "bytes=13-"]


def test_the_pauses_grow_with_the_wait_and_are_bounded(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", statuses(*["Running"] * 8, "Completed"))
    slept = follow(rest, "train-1", speed=100)[2].slept
    assert slept[0] == FIRST_PAUSE
    assert slept == sorted(slept)
    assert slept[-1] == LONGEST_PAUSE


def test_the_build_of_the_environment_is_heard_too(service: Service, rest: Rest) -> None:
    run = ScriptedRun(service, "train-1", [("Preparing", b""), ("Running", b"mine\n"), ("Completed", b"mine\n")])
    run.other_logs = {"azureml-logs/20_image_build_log.txt": b"installing\nbuilt", "system_logs/x.txt": b"no\n"}
    _, events, _ = follow(rest, "train-1")
    assert [event.line for event in events if isinstance(event, RunBuilding)] == ["installing", "built"]
    assert lines(events) == ["mine"]


def test_how_long_each_phase_took(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", statuses("Queued", "Queued", "Running", "Queued", "Running", "Completed"))
    found, events, _ = follow(rest, "train-1")
    assert found[0].run["seconds"] == {"Queued": 0.6, "Running": 0.4}
    assert [round(event.seconds, 1) for event in events if isinstance(event, RunMoved)] == [0.0, 0.4, 0.6, 0.8, 1.0]


class Deleting(Time):
    """Somebody deletes the run while we wait."""

    def __init__(self, service: Service, name: str) -> None:
        super().__init__()
        self.service, self.name = service, name

    def wait(self, timeout: float | None = None) -> bool:
        self.service.on(f"history/v1.0/runs/{self.name}/details", Answer(b"", 404))
        return super().wait(timeout)


def test_a_run_that_somebody_deleted(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", statuses("Running"))
    time = Deleting(service, "train-1")
    with pytest.raises(ServiceError, match="the run train-1 is gone: somebody deleted it while we waited"):
        wait(rest, [result("train-1")], lambda _: None, time, clock=lambda: time.now)


def test_once_stopped_runs_are_told_as_they_stand(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "a-1", statuses("Completed"), metrics={"loss": 0.5})
    going = ScriptedRun(service, "b-1", statuses("Running"))
    time, events = Time(), list[Event]()
    time.set()
    found = wait(rest, map(result, ("a-1", "b-1")), events.append, time, clock=lambda: time.now)
    assert [each.run["status"] for each in found] == ["Completed", "Running"]
    assert going.looks == 2  # once while it waited, once for where it stands
    assert len(time.slept) == 1


def test_an_outcome(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", statuses("Failed"), error="exit 3", metrics={"loss": 0.5})
    found = outcome(rest, "train-1")
    assert (found["status"], found["error"], found["metrics"]) == ("Failed", "exit 3", {"loss": 0.5})


def test_an_outcome_of_what_still_runs_has_no_metrics_yet(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", statuses("Running"), metrics={"loss": 0.5})
    assert outcome(rest, "train-1")["metrics"] == {}


def test_an_outcome_of_nothing(rest: Rest) -> None:
    assert outcome(rest, "nope") == {"status": "NotFound", "error": "there is no run nope", "metrics": {}}
