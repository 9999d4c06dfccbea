"""Reads over real TLS on loopback."""

import pytest

from runner.azureml import runs
from runner.azureml.rest import VERSIONS, Rest
from runner.errors import ServiceError
from tests.loopback import Answer, Asked, Service


def test_get(service: Service, rest: Rest) -> None:
    service.on("computes/cpu", Answer({"name": "cpu"}))
    assert rest.get("computes/cpu", extra="1") == {"name": "cpu"}
    asked = service.asked[-1]
    assert asked.query == {"api-version": VERSIONS["computes"], "extra": "1"}
    assert asked.headers["authorization"] == "Bearer t0ken"
    assert asked.headers["user-agent"].startswith("aml-runner/")


def test_absent_is_none(rest: Rest) -> None:
    assert rest.get("computes/nope") is None


def test_pages(service: Service, rest: Rest) -> None:
    service.on("jobs", lambda asked: second if asked.query.get("$skip") else first)
    url = f"{service.url}{rest.workspace.path}/jobs?$skip=2&kept=yes"
    first = Answer({"value": [{"name": "a"}, {"name": "b"}], "nextLink": url})
    second = Answer({"value": [{"name": "c"}]})
    assert [found["name"] for found in rest.list("jobs", listViewType="All")] == ["a", "b", "c"]
    queries = [asked.query for asked in service.asked if asked.path.endswith("/jobs")]
    assert queries == [{"api-version": VERSIONS["jobs"], "listViewType": "All"}, {"$skip": "2", "kept": "yes"}]


def test_an_empty_collection(service: Service, rest: Rest) -> None:
    service.on("jobs", Answer({"value": []}))
    assert list(rest.list("jobs")) == []


def test_the_workspace_is_asked_once(service: Service, rest: Rest) -> None:
    assert rest.facts() == rest.facts()
    assert service.paths() == [""]


def test_no_such_workspace(service: Service) -> None:
    with pytest.raises(ServiceError, match="there is no workspace 'w' here"):
        Rest(service.workspace).facts()


def test_the_token_is_asked_for_once_and_proven(service: Service, rest: Rest) -> None:
    service.on("computes/cpu", Answer({}))
    for _ in range(3):
        rest.get("computes/cpu")
    tokens = [asked for asked in service.asked if asked.path == "/token"]
    assert len(tokens) == 1
    assert tokens[0].headers["x-identity-header"] == "proof"
    assert tokens[0].query["resource"] == service.url


@pytest.mark.parametrize(
    "answer", [Answer(b"no", 403), Answer({"access_token": "x"}), Answer(b"not JSON"), Answer({}, 404)]
)
def test_no_token(service: Service, rest: Rest, answer: Answer) -> None:
    service.on("/token", answer)
    with pytest.raises(ServiceError, match=r"^reading w/computes/cpu: not signed in: no token from https://127"):
        rest.get("computes/cpu")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            Answer({"error": {"code": "AuthorizationFailed", "message": "No role."}}, 403),
            "reading w/computes/cpu: No role. (403 AuthorizationFailed); the identity lacks a role here: docs/azure.md",
        ),
        (
            Answer({"error": {"code": "Bad", "message": "Bad request."}}, 400),
            "reading w/computes/cpu: Bad request. (400 Bad)",
        ),
        (Answer(b"<html>"), "reading w/computes/cpu: "),
    ],
)
def test_refusals(service: Service, rest: Rest, answer: Answer, message: str) -> None:
    service.on("computes/cpu", answer)
    with pytest.raises(ServiceError) as caught:
        rest.get("computes/cpu")
    assert str(caught.value).startswith(message)


def test_another_ca_is_not_trusted(service: Service) -> None:
    rest = Rest(type(service.workspace)("s", "r", "w", arm_url=service.url, identity=service.workspace.identity))
    with pytest.raises(ServiceError, match="certificate"):
        rest.get("computes/cpu")
    assert service.asked == []


LOG = b"0123456789"


def ranged(asked: Asked) -> Answer:
    start = int(asked.headers["range"].removeprefix("bytes=").rstrip("-"))
    return Answer(LOG[start:], 206) if start < len(LOG) else Answer(b"", 416)


@pytest.mark.parametrize(("start", "expected"), [(0, LOG), (4, b"456789"), (10, b""), (99, b"")])
@pytest.mark.parametrize("answer", [ranged, Answer(LOG)], ids=["ranges", "no ranges"])
def test_text_from_an_offset(service: Service, rest: Rest, answer: Answer, start: int, expected: bytes) -> None:
    service.on("/blob", answer)
    assert rest.text(f"{service.url}/blob?sig=x", start) == expected
    assert "authorization" not in service.asked[-1].headers  # a signed URL needs none, and may be anybody's


