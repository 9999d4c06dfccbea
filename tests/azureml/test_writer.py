"""Writes through the unmodified SDK to a real embedded workspace: what was sent is what is read again."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.apply.execute import execute
from runner.apply.secrets import Secrets
from runner.apply.send import Sender
from runner.apply.staging import staging
from runner.apply.wait import wait
from runner.azureml import embedded
from runner.azureml.rest import Rest
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.git import tree
from runner.git.repository import Repository
from runner.live.read import read
from runner.model.keys import Kind
from runner.model.plan import Action, Plan, Reason, Result
from runner.model.references import pinned
from runner.model.resource import FieldPath, Resource
from runner.model.rules import Settings
from runner.plan.planner import make_plan
from tests.builders import desired, resource
from tests.repositories import Repo

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself

ENVIRONMENT = resource("environment/plain", {"name": "plain", "image": "python:3.11", "description": "Plain."})


def _job(name: str, command: str, settings: Settings | None = None, **spec: Any) -> Resource:
    fields = {"command": command, "environment": pinned(ENVIRONMENT.key, ENVIRONMENT.version), **spec}
    return resource(f"job/{name}", fields, depends_on=["environment/plain"], settings=settings or Settings())


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """An embedded workspace of this module alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AML_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield embedded.connect()
        embedded.control(["stop"])


class Engine:
    """Read, plan and send, without any specs on disk."""

    def __init__(self, workspace: Workspace, repo: Repo) -> None:
        self.rest, self.writer, self.root = Rest(workspace), Writer(workspace), repo.root

    def plan(self, *resources: Resource) -> Plan:
        state = desired(*resources)
        return make_plan(state, read(self.rest, state))

    def apply(self, *resources: Resource) -> list[Result]:
        made, state = self.plan(*resources), desired(*resources)
        with staging(resources, self.root) as staged, self.writer.open():
            send = Sender(made, state, self.writer, self.rest, staged, Secrets({}), lambda _: (), lambda _: "")
            return execute(made, send, lambda _: None, parallelism=4, stop=threading.Event())


@pytest.fixture
def engine(workspace: Workspace, repo: Repo) -> Engine:
    return Engine(workspace, repo)


def errors(results: list[Result]) -> dict[str, str]:
    return {str(each.key): each.error or each.because for each in results if each.status != "done"}


def of_every_kind(repo: Repo) -> list[Resource]:
    repo.write("iris.csv", "a,b\n1,2\n")
    repo.write("src/main.py", "print('hello')\n")

    def trees(*field: str, path: str) -> dict[FieldPath, Any]:
        return {field: tree.read(repo.root / path, Repository(repo.root))}

    data = resource(
        "data/iris", {"name": "iris", "type": "uri_file", "path": "iris.csv"}, trees=trees("path", path="iris.csv")
    )
    model = resource(
        "model/iris", {"name": "iris", "type": "custom_model", "path": "iris.csv"}, trees=trees("path", path="iris.csv")
    )
    plain = pinned(ENVIRONMENT.key, ENVIRONMENT.version)
    component = {"name": "score", "type": "command", "command": "echo", "environment": plain}
    inputs = {
        "iris": {"type": "uri_file", "path": pinned(data.key, data.version)},
        "model": {"type": "custom_model", "path": pinned(model.key, model.version)},
        "rate": 0.5,
    }
    train = resource(
        "job/train",
        {
            "command": "cat ${{inputs.iris}} ${{inputs.model}} && echo ${{inputs.rate}}",
            "code": "src",
            "environment": plain,
            "compute": "cpu-cluster",
            "inputs": inputs,
            "limits": {"timeout": 600},
        },
        trees=trees("code", path="src"),
        depends_on=["compute/cpu-cluster", "environment/plain", "data/iris", "model/iris"],
    )
    return [
        resource(
            "compute/cpu-cluster",
            {"name": "cpu-cluster", "type": "amlcompute", "size": "Standard_DS3_v2", "max_instances": 1},
        ),
        resource(
            "datastore/lake",
            {
                "name": "lake",
                "type": "azure_blob",
                "account_name": "account",
                "container_name": "container",
                "credentials": {"account_key": "c2VjcmV0"},
            },
        ),
        resource("connection/hub", {"name": "hub", "type": "git", "target": "https://hub.example"}),
        ENVIRONMENT,
        data,
        model,
        resource("component/score", component, depends_on=["environment/plain"]),
        train,
        resource(
            "schedule/nightly",
            {
                "name": "nightly",
                "trigger": {"type": "cron", "expression": "0 3 * * *"},
                "create_job": {
                    "type": "pipeline",
                    "settings": {"default_compute": "azureml:cpu-cluster"},
                    "jobs": {"score": {"command": "echo", "environment": plain}},
                },
            },
            depends_on=["compute/cpu-cluster", "environment/plain"],
        ),
    ]


def test_what_was_sent_is_what_is_read(engine: Engine, repo: Repo) -> None:
    everything = of_every_kind(repo)
    assert {each.key.kind for each in everything} == set(Kind)
    results = engine.apply(*everything)
    assert errors(results) == {}
    assert len(results) == len(Kind)
    made = engine.plan(*everything)
    assert [(str(change.key), change.reasons) for change in made.pending] == []
    run = next(change for change in made.changes if change.key.kind is Kind.JOB)
    submitted = next(each for each in read(engine.rest, desired(*everything)).runs if each.name == run.live_name)
    assert (submitted.timeout, submitted.spec["compute"]) == (600, "cpu-cluster")
    assert submitted.spec["inputs"]["model"] == "azureml:iris:1"


