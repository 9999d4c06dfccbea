"""A plan is carried out in its order, and a failure stops only what needs it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.apply.execute import execute, standing
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.errors import ServiceError
from runner.model.events import Event, Finished, Started
from runner.model.keys import Kind
from runner.model.live import LiveState
from runner.model.plan import Result
from runner.model.resource import Resource
from runner.plan.planner import make_plan
from tests.builders import ORIGIN, code, desired, live, resource, run_of

CPU = resource("compute/cpu", {"type": "amlcompute"})
DATA = resource("data/iris", {"path": "https://example.com", "tags": {"own": "tag"}})
FIXED = resource("data/fixed", {"path": "https://example.com", "version": 3})
JOB = resource(depends_on=["compute/cpu", "data/iris"])
NEXT = resource("job/next", depends_on=["job/train"])


class Recorder(Writer):
    """A writer that writes things down instead; what is named in `refused` fails."""

    def __init__(self, *refused: str) -> None:
        super().__init__(Workspace("s", "r", "w"))
        self.refused = refused
        self.written: list[dict[str, Any]] = []

    def put(self, kind: Kind, spec: Mapping[str, Any], folder: Path) -> None:
        self.written.append({"kind": kind, "folder": folder, **spec})
        if spec["name"] in self.refused:
            raise ServiceError(f"{kind} {spec['name']}: no quota")


def carried_out(
    *resources: Resource, refused: str = "", found: LiveState | None = None
) -> tuple[list[Result], Recorder]:
    state, writer = desired(*resources), Recorder(refused)
    made = make_plan(state, found or LiveState())
    return execute(made, state, writer, Path("/"), lambda _: None), writer


def test_in_order_with_everything_recorded() -> None:
    results, writer = carried_out(CPU, DATA, FIXED, JOB)
    assert [(str(each.key), each.status) for each in results] == [
        ("compute/cpu", "done"),
        ("data/iris", "done"),
        ("data/fixed", "done"),
        ("job/train", "done"),
    ]
    cpu, data, fixed, job = writer.written
    assert (cpu["name"], cpu["tags"]) == ("cpu", ORIGIN.tags(CPU))
    assert (data["name"], data["version"]) == ("iris", DATA.version)
    assert data["tags"] == {"own": "tag", **ORIGIN.tags(DATA)}
    assert (fixed["name"], fixed["version"]) == ("fixed", "3")
    assert (job["name"], job["display_name"], job["experiment_name"]) == (run_of(JOB).name, "train", "train")
    assert job["properties"] == run_of(JOB).properties
    assert job["tags"] == ORIGIN.tags(JOB)


def test_a_jobs_own_names_and_properties_stay() -> None:
    named = {"display_name": "My run", "experiment_name": "mine", "properties": {"own": "x"}, "name": "train"}
    job = resource(spec={**JOB.spec, **named})
    _, writer = carried_out(job)
    assert (writer.written[0]["display_name"], writer.written[0]["experiment_name"]) == ("My run", "mine")
    assert writer.written[0]["name"] == run_of(job).name
    assert writer.written[0]["properties"] == {"own": "x", **run_of(job).properties}


def test_nothing_pending_nothing_written() -> None:
    state = desired(CPU, DATA, JOB)
    results, writer = carried_out(CPU, DATA, JOB, found=live(state))
    assert (results, writer.written) == ([], [])


def test_a_failure_stops_only_what_needs_it() -> None:
    results, writer = carried_out(CPU, DATA, FIXED, JOB, NEXT, refused="iris")
    assert [(str(each.key), each.status, each.error, each.because) for each in results] == [
        ("compute/cpu", "done", "", ""),
        ("data/iris", "failed", "data iris: no quota", ""),
        ("data/fixed", "done", "", ""),
        ("job/train", "skipped", "", "data/iris did not succeed"),
        ("job/next", "skipped", "", "job/train did not succeed"),
    ]
    assert [each["name"] for each in writer.written] == ["cpu", "iris", "fixed"]


def test_files_that_changed_fail_and_are_not_sent() -> None:
    job = resource(spec={**JOB.spec, "code": "src"}, trees=code(main_py="gone"))
    results, writer = carried_out(job)
    assert results[0].status == "failed"
    assert "cannot be read any more" in results[0].error
    assert writer.written == []


def test_listeners_hear_of_each_change_twice() -> None:
    state, heard = desired(CPU, DATA), list[Event]()
    execute(make_plan(state, LiveState()), state, Recorder("cpu"), Path("/"), heard.append)
    assert [type(event) for event in heard] == [Started, Finished, Started, Finished]
    assert [event.result.status for event in heard if isinstance(event, Finished)] == ["failed", "done"]


def test_a_bug_is_not_hidden() -> None:
    def broken(_: Event) -> None:
        raise ZeroDivisionError

    state = desired(CPU)
    with pytest.raises(ZeroDivisionError):
        execute(make_plan(state, LiveState()), state, Recorder(), Path("/"), broken)


@pytest.mark.parametrize("status", ["Completed", "Running", "Failed"])
def test_runs_that_already_stand(status: str) -> None:
    state = desired(CPU, JOB)
    made = make_plan(state, LiveState(runs=(run_of(JOB, status),)))
    assert [(str(each.key), each.live_name, each.status) for each in standing(made)] == [
        ("job/train", run_of(JOB).name, "done")
    ]