def test_a_log_that_is_not_there_yet(service: Service, rest: Rest) -> None:
    assert rest.text(f"{service.url}/blob", 0) == b""


def test_a_log_that_is_refused(service: Service, rest: Rest) -> None:
    service.on("/blob", Answer(b"", 403))
    with pytest.raises(ServiceError, match=r"^reading a log: 403"):
        rest.text(f"{service.url}/blob", 0)


def test_details(service: Service, rest: Rest) -> None:
    found = {
        "status": "Failed",
        "error": {"error": {"code": "UserError", "message": " exit 3 \n"}},
        "logFiles": {"user_logs/std_log.txt": "https://a", "system_logs/build.txt": "https://b"},
        "startTimeUtc": "2026-01-01T00:00:00Z",
        "properties": {"a": "b"},
    }
    service.on("history/v1.0/runs/train-1/details", Answer(found))
    details = runs.details(rest, "train-1")
    assert details is not None
    assert (details.status, details.error, details.user_log) == ("Failed", "exit 3", "user_logs/std_log.txt")
    assert (details.started_at, details.ended_at, details.properties) == ("2026-01-01T00:00:00Z", "", {"a": "b"})
    assert runs.details(rest, "nope") is None


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({"error": {"message": "inner"}}, "inner"),
        ({"message": "outer"}, "outer"),
        ({}, ""),
        (None, ""),
        ({"error": {"message": None}}, ""),
    ],
)
def test_errors_of_runs_in_both_shapes(service: Service, rest: Rest, error: object, message: str) -> None:
    service.on("history/v1.0/runs/train-1/details", Answer({"status": "Failed", "error": error}))
    details = runs.details(rest, "train-1")
    assert details is not None
    assert (details.error, details.user_log) == (message, "")


METRICS = "mlflow/v2.0/api/2.0/mlflow/runs/get"


def test_metrics(service: Service, rest: Rest) -> None:
    logged = [{"key": "loss", "value": 0.5, "step": 3}, {"key": "accuracy", "value": 1}]
    service.on(METRICS, Answer({"run": {"data": {"metrics": logged}}}))
    assert list(runs.metrics(rest, "train-1").items()) == [("accuracy", 1.0), ("loss", 0.5)]
    assert service.asked[-1].query == {"run_id": "train-1"}


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"run": {"data": {}}}),
        Answer({}),
        Answer({"error_code": "x"}, 404),
        Answer({"error": {"code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}}, 400),
    ],
)
def test_no_metrics(service: Service, rest: Rest, answer: Answer) -> None:
    service.on(METRICS, answer)
    assert runs.metrics(rest, "train-1") == {}


def test_a_token_endpoint_in_trouble_is_asked_again(service: Service, rest: Rest) -> None:
    answers = iter([Answer(b"", 503), Answer({"access_token": "t0ken", "expires_on": "32503680000"})])
    service.on("/token", lambda _: next(answers))
    service.on("computes/cpu", Answer({"name": "cpu"}))
    assert rest.get("computes/cpu") == {"name": "cpu"}


def test_a_token_that_expires_is_asked_for_again(service: Service, rest: Rest) -> None:
    service.on("computes/cpu", Answer({}))
    service.on("/token", Answer({"access_token": "old", "expires_on": "1"}))
    for _ in range(2):
        rest.get("computes/cpu")
    assert len([asked for asked in service.asked if asked.path == "/token"]) >= 2


def test_beside_the_workspace(service: Service, rest: Rest) -> None:
    service.on("/subscriptions/s/x", Answer({"name": "x"}))
    assert rest.get_at("/subscriptions/s/x", "storageAccounts") == {"name": "x"}
    assert service.asked[-1].query == {"api-version": VERSIONS["storageAccounts"]}
    assert rest.get_at("/subscriptions/s/none", "storageAccounts") is None
    link = f"{service.url}/subscriptions/s/more"
    service.on("/subscriptions/s/y", Answer({"value": [{"name": "a"}], "nextLink": link}))
    service.on("/subscriptions/s/more", Answer({"value": [{"name": "b"}]}))
    assert [each["name"] for each in rest.list_at("/subscriptions/s/y", "usages")] == ["a", "b"]


def test_the_time_of_the_service(service: Service, rest: Rest) -> None:
    whole = service.routes[""]
    assert isinstance(whole, Answer)
    service.on("", Answer(whole.body, headers={"Date": "Thu, 01 Jan 2026 00:00:00 GMT"}))
    assert rest.date() == "Thu, 01 Jan 2026 00:00:00 GMT"
