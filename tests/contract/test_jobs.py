"""Jobs: one that runs for a moment, and what may be done with it afterwards. They cost something, so PAID=1."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from runner.model.runs import TERMINAL
from tests.contract.place import Arm, error, is_refused
from tests.contract.test_environments import IMAGE

pytestmark = [pytest.mark.e2e, pytest.mark.contract, pytest.mark.slow]  # each worker would build an environment
STATES = {
    *("NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Running", "Finalizing", "CancelRequested"),
    *("Completed", "Failed", "Canceled", "NotResponding", "Paused", "Unknown"),
}


@dataclass
class Ran:
    """A job that is over: what its first PUT answered, and the states it was seen in."""

    name: str
    body: dict[str, Any]
    created: int
    seen: list[str]

    def put(self, arm: Arm, **changes: Any) -> Any:
        """The same job again, with changes."""
        return arm.put(f"jobs/{self.name}", **{**self.body, **changes})


def body(arm: Arm, environment: str, **more: Any) -> dict[str, Any]:
    compute = {"computeId": f"{arm.place.path}/computes/{arm.place.compute}"} if arm.place.compute else {}
    path = f"{arm.place.path}/environments/{environment}/versions/1"
    job = {"jobType": "Command", "command": "echo hello", "environmentId": path, "experimentName": environment}
    return {**job, **compute, "resources": {"instanceCount": 1}, **more}


@pytest.fixture(scope="module")
def environment(arm: Arm, fresh: Callable[[], str]) -> str:
    """An environment with Python alone; also the experiment's name."""
    if not arm.place.paid:
        pytest.skip("a job would run: PAID=1 allows it")
    name = fresh()
    with arm.place.entered():
        arm.put(f"environments/{name}/versions/1", image=IMAGE).raise_for_status()
    return name


@pytest.fixture(scope="module")
def ran(arm: Arm, environment: str, fresh: Callable[[], str]) -> Ran:
    """The job that all tests share."""
    name, seen = fresh(), list[str]()
    job = body(arm, environment, tags={"a": "1"}, properties={"aml.digest": "d"})

    def over() -> bool:
        seen.append(arm.get(f"jobs/{name}")["properties"]["status"])
        return seen[-1] in TERMINAL

    with arm.place.entered():
        reply = arm.put(f"jobs/{name}", **job)
        reply.raise_for_status()
        arm.until(over, seconds=3600)
    return Ran(name, job, reply.status_code, seen)


def test_put_creates_then_updates(arm: Arm, ran: Ran) -> None:
    """PUT answers 201 for a new job, and 200 for the same one again, also when it is over."""
    assert (ran.created, ran.put(arm).status_code) == (201, 200)
    assert ran.seen[-1] == "Completed"


def test_content_is_immutable(arm: Arm, ran: Ran) -> None:
    """Other content under an existing name is refused, as JobPropertyImmutable."""
    reply = ran.put(arm, command="echo other")
    assert is_refused(reply)
    assert "JobPropertyImmutable" in reply.text


def test_tags_are_replaced(arm: Arm, ran: Ran) -> None:
    """A PUT replaces the tags, the display name and the description of a job."""
    reply = ran.put(arm, tags={"b": "2"}, displayName="shown", description="d").raise_for_status().json()["properties"]
    assert (reply["tags"], reply["displayName"], reply["description"]) == ({"b": "2"}, "shown", "d")


def test_properties_are_added_and_never_changed(arm: Arm, ran: Ran) -> None:
    """A property of a job can be added, and keeps its value for ever."""
    ran.put(arm, properties={"aml.digest": "d", "more": "m"}).raise_for_status()
    ran.put(arm, properties={"aml.digest": "other"})
    found = arm.get(f"jobs/{ran.name}")["properties"]["properties"]
    assert (found["aml.digest"], found["more"]) == ("d", "m")


def test_states_are_known(ran: Ran) -> None:
    """A job is in no state that we have never heard of."""
    assert set(ran.seen) <= STATES


