"""`aml import` of a workspace that a script of the SDK filled: `imported/` is what must come of it, file by file."""

import importlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from runner import engine
from tests.e2e.conftest import Repo, _aml
from tests.e2e.liveness import Live

pytestmark = pytest.mark.e2e

EXPECTED = Path(__file__).with_name("imported")
SCRIPT = Path(__file__).with_name("lived_in.py")
LOADERS = {
    "components": "load_component",
    "compute": "load_compute",
    "data": "load_data",
    "datastores": "load_datastore",
    "environments": "load_environment",
    "jobs": "load_job",
    "models": "load_model",
}


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables of a workspace of its own that is full of things, and that no project knows."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AML", "AZURE", "MLFLOW"))}
    guard = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}
    variables = kept | {"AML_STATE_DIR": str(tmp_path_factory.mktemp("state")), "NO_COLOR": "1"} | guard
    _aml(["workspace", "start"], Path("/"), variables)
    exports = _aml(["workspace", "env"], Path("/"), variables).out
    named = dict(shlex.split(line)[1].split("=", 1) for line in exports.splitlines())
    command = [sys.executable, "-W", "ignore", str(SCRIPT), str(tmp_path_factory.mktemp("made"))]
    done = subprocess.run(command, env=variables | named, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    yield variables
    _aml(["workspace", "stop"], Path("/"), variables)


@pytest.fixture
def team(tmp_path: Path, lived_in: dict[str, str]) -> Repo:
    """A repository with nothing but a project."""
    made = Repo(tmp_path / "team", lived_in)
    made.write("specs/project.yml", "version: 1\nproject: team\n")
    made.git("init", "-q", "-b", "main", ".")
    return made


def files(root: Path) -> dict[str, str]:
    """The specs and what belongs to them."""
    found = {path.relative_to(root).as_posix(): path for path in root.glob("specs/**/*") if path.is_file()}
    return {name: path.read_text("utf-8") for name, path in found.items() if name != "specs/project.yml"}


def test_a_whole_workspace(team: Repo) -> None:
    done = team.aml("import", "*")
    assert files(team.root) == files(EXPECTED)
    assert done.out.splitlines()[-1] == "14 specs written. Next: aml plan --adopt"
    assert "specs/code/train/ part of component/adder, job/first, job/flow, ..." in " ".join(done.out.split())
    passed_over = [line for line in done.err.splitlines() if line.startswith("passed over")]
    assert [line.rpartition(": ")[2] for line in passed_over] == [
        "the workspace's own datastores",
        "curated environments",
        "anonymous assets",
    ]
    assert sorted(path.name for path in team.root.iterdir()) == [".git", "specs"]
    assert team.aml("validate").out == "14 specs are valid.\n"

    assert_live(team)

    again = team.aml("import", "*")
    assert again.out == "Nothing was written.\n"
    assert (
        "passed over 14 (component/adder, compute/ada-box, compute/cpu-cluster, ...): already have a spec" in again.err
    )


def assert_live(team: Repo) -> None:
    """What was written is what is live, tree by tree: to adopt it is to change nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AML_STATE_DIR", "HTTPS_PROXY", "NO_PROXY"):
            patch.setenv(name, team.variables[name])
        session = engine.open_session(team.root, None, lambda _: None)
        live = Live(session.rest)
        assert len(session.desired.resources) == 14
        for resource in session.desired.resources:
            assert live.differs(resource, resource.key.name) == []


@pytest.fixture
def sdk() -> ModuleType:
    """`azure.ai.ml`, imported where its warnings are let through."""
    return importlib.import_module("azure.ai.ml")


SPECS = sorted(path for path in EXPECTED.glob("specs/*/*.yml") if "." not in path.stem)  # less what belongs to others


@pytest.mark.filterwarnings("ignore")  # the SDK's own
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_the_sdk_takes_every_spec(sdk: ModuleType, path: Path) -> None:
    assert getattr(sdk, LOADERS[path.parent.name])(path)


def test_a_job_brings_what_it_needs(team: Repo) -> None:
    found = json.loads(team.aml("import", "--json", "job/first").out)
    assert {file["path"] for file in found["files"]} == {
        "specs/code/train/",
        "specs/compute/ada-box.yml",
        "specs/data/iris.yml",
        "specs/environments/train-env.conda.yml",
        "specs/environments/train-env.yml",
        "specs/jobs/first.yml",
    }
    # The second job ran the same code: it is there already.
    found = json.loads(team.aml("import", "--json", "job/second").out)
    assert [file["path"] for file in found["files"]] == ["specs/jobs/second.yml"]
    assert "code: ../code/train\n" in files(team.root)["specs/jobs/second.yml"]


def test_what_is_in_the_way_stays(team: Repo) -> None:
    team.write("specs/jobs/first.yml", "name: other\ncommand: x\nenvironment: azureml:AzureML-x@latest\n")
    before = files(team.root)
    done = team.aml("import", "job/*", code=1)
    assert (done.out, files(team.root)) == ("", before)
    assert done.err.splitlines()[-1] == (
        "error: in the way, and never overwritten: specs/jobs/first.yml; nothing was written"
    )


def test_what_git_ignores_is_said(team: Repo) -> None:
    team.write(".gitignore", "lib/\n")
    done = team.aml("import", "job/first")
    assert done.err.splitlines()[-1].startswith("specs/code/train: git ignores a part of it")


def test_a_pattern_that_matches_nothing(team: Repo) -> None:
    done = team.aml("import", "job/none", code=1)
    assert "error: nothing matches 'job/none'; there is: job/first, job/flow, job/search, job/second" in done.err


def test_it_needs_a_project(tmp_path: Path, lived_in: dict[str, str]) -> None:
    (tmp_path / "empty").mkdir()
    done = _aml(["import", "*"], tmp_path / "empty", lived_in)
    assert (done.code, "error: no specs/project.yml in" in done.err) == (1, True)
