"""A run's output becomes one version of a model, whoever else registers at the same time; against a real workspace."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from runner import registering
from runner.azureml import embedded
from runner.azureml.rest import Rest
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.engine import Session
from runner.errors import ServiceError
from runner.model.gates import Gate, Verdict
from runner.model.keys import Kind
from runner.model.review import Review, Stage, Trained, Trial
from runner.model.rules import Register, Settings
from tests.builders import ORIGIN, desired, resource

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def workspace(state: Path) -> Iterator[Workspace]:
    """An embedded workspace of this module alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AML_STATE_DIR", str(state))
        yield embedded.connect()
        embedded.control(["stop"])


class Desk:
    """A session whose one job has a rule that registers its runs, and runs that have artifacts."""

    def __init__(self, workspace: Workspace, state: Path, model: str) -> None:
        self.rest, self.writer, self.model = Rest(workspace), Writer(workspace), model
        self._artifacts = state / "blobs" / "azureml" / "ExperimentRun"

    def session(self, **rule: str) -> Session:
        settings = Settings(register=Register(**{"model": self.model, "path": "model", "type": "custom_model", **rule}))
        project = SimpleNamespace(root=Path("/"))
        wanted = desired(resource("job/train", settings=settings))
        return cast(Session, SimpleNamespace(desired=wanted, project=project, rest=self.rest, writer=self.writer))

    def run(self, name: str, *gates: Verdict, status: str = "Completed") -> Trial:
        """A run that wrote a model."""
        folder = self._artifacts / f"dcid.{name}" / "model"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "weights.txt").write_text(name)
        return Trial(resource("job/train").key, Trained(name, status), gates=gates)

    def versions(self) -> dict[str, dict[str, Any]]:
        """Version -> its tags."""
        found = self.rest.list(f"models/{self.model}/versions", listViewType="All")
        return {each["name"]: each["properties"]["tags"] for each in found}

    def put(self, number: str, run: str, **tags: str) -> None:
        """Somebody registers a run's output."""
        self.run(run)
        path = f"azureml://jobs/{run}/outputs/artifacts/paths/model/"
        spec = {"name": self.model, "version": number, "type": "custom_model", "path": path, "tags": tags}
        with self.writer.open():
            self.writer.put(Kind.MODEL, spec, Path("/"))


@pytest.fixture
def at(workspace: Workspace, state: Path, request: pytest.FixtureRequest) -> Desk:
    return Desk(workspace, state, f"{request.node.name.split('[')[0]}"[:60])


def test_once_with_its_lineage(at: Desk) -> None:
    first = registering.registered(at.session(), at.run("a-1"), [7, 9])
    assert (first.registered, first.unregistered) == (f"{at.model}:1", "")
    job = at.session().desired.resources[0]
    lineage = {"aml.run": "a-1", "aml.pull_request": "7,9", "aml.digest": job.digest, "aml.commit": ORIGIN.commit}
    assert lineage.items() <= at.versions()["1"].items()
    assert registering.registered(at.session(), at.run("a-1")) == first
    assert registering.registered(at.session(), at.run("a-2")).registered == f"{at.model}:2"
    assert "aml.pull_request" not in at.versions()["2"]


FAILED = Verdict(Gate("loss", at_most=1.0), passed=False, why="2 is above")


def test_nothing_becomes_a_model_that_must_not(at: Desk) -> None:
    without = cast(Session, SimpleNamespace(desired=desired(resource("job/train"))))
    for session, trial in (
        (at.session(), at.run("b-1", FAILED)),
        (at.session(), at.run("b-1", status="Failed")),
        (at.session(), at.run("b-1", status="Running")),
        (without, at.run("b-1")),
        (cast(Session, SimpleNamespace(desired=desired())), at.run("b-1")),
    ):
        assert registering.registered(session, trial) == trial
    assert at.versions() == {}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"path": "mdoel"}, "There is nothing at azureml://jobs/c-1/outputs/artifacts/paths/mdoel/"),
        ({"path": "../../dcid.c-2/model"}, "(400 InvalidUri)"),
    ],
)
def test_where_there_is_no_model_the_run_is_told_all_the_same(at: Desk, rule: dict[str, str], words: str) -> None:
    found = registering.registered(at.session(**rule), at.run("c-1"))
    assert found.registered == ""
    assert found.unregistered.startswith(f"not registered as {at.model}: model {at.model}: ")
    assert words in found.unregistered
    assert not Review("local", Stage.FINISHED, "", trials=(found,)).well
    assert at.versions() == {}


class _Overtaken:
    """A writer that somebody is faster than, once."""

    def __init__(self, desk: Desk, number: str, run: str, *, lost: bool = False) -> None:
        self._desk, self._number, self._run, self._lost, self._left = desk, number, run, lost, 1

    def open(self) -> Any:
        return self._desk.writer.open()

    def put(self, *arguments: Any) -> None:
        first, self._left = self._left == 1, 0
        if first and not self._lost:
            self._desk.put(self._number, self._run, **{"aml.run": self._run})
        self._desk.writer.put(*arguments)
        if first and self._lost:
            raise ServiceError("the answer was lost")


@pytest.mark.parametrize(
    ("other", "lost", "number", "versions"),
    [
        ("d-2", False, "2", {"1": "d-2", "2": "d-1"}),  # another run takes the number
        ("d-1", False, "1", {"1": "d-1"}),  # another apply registers the same run
        ("", True, "1", {"1": "d-1"}),
    ],
    ids=["taken", "raced", "lost"],
)
def test_whoever_is_faster(at: Desk, other: str, lost: bool, number: str, versions: dict[str, str]) -> None:
    at.model = f"{at.model}-{other or 'lost'}"
    session = at.session()
    session.writer = _Overtaken(at, "1", other, lost=lost)  # type: ignore[misc,assignment]
    assert registering.registered(session, at.run("d-1")).registered == f"{at.model}:{number}"
    assert {name: tags["aml.run"] for name, tags in at.versions().items()} == versions


def test_of_two_versions_of_one_run_the_first_counts(at: Desk) -> None:
    at.put("9", "e-1", **{"aml.run": "e-1"})
    at.put("10", "e-1", **{"aml.run": "e-1"})
    assert registering.registered(at.session(), at.run("e-1")).registered == f"{at.model}:9"


def test_the_promoted_output_of_a_run_of_that_name_elsewhere_is_another(at: Desk) -> None:
    at.put("1", "f-1", **{"aml.run": "f-1", "aml.promoted_from": "/subscriptions/s/models/m/versions/1"})
    assert registering.registered(at.session(), at.run("f-1")).registered == f"{at.model}:2"