def test_is_found_by_its_properties(arm: Arm, environment: str, ran: Ran) -> None:
    """The list of jobs is filtered by a property and its value."""
    marked = f"{ran.name}p"
    arm.put(f"jobs/{marked}", **body(arm, environment, properties={"aml.project": environment})).raise_for_status()
    found = [job["name"] for job in arm.all("jobs", properties=f"aml.project={environment}", listViewType="All")]
    assert found == [marked]


def test_cancel_of_what_is_over(arm: Arm, ran: Ran) -> None:
    """Canceling a job that is over changes nothing."""
    before = arm.get(f"jobs/{ran.name}")["properties"]["status"]
    arm.call("POST", f"jobs/{ran.name}/cancel")
    assert arm.get(f"jobs/{ran.name}")["properties"]["status"] == before


def test_run_is_named_as_the_job(arm: Arm, ran: Ran) -> None:
    """The MLflow run of a job has the job's name as its id."""
    found = arm.get(arm.beside("mlflow/v2.0", "api/2.0/mlflow/runs/get"), run_id=ran.name)
    assert (found["run"]["info"]["run_id"], found["run"]["info"]["status"]) == (ran.name, "FINISHED")


def test_log_is_a_signed_address(arm: Arm, ran: Ran) -> None:
    """Run history names the log of the user's process, by an address that needs no token."""
    logs = arm.get(arm.beside("history/v1.0", f"runs/{ran.name}/details"))["logFiles"]
    (name,) = (each for each in logs if each.startswith("user_logs/std_log"))
    assert "sig=" in logs[name]


def test_archived_is_hidden(sdk: Any, arm: Arm, ran: Ran) -> None:
    """An archived job is hidden from lists, and still occupies its name."""
    sdk.jobs.archive(ran.name)
    assert ran.name not in {job["name"] for job in arm.all("jobs")}
    assert ran.name in {job["name"] for job in arm.all("jobs", listViewType="ArchivedOnly")}
    assert is_refused(ran.put(arm, command="echo other"))
    sdk.jobs.restore(ran.name)


@pytest.mark.parametrize(
    "much",
    [
        {"tags": {str(number): "" for number in range(51)}},
        {"properties": {str(number): "" for number in range(51)}},
        {"properties": {"k": "v" * 1001}},
        {"tags": {"k" * 101: "v"}},
        {"experimentName": "e" * 257},
    ],
    ids=["51 tags", "51 properties", "a value of 1,001", "a key of 101", "an experiment of 257"],
)
def test_limits(arm: Arm, environment: str, name: str, much: dict[str, Any]) -> None:
    """A job has 50 tags and 50 properties, keys of 100 and values of 1,000, an experiment name of 256 characters."""
    assert is_refused(arm.put(f"jobs/{name}", **body(arm, environment, **much)))


def test_a_property_may_be_long(arm: Arm, environment: str, name: str) -> None:
    """A property of a job holds 1,000 characters."""
    job = body(arm, environment, properties={"k": "v" * 1000})
    assert arm.put(f"jobs/{name}", **job).status_code == 201
    assert arm.get(f"jobs/{name}")["properties"]["properties"]["k"] == "v" * 1000


def test_name_has_no_dots(arm: Arm, environment: str, name: str) -> None:
    """A dot in a job's name is refused."""
    assert is_refused(arm.put(f"jobs/{name}.b", **body(arm, environment)))


def test_absence_is_404(arm: Arm, name: str) -> None:
    """A job that is not there answers 404, with an error in ARM's shape."""
    status, code = error(arm.call("GET", f"jobs/{name}"))
    assert (status, bool(code)) == (404, True)


def test_is_gone_after_delete(arm: Arm, environment: str, name: str) -> None:
    """A job that is over can be deleted; then it answers 404."""
    arm.put(f"jobs/{name}", **body(arm, environment)).raise_for_status()
    arm.call("POST", f"jobs/{name}/cancel")
    arm.until(lambda: arm.get(f"jobs/{name}")["properties"]["status"] in TERMINAL)
    assert arm.call("DELETE", f"jobs/{name}").status_code in {200, 202, 204}
    arm.until(lambda: arm.call("GET", f"jobs/{name}").status_code == 404)
