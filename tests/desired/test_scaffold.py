"""What `aml init` lays out: a whole project or nothing, and never over what is there."""

from pathlib import Path

import pytest
import yaml

from runner.desired import load, project, scaffold, targets
from runner.errors import ConfigError
from runner.model.diagnostics import InvalidSpecsError
from tests.repositories import Repo

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "runner" / "scaffold" / "example"
COPIES = sorted(path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*") if path.is_file())
WORKFLOWS = [f".github/workflows/{name}.yml" for name in ("apply", "drift", "plan", "report", "train")]
GITHUB = [".github/actions/aml/action.yml", *WORKFLOWS]
PLAIN = [*GITHUB, ".gitignore", "specs/.schema/project.json"]


def files(root: Path) -> dict[str, str]:
    """Everything below a folder but git's."""
    found = [path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts]
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in found}


def keys(root: Path) -> list[str]:
    found = project.find(root)
    return [str(spec.key) for spec in load.load_project(found, targets.context(found, None, {}))]


@pytest.mark.parametrize("name", [name for name in COPIES if name != "specs/project.yml"])
def test_the_example_is_this_repositorys(name: str) -> None:
    assert (EXAMPLE / name).read_text("utf-8") == (ROOT / name).read_text("utf-8")


def test_it_is_all_of_this_repositorys() -> None:
    own = [path for top in ("specs", "templates") for path in (ROOT / top).rglob("*") if path.is_file()]
    names = {path.relative_to(ROOT).as_posix() for path in own if "__pycache__" not in path.parts}
    assert set(COPIES) == names - {"specs/.schema/project.json"}
    mine, shipped = (yaml.safe_load((top / "specs" / "project.yml").read_text("utf-8")) for top in (ROOT, EXAMPLE))
    assert shipped["targets"] == {"local": mine["targets"]["local"]}


def test_an_empty_repository(repo: Repo) -> None:
    begun = scaffold.begin(repo.root, None, example=None)
    assert (begun.project, begun.in_git, begun.kept) == ("repo", True, ())
    assert set(begun.written) == {*COPIES, *PLAIN} == set(files(repo.root))
    assert keys(repo.root) == ["compute/cpu-cluster", "data/iris", "environment/lightgbm-env", "job/iris-train"]
    assert {path.name for path in repo.root.iterdir()} == {".git", ".github", ".gitignore", "specs", "templates"}


def test_every_spec_names_its_schema(folder: Repo) -> None:
    scaffold.begin(folder.root, None, example=True)
    for path in (folder.root / "specs").rglob("*.yml"):
        if ".conda." not in path.name:
            line, *rest = path.read_text("utf-8").splitlines()
            url = line.removeprefix("# yaml-language-server: $schema=")
            assert f"$schema: {url}" in rest or (path.parent / url).is_file(), path


def test_without_the_example(folder: Repo) -> None:
    begun = scaffold.begin(folder.root / "new" / "My Models", None, example=False)
    assert (begun.project, begun.in_git) == ("my-models", False)
    assert begun.written == (*PLAIN, "specs/project.yml")
    assert keys(begun.root) == []


def test_below_the_root_of_a_repository(repo: Repo) -> None:
    """GitHub would not see workflows there."""
    begun = scaffold.begin(repo.root / "models", None, example=False)
    assert begun.written == (".gitignore", "specs/.schema/project.json", "specs/project.yml")


def test_what_is_there_stays(repo: Repo) -> None:
    repo.write("specs/jobs/own.yml", "command: echo\nenvironment: azureml:AzureML-x@latest\n")
    repo.write(".gitignore", "mine\n")
    begun = scaffold.begin(repo.root, "demo", example=None)
    assert begun.kept == (".gitignore",)
    assert begun.written == (*GITHUB, "specs/.schema/project.json", "specs/project.yml")
    assert (repo.root / ".gitignore").read_text() == "mine\n"
    assert keys(repo.root) == ["job/own"]


def test_a_second_time(repo: Repo) -> None:
    first = scaffold.begin(repo.root, "demo", example=True)
    before = files(repo.root)
    (repo.root / "specs" / "data" / "iris.csv").unlink()
    again = scaffold.begin(repo.root, None, example=True)
    assert (again.project, again.written) == ("demo", ("specs/data/iris.csv",))
    assert {*again.written, *again.kept} == set(first.written)
    assert files(repo.root) == before


@pytest.mark.parametrize("name", ["123", "null", "a" * 63])
def test_names_that_yaml_would_read_otherwise(folder: Repo, name: str) -> None:
    scaffold.begin(folder.root, name, example=False)
    assert project.find(folder.root).config.project == name


@pytest.mark.parametrize("name", ["", "My Project", "-x", "a" * 64, "a\nb"])
def test_names_that_are_none(folder: Repo, name: str) -> None:
    with pytest.raises(ConfigError, match="is no name of a project: give --project"):
        scaffold.begin(folder.root, name, example=None)
    assert files(folder.root) == {}


def test_another_name_than_the_projects(repo: Repo) -> None:
    repo.write("specs/project.yml", "version: 1\nproject: demo\n")
    with pytest.raises(ConfigError, match="its project is 'demo': edit it, or leave out --project"):
        scaffold.begin(repo.root, "other", example=None)


def test_inside_of_another_project(repo: Repo) -> None:
    repo.write("specs/project.yml", "version: 1\nproject: demo\n")
    with pytest.raises(ConfigError, match="inside of the project in"):
        scaffold.begin(repo.root / "specs", None, example=None)


@pytest.mark.parametrize("name", ["specs", "templates"])
def test_a_link_on_the_way(repo: Repo, name: str) -> None:
    """What is written must not land outside."""
    (repo.root.parent / "outside").mkdir()
    (repo.root / name).symlink_to(repo.root.parent / "outside")
    with pytest.raises(ConfigError, match=f"in the way, and never overwritten: {name}; nothing was written"):
        scaffold.begin(repo.root, None, example=True)
    assert files(repo.root.parent) == {}


def test_a_project_that_is_wrong(repo: Repo) -> None:
    repo.write("specs/project.yml", "version: 2\n")
    with pytest.raises(InvalidSpecsError):
        scaffold.begin(repo.root, None, example=None)
    assert set(files(repo.root)) == {"specs/project.yml"}
