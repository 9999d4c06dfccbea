"""project.yml, and the project it makes of a folder."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.desired import project
from runner.errors import ConfigError
from runner.model.diagnostics import InvalidSpecsError
from tests.desired.conftest import PROJECT, Specs
from tests.repositories import Repo

NAME = "project: string should match pattern '^[a-z0-9][a-z0-9-]{0,62}$' (it is 'My Project')"
COORDINATES = "a workspace needs subscription_id, resource_group and workspace_name, all three"
TARGET = "up to 63 letters, digits, '.', '_' and '-', the first a letter or digit"
CASES = {
    "nothing": ("", ["1:1 holds 0 documents; a project has one"]),
    "two": (f"{PROJECT}---\n{PROJECT}", ["1:1 holds 2 documents; a project has one"]),
    "not YAML": ("version: [\n", ["2:1 not YAML: did not find expected node content"]),
    "a list": ("- a\n", ["1:1 expected a mapping, not a list"]),
    "missing": ("version: 1\n", ["1:1 missing field 'project'"]),
    "later version": ("version: 2\nproject: demo\n", ["1:10 version: expected 1, not 2"]),
    "name": ("version: 1\nproject: My Project\n", [f"2:10 {NAME}"]),
    "unknown": (f"{PROJECT}target: {{}}\n", ["3:1 unknown field 'target', did you mean 'targets'?"]),
    "default": (
        f"{PROJECT}default_target: prod\n",
        ["3:17 default_target 'prod' is none of: local"],
    ),
    "a target's name": (
        f'{PROJECT}targets: {{local: {{}}, "@all\\n": {{}}}}\n',
        [f"3:10 the name of a target is {TARGET}, not '@all\\n'"],
    ),
    "half a workspace": (f"{PROJECT}targets:\n  local:\n    subscription_id: s\n", [f"5:5 {COORDINATES}"]),
    "promoted from nowhere": (
        f"{PROJECT}promote: [{{model: iris, version: 1, from: staging, to: local}}]\n",
        ["3:10 promote: 'staging' is none of: local"],
    ),
    "promoted to nowhere": (
        f"{PROJECT}promote: [{{model: iris, version: 1, from: local, to: prod}}]\n",
        ["3:10 promote: 'prod' is none of: local"],
    ),
    "promoted to itself": (
        f"{PROJECT}promote: [{{model: iris, version: 1, from: local, to: local}}]\n",
        ["3:10 promote: iris:1 would go from local to itself"],
    ),
    "promoted by a label": (
        f"{PROJECT}promote: [{{model: iris, version: latest, from: local, to: {{registry: models}}}}]\n",
        ["3:34 version: expected a whole number, not 'latest'"],
    ),
    "a registry's name": (
        f"{PROJECT}promote: [{{model: iris, version: 1, from: local, to: {{registry: a/b}}}}]\n",
        ["3:65 registry: string should match pattern '^[a-zA-Z0-9][a-zA-Z0-9_-]{1,32}$' (it is 'a/b')"],
    ),
    "a promoted model's name": (
        f"{PROJECT}promote: [{{model: ../jobs/x, version: 1, from: local, to: {{registry: models}}}}]\n",
        ["3:19 model: string should match pattern '^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$' (it is '../jobs/x')"],
    ),
    "a target's field": (
        f"{PROJECT}targets:\n  local: {{allow_dirt: true}}\n",
        ["4:11 unknown field 'allow_dirt', did you mean 'allow_dirty'?"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_findings(folder: Repo, text: str, expected: list[str]) -> None:
    folder.write("specs/project.yml", text)
    with pytest.raises(InvalidSpecsError) as caught:
        project.find(folder.root)
    wanted = [f"specs/project.yml:{place}: error: {words}" for place, _, words in (e.partition(" ") for e in expected)]
    assert [str(item) for item in caught.value.diagnostics] == wanted


def test_found_from_any_folder_inside(specs: Specs) -> None:
    inside = specs.root / "src" / "deep"
    inside.mkdir(parents=True)
    for start in (specs.root, inside, specs.root / "specs"):
        found = project.find(start)
        assert (found.root, found.repository, found.specs) == (specs.root, specs.root, specs.root / "specs")
        assert found.config.project == "demo"
        assert found.config.targets["local"].allow_dirty


def test_a_project_below_the_repositorys_root(repo: Repo) -> None:
    repo.write("team/specs/project.yml", PROJECT)
    found = project.find(repo.root / "team")
    assert (found.root, found.repository) == (repo.root / "team", repo.root)
    assert found.shown(repo.root / "team" / "specs" / "a.yml") == "specs/a.yml"
    assert found.shown(repo.root / "b.yml") == (repo.root / "b.yml").as_posix()


def test_outside_git_the_project_is_the_limit(folder: Repo) -> None:
    folder.write("specs/project.yml", PROJECT)
    assert project.find(folder.root).repository == folder.root


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        project.find(tmp_path)
    assert str(caught.value) == f"no specs/project.yml in {tmp_path.resolve()} or above it"


def folder_at(path: Path) -> None:
    path.mkdir()


def pipe_at(path: Path) -> None:
    os.mkfifo(path)  # whoever opened it would wait for somebody to write


def device_at(path: Path) -> None:
    path.symlink_to("/dev/zero")


def nowhere_at(path: Path) -> None:
    path.symlink_to("gone")


def circle_at(path: Path) -> None:
    path.symlink_to(path.name)


def large_at(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10_000_000_000)


UNREADABLE: dict[Callable[[Path], None], str] = {
    folder_at: "is no regular file",
    pipe_at: "is no regular file",
    device_at: "is a link that leaves the repository",
    nowhere_at: "is a link that leads nowhere",
    circle_at: "is a link that leads in a circle",
    large_at: "has more than 1,000,000 bytes",
}


@pytest.mark.parametrize("make", UNREADABLE)
def test_a_file_that_cannot_be_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.yml")
    with pytest.raises(InvalidSpecsError) as caught:
        project.read_text(tmp_path / "a.yml", "shown.yml", tmp_path)
    assert [str(item) for item in caught.value.diagnostics] == [f"shown.yml:1:1: error: {UNREADABLE[make]}"]


def test_what_a_person_names_may_be_anywhere(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "a.yml").write_text("a: 1\n")
    (tmp_path / "inside/link.yml").symlink_to("../a.yml")
    assert project.read_text(tmp_path / "inside/link.yml", "shown.yml", None) == "a: 1\n"