def test_what_the_loader_of_the_sdk_does_not_take_as_it_stands(engine: Engine, repo: Repo) -> None:
    """Tags of an old data lake, and pipeline components in place, one inside the other."""
    plain = pinned(ENVIRONMENT.key, ENVIRONMENT.version)
    repo.write("src/main.py", "print('hello')\n")
    step = {"type": "command", "code": "src", "command": "python main.py", "environment": plain}
    inner = {"type": "pipeline", "jobs": {"step": {"type": "command", "component": step}}}
    outer = {"type": "pipeline", "jobs": {"inner": {"type": "pipeline", "component": inner}}}
    place = ("jobs", "outer", "component", "jobs", "inner", "component", "jobs", "step", "component", "code")
    pipeline = resource(
        "job/nested",
        {"type": "pipeline", "settings": {"default_compute": "azureml:cpu-cluster"},
         "jobs": {"outer": {"type": "pipeline", "component": outer}}},
        trees={place: tree.read(repo.root / "src", Repository(repo.root))},
        depends_on=["environment/plain"],
    )  # fmt: skip
    lake = resource(
        "datastore/old", {"name": "old", "type": "azure_data_lake_gen1", "store_name": "lake", "tags": {"a": "b"}}
    )
    cluster = {"name": "cpu-cluster", "type": "amlcompute", "size": "Standard_DS3_v2", "max_instances": 1}
    everything = (ENVIRONMENT, lake, resource("compute/cpu-cluster", cluster), pipeline)
    assert errors(engine.apply(*everything)) == {}
    assert engine.plan(*everything).pending == ()


def test_a_version_comes_back_from_the_archive(engine: Engine) -> None:
    engine.apply(ENVIRONMENT)
    with engine.writer.open():
        engine.writer._client.environments.archive(name="plain", version=ENVIRONMENT.version)
    made = engine.plan(ENVIRONMENT)
    assert [(change.action, change.reasons) for change in made.changes] == [
        (Action.UPDATE, (Reason("archived", before=True, after=False),))
    ]
    assert errors(engine.apply(ENVIRONMENT)) == {}
    assert engine.plan(ENVIRONMENT).pending == ()


def test_what_describes_a_version_changes(engine: Engine) -> None:
    engine.apply(ENVIRONMENT)
    spec = {**ENVIRONMENT.spec, "description": "Other words."}
    described = resource("environment/plain", spec)
    assert errors(engine.apply(described)) == {}
    assert engine.plan(described).pending == ()
    assert engine.plan(ENVIRONMENT).changes[0].reasons == (Reason("description", "Other words.", "Plain."),)


def test_a_run_gives_way_and_comes_back(engine: Engine) -> None:
    canceling = Settings(cancel_superseded=True)
    old = _job("gives-way", "exec sleep 60", canceling)
    new = _job("gives-way", "echo new", canceling)
    first = engine.apply(ENVIRONMENT, old)[-1]
    made = engine.plan(ENVIRONMENT, new)
    assert made.changes[-1].supersedes == (first.live_name,)
    assert errors(engine.apply(ENVIRONMENT, new)) == {}
    over = wait(engine.rest, [first], lambda _: None, threading.Event())
    assert over[0].run["status"] == "Canceled"
    run = next(each for each in read(engine.rest, desired(old)).runs if each.name == first.live_name)
    assert run.superseded
    wanted_again = engine.plan(ENVIRONMENT, old).changes[-1]
    assert (wanted_again.action, wanted_again.live_name) == (Action.RUN, f"{first.live_name}-a2")


def test_a_timeout_and_its_next_attempt(engine: Engine) -> None:
    def limited(seconds: int) -> Resource:
        return _job("slow", "exec sleep 30", limits={"timeout": seconds})

    first = engine.apply(ENVIRONMENT, limited(1))[-1]
    wait(engine.rest, [first], lambda _: None, threading.Event())
    assert engine.plan(ENVIRONMENT, limited(1)).pending == ()
    raised = engine.plan(ENVIRONMENT, limited(2)).changes[-1]
    assert (raised.action, raised.live_name) == (Action.RUN, f"{first.live_name}-a2")
    assert raised.reasons == (Reason("limits.timeout", 1, 2),)


def test_a_second_submission_of_one_content_meets_the_first(engine: Engine, repo: Repo) -> None:
    job = _job("once", "echo")
    made, state = engine.plan(ENVIRONMENT, job), desired(ENVIRONMENT, job)
    with staging([job], repo.root) as staged, engine.writer.open():
        send = Sender(made, state, engine.writer, engine.rest, staged, Secrets({}), lambda _: (), lambda _: "")
        results = [send(change) for change in made.pending for _ in range(2)]
    assert errors(results) == {}
    assert len([run for run in read(engine.rest, state).runs if run.key == "job/once"]) == 1


def test_what_the_service_refuses_is_one_line(engine: Engine) -> None:
    there = engine.apply(ENVIRONMENT)
    assert errors(there) == {}
    fixed = resource("environment/fixed", {"name": "fixed", "image": "python:3.11", "version": "1"})
    other = resource("environment/fixed", {"name": "fixed", "image": "python:3.12", "version": "1"})
    made, state = engine.plan(other), desired(other)  # made before somebody else took the version
    assert errors(engine.apply(fixed)) == {}
    with staging([other], Path("/")) as staged, engine.writer.open():
        result = Sender(made, state, engine.writer, engine.rest, staged, Secrets({}), lambda _: (), lambda _: "")(
            made.pending[0]
        )
    assert result.status == "failed"
    assert len(result.error.splitlines()) == 1
