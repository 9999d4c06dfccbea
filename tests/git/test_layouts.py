"""Repositories of every shape: worktrees, submodules, sparse checkouts; and what surrounds them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import tree
from runner.git.repository import Repository
from runner.model.digest import blob_id
from tests.git.conftest import plain, settle
from tests.repositories import Repo, git


def read(repo: Repo, folder: str = "src") -> dict[str, str]:
    return dict(tree.read(repo.root / folder, Repository(repo.root)).files)


def differs(repo: Repo, folder: str = "src") -> bool:
    found = Repository(repo.root)
    return tree.reading(repo.root / folder, found).differs(found.recorded())


@pytest.fixture
def outer(repo: Repo, tmp_path: Path) -> Repo:
    """A repository with a submodule that is checked out."""
    library = Repo(tmp_path / "library")
    library.write("lib.py", "lib\n")
    library.write("deep/more.py", "more\n")
    library.init().commit()
    repo.write("src/main.py", "main\n")
    git(repo.root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.root), "src/lib")
    repo.commit()
    settle(repo)
    settle(Repo(repo.root / "src/lib"))
    return repo


def test_a_submodules_files_count(outer: Repo, opened: list[str]) -> None:
    outer.write(".git/modules/src/lib/info/exclude", "*.log\n")
    outer.write("src/lib/x.log")
    assert read(outer) == {
        "main.py": blob_id(b"main\n"),
        "lib/lib.py": blob_id(b"lib\n"),
        "lib/deep/more.py": blob_id(b"more\n"),
    }
    assert opened == []
    assert not differs(outer)


@pytest.mark.parametrize("inside", ["src/lib", "src/lib/deep"])
def test_a_folder_in_a_submodule(outer: Repo, inside: str) -> None:
    found = read(outer, inside)
    assert found == {name: blob for name, blob in plain(outer.root / inside).items() if name != ".git"}
    assert not differs(outer, inside)


def other_commit(outer: Repo) -> None:
    Repo(outer.root / "src/lib").commit("empty")


SUBMODULE: dict[str, Callable[[Repo], object]] = {
    "edited": lambda outer: outer.write("src/lib/deep/more.py", "edited\n"),
    "a new file": lambda outer: outer.write("src/lib/new.py"),
    "a file is gone": lambda outer: (outer.root / "src/lib/lib.py").unlink(),
    "another commit": other_commit,
}


@pytest.mark.parametrize("change", SUBMODULE.values(), ids=SUBMODULE)
def test_a_submodule_that_is_not_what_the_commit_says(outer: Repo, change: Callable[[Repo], object]) -> None:
    change(outer)
    assert differs(outer)
    assert differs(outer, "src/lib")


@pytest.mark.parametrize("way", ["deinit", "removed"])
def test_a_submodule_that_is_not_checked_out_is_refused(outer: Repo, way: str) -> None:
    git(outer.root, "submodule", "--quiet", "deinit", "-f", "src/lib")
    if way == "removed":
        (outer.root / "src/lib").rmdir()
    with pytest.raises(
        GitError, match=r"src/lib is a submodule that is not checked out; run: git submodule update --i"
    ):
        read(outer)
    outer.write("src/.amlignore", "lib/\n")
    assert list(read(outer)) == ["main.py"]


def test_a_repository_inside_counts_and_is_in_no_commit(repo: Repo) -> None:
    repo.write("src/main.py")
    repo.commit()
    inner = Repo(repo.root / "src/vendored")
    inner.write("a.py")
    inner.init().commit()
    assert list(read(repo)) == ["main.py", "vendored/a.py"]
    assert differs(repo)


def test_a_sparse_checkout(repo: Repo) -> None:
    for name in ("src/main.py", "src/left/out.py", "other/a.py"):
        repo.write(name)
    repo.commit()
    git(repo.root, "sparse-checkout", "set", "--no-cone", "/src/*", "!/src/left")
    assert not (repo.root / "src/left/out.py").exists()
    with pytest.raises(
        GitError, match=r"src/left/out\.py is left out by the sparse checkout; run: git sparse-checkout"
    ):
        read(repo)
    repo.write("src/.amlignore", "left\n")
    assert list(read(repo)) == ["main.py"]
    git(repo.root, "sparse-checkout", "set", "--cone", "--sparse-index", "src")
    (repo.root / "src/.amlignore").unlink()
    assert list(read(repo)) == ["left/out.py", "main.py"]


def test_a_worktree(repo: Repo, tmp_path: Path, opened: list[str]) -> None:
    repo.write("src/a.py", "a\n")
    repo.commit()
    git(repo.root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    side = Repo(tmp_path / "side")
    settle(side)
    assert read(side) == {"a.py": blob_id(b"a\n")}
    assert opened == []
    assert not differs(side)
    side.write("src/a.py", "b\n")
    assert differs(side)
    assert not differs(repo)


def test_a_git_directory_elsewhere(folder: Repo, tmp_path: Path) -> None:
    git(folder.root, "init", "-q", f"--separate-git-dir={tmp_path / 'store'}", ".")
    folder.write("src/a.py", "a\n")
    folder.commit()
    assert read(folder) == {"a.py": blob_id(b"a\n")}
    assert not differs(folder)


def test_a_split_index(repo: Repo) -> None:
    git(repo.root, "config", "core.splitIndex", "true")
    for name in ("src/a.py", "src/b.py"):
        repo.write(name)
    repo.commit()
    settle(repo)
    repo.write("src/b.py", "y\n")
    git(repo.root, "add", "-A")
    assert read(repo) == plain(repo.root / "src")


HOOK = {
    "GIT_DIR": ".git",
    "GIT_COMMON_DIR": ".git",
    "GIT_WORK_TREE": ".",
    "GIT_INDEX_FILE": ".git/index",
    "GIT_OBJECT_DIRECTORY": ".git/objects",
    "GIT_CEILING_DIRECTORIES": ".",
}


@pytest.mark.parametrize(("variable", "value"), HOOK.items())
def test_what_a_hook_passes_on_does_not_mislead(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    repo.write("src/a.py", "a\n")
    repo.commit()
    other = Repo(tmp_path / "other")
    other.write("b.py")
    other.init().commit()
    monkeypatch.setenv(variable, str(other.root / value))
    assert read(repo) == {"a.py": blob_id(b"a\n")}
    assert not differs(repo)
    assert Repository(repo.root).commit() == git(repo.root, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.excludesFile", "GIT_CONFIG_VALUE_0": "{all}"},
        {"GIT_CONFIG_PARAMETERS": "'core.excludesFile={all}'"},
        {"GIT_LITERAL_PATHSPECS": "1", "GIT_NAMESPACE": "x", "GIT_REPLACE_REF_BASE": "refs/x"},
    ],
    ids=["count", "parameters", "others"],
)
def test_configuration_from_the_surroundings_does_not_mislead(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    (tmp_path / "all").write_text("*\n")
    repo.write("src/a.py", "a\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(all=tmp_path / "all"))
    assert read(repo) == {"a.py": blob_id(b"a\n")}


def test_a_working_tree_elsewhere_does_not_mislead(repo: Repo, tmp_path: Path) -> None:
    repo.write("src/a.py", "a\n")
    repo.commit()
    git(repo.root, "config", "core.worktree", str(tmp_path))
    assert read(repo) == {"a.py": blob_id(b"a\n")}
    assert not differs(repo)


def test_a_broken_repository_does_not_lead_to_the_one_around_it(repo: Repo) -> None:
    inner = Repo(repo.root / "inner")
    inner.write("src/a.py")
    (inner.root / ".git").mkdir()
    with pytest.raises(GitError, match="not a git repository"):
        read(inner)


def test_replaced_objects_are_not_what_a_commit_holds(repo: Repo) -> None:
    repo.write("src/a.py", "a\n")
    commit = repo.commit()
    repo.write("src/a.py", "b\n")
    other = repo.commit()
    git(repo.root, "replace", other, commit)
    assert not differs(repo)
    repo.write("src/a.py", "a\n")
    assert differs(repo)


def test_without_git_it_is_said(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match=r"^git cannot be started; is it installed\?$"):
        Repository(repo.root).commit()
