"""A copy that somebody touched is not sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.apply.stage import ChangedError, stage_tree, verify
from runner.git import tree
from runner.git.repository import Repository
from runner.model.resource import Tree
from tests.repositories import Repo


@pytest.fixture
def planned(repo: Repo) -> Tree:
    """A tree of two files."""
    repo.write("src/main.py", "main\n")
    repo.write("src/deep/util.py", "util\n")
    return tree.read(repo.root / "src", Repository(repo.root))


def linked(copy: Path) -> None:
    (copy / "main.py").rename(copy.parent / "same")
    (copy / "main.py").symlink_to(copy.parent / "same")


def folder_linked(copy: Path) -> None:
    (copy / "deep").rename(copy.parent / "same")
    (copy / "deep").symlink_to(copy.parent / "same")


TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "edited": (lambda copy: (copy / "main.py").write_text("MAIN\n"), "main.py"),
    "added": (lambda copy: (copy / "deep/new.py").write_text("x"), "deep/new.py"),
    "an empty folder added": (lambda copy: (copy / "empty").mkdir(), "empty"),
    "an ignore file added": (lambda copy: (copy / ".amlignore").write_text("*"), ".amlignore"),
    "removed": (lambda copy: (copy / "main.py").unlink(), "main.py"),
    "renamed": (lambda copy: (copy / "main.py").rename(copy / "a.py"), "a.py"),
    "a link to the same": (linked, "main.py"),
    "a folder that is a link to the same": (folder_linked, "deep"),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_copy_that_was_touched_is_refused(planned: Tree, repo: Repo, tmp_path: Path, case: str) -> None:
    change, name = TAMPERED[case]
    copy = tmp_path / "stage" / "src"
    stage_tree(planned, copy, repo.root)
    verify(planned, copy)
    change(copy)
    with pytest.raises(ChangedError) as caught:
        verify(planned, copy)
    assert str(caught.value) == f"the private copy {copy} was changed by somebody else ({name}); nothing was sent"


def test_a_copy_that_is_gone_is_refused(planned: Tree, tmp_path: Path) -> None:
    with pytest.raises(ChangedError, match="was changed by somebody else"):
        verify(planned, tmp_path / "never")


def test_a_single_file(repo: Repo, tmp_path: Path) -> None:
    planned = tree.read(repo.write("data/iris.csv", "a,b\n"), Repository(repo.root))
    copy = tmp_path / "stage" / "iris.csv"
    stage_tree(planned, copy, repo.root)
    verify(planned, copy)
    copy.write_text("b,a\n")
    with pytest.raises(ChangedError, match=r"changed by somebody else \(iris\.csv\)"):
        verify(planned, copy)
