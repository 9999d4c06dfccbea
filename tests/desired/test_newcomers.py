"""Specs from outside: judged where they are prepared, moved at once, and nothing there is ever overwritten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.desired import newcomers
from runner.desired.newcomers import Preparation
from runner.desired.project import find
from runner.errors import ConfigError
from tests.builders import key
from tests.repositories import Repo

JOB = "command: python main.py\ncode: ../code/src\nenvironment: azureml:e@latest\n"


@pytest.fixture
def prepared(repo: Repo) -> Iterator[Preparation]:
    repo.write("specs/project.yml", "version: 1\nproject: demo\n")
    with newcomers.preparation(find(repo.root)) as made:
        yield made


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder that was downloaded."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.py").write_text("print()\n")
    return tmp_path / "code"


def files(root: Path) -> set[str]:
    """What the project holds, less the private folder and git's."""
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if path.parts[0] == "specs"}


def test_what_is_wrong_is_told_by_file(prepared: Preparation, code: Path) -> None:
    wrong = {"specs/jobs/a.yml": JOB, "specs/jobs/b.yml": "command: x\n", "specs/compute/c.yml": "name: c\n"}
    prepared.write(wrong, {"specs/code/src": code})
    found = prepared.problems([])
    assert found == {
        "specs/jobs/a.yml": "environment: no spec defines environment/e; define it, or list it under external: in "
        "specs/project.yml if others own it",
        "specs/jobs/b.yml": "missing field 'environment'",
        "specs/compute/c.yml": "missing field 'type'",
    }


def test_what_exists_is_taken_as_given(prepared: Preparation, code: Path) -> None:
    prepared.write({"specs/jobs/a.yml": JOB}, {"specs/code/src": code})
    assert prepared.problems([key("environment/e")]) == {}


def test_everything_is_moved(prepared: Preparation, code: Path) -> None:
    prepared.write({"specs/jobs/old.yml": JOB}, {})
    prepared.write({"specs/jobs/a.yml": JOB}, {"specs/code/src": code})
    prepared.move(["specs/jobs/a.yml", "specs/code/src"])
    root = prepared.project.root
    assert files(root) == {"specs/project.yml", "specs/jobs/a.yml", "specs/code/src/main.py"}
    assert (root / "specs/jobs/a.yml").read_text() == JOB


def test_nothing_is_overwritten(prepared: Preparation, code: Path, repo: Repo) -> None:
    repo.write("specs/jobs/a.yml", "mine")
    (repo.root / "specs" / "code").mkdir()
    (repo.root / "specs" / "code" / "src").symlink_to("nowhere")
    prepared.write({"specs/jobs/a.yml": JOB, "specs/jobs/b.yml": JOB}, {"specs/code/src": code})
    with pytest.raises(ConfigError, match=r"in the way, and never overwritten: specs/code/src, specs/jobs/a\.yml"):
        prepared.move(["specs/jobs/a.yml", "specs/jobs/b.yml", "specs/code/src"])
    assert files(repo.root) == {"specs/project.yml", "specs/jobs/a.yml"}
    assert (repo.root / "specs/jobs/a.yml").read_text() == "mine"


def test_no_link_is_followed_out_of_the_project(prepared: Preparation, repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (repo.root / "specs" / "jobs").symlink_to(tmp_path / "elsewhere")
    prepared.write({"specs/jobs/a.yml": JOB}, {})
    with pytest.raises(ConfigError, match="in the way, and never overwritten: specs/jobs;"):
        prepared.move(["specs/jobs/a.yml"])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_fails_half_way_leaves_nothing(prepared: Preparation, repo: Repo) -> None:
    prepared.write({"specs/compute/a.yml": "x", "specs/jobs/a.yml": JOB}, {})
    with pytest.raises(FileNotFoundError):
        prepared.move(["specs/compute/a.yml", "specs/jobs/a.yml", "specs/jobs/never.yml"])
    assert files(repo.root) == {"specs/project.yml"}
    assert not (repo.root / "specs" / "jobs").exists()


def test_the_private_folder_is_private_and_gone(repo: Repo) -> None:
    repo.write("specs/project.yml", "version: 1\nproject: demo\n")
    before = sorted(repo.root.iterdir())
    with newcomers.preparation(find(repo.root)) as made:
        assert made.folder.stat().st_mode & 0o77 == 0
    assert sorted(repo.root.iterdir()) == before


def test_what_is_present(prepared: Preparation, repo: Repo) -> None:
    repo.write("specs/code/src/main.py", "print()\n")
    repo.write("specs/code/hidden/.gitignore", "*")
    repo.write("specs/code/file.py", "")
    found = prepared.present("specs/code")
    assert set(found) == {"specs/code/src", "specs/code/hidden", "specs/code/file.py"}
    assert [name for name, digest in found.items() if digest] == ["specs/code/src"]
    repo.write(".gitignore", "main.py\n")
    assert prepared.digest("specs/code/src") == ""
