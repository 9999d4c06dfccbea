"""Models carried between two real embedded workspaces, by the command as a person types it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from runner import engine, promoting
from runner.azureml import embedded
from runner.azureml.rest import Rest
from runner.azureml.storage import Storage
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.errors import ServiceError
from runner.live import models, trees
from runner.model.keys import Kind
from tests.e2e.conftest import Repo
from tests.e2e.edits import quiet
from tests.e2e.people import aml, project

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

TARGETS = """\
default_target: staging
targets:
  staging: {subscription_id: s, resource_group: g, workspace_name: staging}
  prod: {subscription_id: s, resource_group: g, workspace_name: prod}
promote:
"""
NOTHING = "Nothing to promote (1 there).\n"


@dataclass
class Place:
    """A workspace, and the folder in which it keeps its blobs."""

    workspace: Workspace
    blobs: Path

    def __post_init__(self) -> None:
        self.rest, self.writer = Rest(self.workspace), Writer(self.workspace)

    def version(self, name: str, number: str = "1") -> dict[str, Any] | None:
        """What it tells of a version."""
        found = self.rest.get(f"models/{name}/versions/{number}")
        return found and found["properties"]

    def register(self, folder: Path, name: str, path: str, **more: Any) -> None:
        """Somebody registers a model by hand, as version 1."""
        spec = {"name": name, "version": "1", "type": "custom_model", "path": path, **more}
        with self.writer.open():
            self.writer.put(Kind.MODEL, spec, folder)

    def files(self, name: str) -> dict[str, str]:
        """The files of a version 1 and their blob ids."""
        found = models.version(self.rest, name, "1")
        assert found
        place = found.uri.partition("/datastores/")[2]
        store, _, path = place.partition("/paths/")
        storage = Storage(self.rest)
        return trees.blobs(storage, storage.url(store, path.strip("/")))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    """Two workspaces, each a process with a state directory of its own, by the name that targets give them."""
    made: dict[str, Place] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("staging", "prod"):
            state = tmp_path_factory.mktemp(name)
            patch.setenv("AML_STATE_DIR", str(state))
            made[name] = Place(embedded.connect(), state / "blobs")
        patch.setattr(engine, "connect", lambda _subscription, _group, name: made[name].workspace)
        yield made
        for place in made.values():
            patch.setenv("AML_STATE_DIR", str(place.blobs.parent))
            embedded.control(["stop"])


@pytest.fixture
def staging(places: dict[str, Place]) -> Place:
    return places["staging"]


@pytest.fixture
def prod(places: dict[str, Place]) -> Place:
    return places["prod"]


def repo_of(tmp_path: Path, *lines: str) -> Repo:
    """A project that promotes these."""
    return project(tmp_path / "repo", {}, "demo", {}, TARGETS + "".join(f"  - {{{line}}}\n" for line in lines))


def line(model: str, to: str = "prod") -> str:
    return f"model: {model}, version: 1, from: staging, to: {to}"


def test_a_model_of_a_run_goes_to_production_once(tmp_path: Path, staging: Place, prod: Place) -> None:
    artifacts = staging.blobs / "azureml" / "ExperimentRun" / "dcid.train-1" / "model"
    (artifacts / "data").mkdir(parents=True)
    (artifacts / "MLmodel").write_text("flavors: {}\n")
    (artifacts / "data" / "weights.bin").write_bytes(b"\0" * 100_000)
    lineage = {"aml.run": "train-1", "aml.digest": "d" * 64, "aml.commit": "c" * 40, "aml.target": "staging"}
    path = "azureml://jobs/train-1/outputs/artifacts/paths/model/"
    more = {"tags": {**lineage, "team": "red"}, "description": "Good.", "flavors": {"python_function": {"data": "x"}}}
    staging.register(tmp_path, "iris", path, **{"type": "mlflow_model", **more})
    repo = repo_of(tmp_path, line("iris"))

    done = aml(repo, "promote", "--auto-approve")
    told = "  + model/iris:1  staging -> prod  (run train-1, commit cccccccccc)\n\n1 to promote.\n"
    assert done.out == told
    found = prod.version("iris")
    assert found
    assert (found["modelType"], found["description"]) == ("mlflow_model", "Good.")
    assert found["flavors"] == {"python_function": {"data": {"data": "x"}}}
    head = repo.git("rev-parse", "HEAD").strip()
    assert found["tags"] == {
        **lineage,
        "team": "red",
        "aml.project": "demo",
        "aml.target": "prod",
        "aml.promoted_from": f"{staging.workspace.path}/models/iris/versions/1",
        "aml.promoted_commit": head,
        "aml.promoted_ref": "refs/heads/main",
    }
    assert prod.files("iris") == staging.files("iris")
    assert set(prod.files("iris")) == {"MLmodel", "data/weights.bin"}

    again = aml(repo, "promote")  # nobody has to be asked when there is nothing to do
    assert again.out == f"    model/iris:1  staging -> prod  (there already)\n\n{NOTHING}"
    assert prod.version("iris") == found


def test_what_nobody_trained_here_goes_as_well(tmp_path: Path, staging: Place, prod: Place) -> None:
    (tmp_path / "weights.txt").write_text("0.5")
    staging.register(tmp_path, "by-hand", "weights.txt")
    repo = repo_of(tmp_path, line("by-hand"))
    assert aml(repo, "promote", "--auto-approve").out == "  + model/by-hand:1  staging -> prod\n\n1 to promote.\n"
    found = models.version(prod.rest, "by-hand", "1")
    assert found
    assert found.uri.endswith("/weights.txt")
    assert aml(repo, "promote").out.endswith(NOTHING)
    with prod.writer.open():
        prod.writer.archive(Kind.MODEL, "by-hand", "1")
    assert "(archived there)" in aml(repo, "promote").out, "who took it out of use is not overruled"


def test_lines_that_cannot_come_true_hold_back_all(tmp_path: Path, staging: Place, prod: Place) -> None:
    (tmp_path / "weights.txt").write_text("0.5")
    for name in ("good", "old", "other"):
        staging.register(tmp_path, name, "weights.txt", tags={"aml.run": name})
    with staging.writer.open():
        staging.writer.archive(Kind.MODEL, "old", "1")
    prod.register(tmp_path, "other", "weights.txt", tags={"aml.run": "another"})
    repo = repo_of(tmp_path, *map(line, ("good", "old", "other", "unknown")))
    done = aml(repo, "promote", "--auto-approve", code=1)
    assert done.out.endswith("\nErrors: nothing can be promoted.\n")
    assert [each for each in done.err.splitlines() if "error" in each] == [
        "specs/project.yml:1:1: error: promote: old:1 is archived in staging",
        "specs/project.yml:1:1: error: promote: prod has another other:1",
        "specs/project.yml:1:1: error: promote: staging has no unknown:1",
        "error: the promotions have errors; nothing was copied",
    ]
    assert prod.version("good") is None


def test_what_goes_wrong_with_one_line_is_told_and_the_next_goes_on(
    tmp_path: Path, staging: Place, prod: Place
) -> None:
    for name, size in (("large", 2_000), ("small", 10)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights.bin").write_bytes(b"\0" * size)
        staging.register(tmp_path, name, name)
    repo = repo_of(tmp_path, line("large"), line("small"))
    repo.write("specs/project.yml", (repo.root / "specs/project.yml").read_text() + "limits: {bytes: 1000}\n")
    refused = aml(repo, "promote", "--auto-approve", code=1)
    assert "files differ from commit" in refused.err
    repo.commit()
    done = aml(repo, "promote", "--auto-approve", code=1)
    assert "failed: model/large: " in done.out
    assert "holds more than 20,000 files or 1,000 bytes" in done.out
    assert "1 of 2 applied" in done.err
    assert (prod.version("large"), bool(prod.version("small"))) == (None, True)


def test_only_the_branch_of_the_target_promotes(tmp_path: Path, staging: Place, prod: Place) -> None:
    (tmp_path / "weights.txt").write_text("0.5")
    staging.register(tmp_path, "fenced", "weights.txt")
    repo = repo_of(tmp_path, line("fenced"))
    repo.edit("specs/project.yml", "workspace_name: prod}", "workspace_name: prod, branch: main}")
    repo.commit()
    assert "nobody to ask" in aml(repo, "promote", code=1).err
    repo.git("checkout", "-q", "-b", "feature")
    told = "  + model/fenced:1  staging -> prod  (left to main)\n\nNothing to promote (1 left to a branch).\n"
    assert aml(repo, "promote", "--auto-approve").out == told
    assert prod.version("fenced") is None
    for name in ("staging", ""):  # an empty one is the default target's, as everywhere
        assert aml(repo, "promote", "-t", name).out == "No promotions.\n"
    assert "no target 'elsewhere'" in aml(repo, "promote", "-t", "elsewhere", code=1).err


def test_one_workspace_by_two_names(tmp_path: Path) -> None:
    repo = repo_of(tmp_path, line("iris", to="twin"))
    repo.edit(
        "specs/project.yml",
        "promote:",
        "  twin: {subscription_id: s, resource_group: g, workspace_name: staging}\npromote:",
    )
    repo.commit()
    assert "staging and twin are one workspace" in aml(repo, "promote", code=1).err


def test_an_embedded_workspace_has_no_registries(tmp_path: Path) -> None:
    done = aml(repo_of(tmp_path, line("iris", to="{registry: models}")), "promote", code=1)
    assert "error: reading iris:1 of the registry models: " in done.err


def test_a_version_that_is_taken_between_the_look_and_the_copy(tmp_path: Path, staging: Place, prod: Place) -> None:
    for name in ("mine.txt", "theirs.txt"):
        (tmp_path / name).write_text(name)
    staging.register(tmp_path, "raced", "mine.txt")
    looked = promoting.look(repo_of(tmp_path, line("raced")).root, None, quiet)
    prod.register(tmp_path, "raced", "theirs.txt")
    (result,) = promoting.promote(looked, quiet, Event())
    assert result.status == "failed"
    assert "raced" in result.error


def test_an_answer_that_is_lost(tmp_path: Path, staging: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.txt").write_text("0.5")
    staging.register(tmp_path, "lost", "weights.txt")
    looked = promoting.look(repo_of(tmp_path, line("lost")).root, None, quiet)
    put = Writer.put

    def losing(*arguments: Any) -> None:
        put(*arguments)
        raise ServiceError("the answer was lost")

    monkeypatch.setattr(Writer, "put", losing)
    assert [result.status for result in promoting.promote(looked, quiet, Event())] == ["done"]
    stopped = Event()
    stopped.set()
    assert [result.status for result in promoting.promote(looked, quiet, stopped)] == ["skipped"]


def test_what_a_line_names_is_not_pruned(tmp_path: Path, staging: Place) -> None:
    (tmp_path / "weights.txt").write_text("0.5")
    staging.register(tmp_path, "kept", "weights.txt", tags={"aml.project": "pruned", "aml.target": "staging"})
    repo = repo_of(tmp_path, line("kept"))
    repo.edit("specs/project.yml", "project: demo", "project: pruned")  # what other tests promoted is another's
    repo.commit()
    aml(repo, "promote", "--auto-approve")
    for target in ("staging", "prod"):
        assert aml(repo, "prune", "-t", target, "--keep", "0", "--auto-approve").out == "No changes.\n"
        assert aml(repo, "plan", "-t", target, "--prune").out == "No changes.\n"
    repo.write("specs/project.yml", f"version: 1\nproject: pruned\n{TARGETS.removesuffix('promote:' + chr(10))}")
    repo.commit()
    assert "kept" in aml(repo, "prune", "-t", "prod", "--keep", "0", "--auto-approve").out
