"""What is replaced, taken away and taken over: the order of it, and what becomes of it half-way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.azureml.rest import Rest
from runner.model.live import Likeness, LiveRun, LiveState
from runner.model.plan import Reason, Result
from runner.model.resource import Resource
from runner.model.rules import DEFAULT
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.apply.test_send import CPU, JOB, MODEL, REFUSED, Sending, recorded
from tests.builders import ORIGIN, desired, live, present, resource, run_of
from tests.loopback import Answer, Service
from tests.loopback import Asked as Request

SIZED = resource("compute/cpu", {"type": "amlcompute", "size": "a", "min_instances": 0, "tags": {"team": "red"}})
PLACE = "computes/cpu"


def replacing(rest: Rest, folder: Path) -> Sending:
    """A compute of another size is live, with a tag of somebody's."""
    before = present(SIZED, size="b")
    before = type(before)(spec=before.spec, tags={**before.tags, "audit": "1"})
    return Sending(rest, folder, SIZED, found=LiveState(computes={"cpu": before}))


def in_turn(*answers: Answer) -> Callable[[Request], Answer]:
    """One answer after the other; the last one stays."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


GONE = Answer({}, 404)


def test_it_is_gone_before_it_is_made(service: Service, rest: Rest, tmp_path: Path) -> None:
    sending = replacing(rest, tmp_path)
    assert [each.status for each in sending.send()] == ["done"]
    assert sending.writer.calls == ["delete compute cpu", "put compute cpu"]
    assert service.paths() == [PLACE], "whether it is gone"
    sent = sending.writer.written[0]
    assert (sent["size"], sent["tags"]["audit"], sent["tags"]["aml.key"]) == ("a", "1", "compute/cpu")


@pytest.mark.parametrize(
    ("refused", "answers", "status", "words"),
    [
        ("delete", [GONE], "failed", "delete compute cpu: no quota"),
        ("put", [GONE], "failed", "deleted, and not made anew: put compute cpu: no quota; the next apply creates it"),
        ("put", [GONE, Answer(recorded(SIZED))], "done", ""),  # the answer was what was lost
    ],
)
def test_what_fails_half_way(
    service: Service, rest: Rest, tmp_path: Path, refused: str, answers: list[Answer], status: str, words: str
) -> None:
    service.on(PLACE, in_turn(*answers))
    sending = replacing(rest, tmp_path)
    sending.writer.refused = refused
    assert [(each.status, each.error) for each in sending.send()] == [(status, words)]


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        ([], ""),
        ([Reason("size", "b", "a")], "made anew, but the service kept its old size; apply again"),
        ([Reason("min_instances", 1, 0)], "made anew, but the service kept its old min_instances; apply again"),
    ],
)
def test_what_came_is_looked_at(rest: Rest, tmp_path: Path, reasons: list[Reason], words: str) -> None:
    sending = replacing(rest, tmp_path)
    sending.look = lambda _: reasons
    assert [each.error for each in sending.send()] == [words]


def removing(rest: Rest, folder: Path, *gone: Resource) -> Sending:
    """These are live, and no spec asks for them."""
    sending = Sending(rest, folder)
    sending.plan = make_plan(desired(), live(desired(*gone)), left={each.key: DEFAULT for each in gone})
    return sending


def test_each_kind_that_left_goes(rest: Rest, tmp_path: Path) -> None:
    sending = removing(rest, tmp_path, CPU, MODEL)
    assert [each.status for each in sending.send()] == ["done", "done"]
    assert sending.writer.calls == ["archive model iris:1", "delete compute cpu"]


@pytest.mark.parametrize(
    ("answer", "status"), [(GONE, "done"), (Answer(recorded(CPU)), "failed"), (REFUSED, "unknown")]
)
def test_after_an_error_it_is_asked_whether_it_is_gone(
    service: Service, rest: Rest, tmp_path: Path, answer: Answer, status: str
) -> None:
    service.on(PLACE, answer)
    sending = removing(rest, tmp_path, CPU)
    sending.writer.refused = "delete"
    assert [each.status for each in sending.send()] == [status]


def test_a_run_that_is_adopted_gets_our_properties_and_goes_on(rest: Rest, tmp_path: Path) -> None:
    found = LiveState(namesakes={JOB.key: LiveRun("train", "Completed")}, likenesses={JOB.key: Likeness()})
    sending = Sending(rest, tmp_path, JOB)
    sending.plan = make_plan(sending.state, found, asked=Asked(adopt=True))
    results: list[Result] = sending.send()
    assert [(each.status, each.live_name) for each in results] == [("done", "train")]
    assert sending.writer.calls == ["adopt train"]
    assert sending.writer.written == [{"properties": dict(run_of(JOB).properties), "tags": ORIGIN.tags(JOB)}]
