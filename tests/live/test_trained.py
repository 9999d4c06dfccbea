"""What came of a run: metrics, parameters, curves, and the end of its log when it failed."""

from datetime import UTC, datetime

import pytest

from runner.azureml.rest import Rest
from runner.live.trained import MOST_CURVES, TAIL_LINES, trained
from runner.model.review import Curve
from tests.loopback import Answer, Asked, Service
from tests.scripted import ScriptedRun

NOW = datetime(2026, 11, 26, 12, 0, 30, tzinfo=UTC)
MLFLOW = "mlflow/v2.0/api/2.0/mlflow"


def logged(service: Service, *points: tuple[int, float]) -> None:
    """Every metric has this history."""

    def answer(asked: Asked) -> Answer:
        key = asked.query["metric_key"]
        found = [{"key": key, "step": step, "value": value, "timestamp": n} for n, (step, value) in enumerate(points)]
        return Answer({"metrics": found})

    service.on(f"{MLFLOW}/metrics/get-history", answer)


def test_a_run_that_went_well(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Completed", b"noise\n")], metrics={"a": 1.0, "loss": 0.5})
    logged(service, (0, 3.0), (1, 2.0), (0, 4.0))
    found = trained(rest, "train-1", NOW, wanted=["loss", "gone"])
    assert (found.status, found.metrics, found.tail) == ("Completed", {"a": 1.0, "loss": 0.5}, ())
    assert found.curves == (Curve("loss", (0, 1), (4.0, 2.0)), Curve("a", (0, 1), (4.0, 2.0)))


def test_where_people_look_at_it(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Running", b"")])
    assert trained(rest, "train-1", NOW).url == ""
    services = {"Studio": {"endpoint": "https://ml.azure.com/runs/train-1"}}
    service.on("jobs/train-1", Answer({"name": "train-1", "properties": {"services": services}}))
    assert trained(rest, "train-1", NOW).url == "https://ml.azure.com/runs/train-1"


def test_one_point_is_no_curve_and_many_metrics_have_few(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Completed", b"")], metrics={f"m{number}": 1.0 for number in range(20)})
    logged(service, (0, 1.0))
    assert trained(rest, "train-1", NOW).curves == ()
    logged(service, (0, 1.0), (1, 2.0))
    assert len(trained(rest, "train-1", NOW).curves) == MOST_CURVES


def test_the_end_of_the_log_of_a_run_that_failed(service: Service, rest: Rest) -> None:
    lines = [f"line {number}" for number in range(100)]
    text = "\n".join([*lines, "10%\r100% s3cret", ""]).encode()
    ScriptedRun(service, "train-1", [("Failed", text)], error="exit code 1, s3cret")
    found = trained(rest, "train-1", NOW, redacted=lambda text: text.replace("s3cret", "***"))
    assert len(found.tail) == TAIL_LINES
    assert found.tail[-2:] == ("line 99", "100% ***")
    assert found.error == "exit code 1, ***"


def test_a_run_under_way_has_no_metrics_yet(service: Service, rest: Rest) -> None:
    ScriptedRun(service, "train-1", [("Running", b"")], metrics={"loss": 0.5})
    assert trained(rest, "train-1", NOW).metrics == {}


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        ({}, None),
        ({"startTimeUtc": "2026-11-26T12:00:00.1234567Z"}, 29.876544),
        ({"startTimeUtc": "2026-11-26T12:00:00"}, 30.0),
        ({"startTimeUtc": "2026-11-26T13:00:00Z"}, 0.0),  # a clock that is ahead
    ],
)
def test_how_long_it_takes(service: Service, rest: Rest, times: dict[str, str], seconds: float | None) -> None:
    service.on("history/v1.0/runs/train-1/details", Answer({"status": "Running", **times}))
    assert trained(rest, "train-1", NOW).seconds == seconds


def test_a_run_that_is_gone(rest: Rest) -> None:
    assert trained(rest, "train-1", NOW).status == "NotFound"
