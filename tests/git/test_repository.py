"""What is checked out, and which files git knows."""

import subprocess
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git.repository import Repository
from runner.model.digest import blob_id
from tests.repositories import Repo, git


def test_outside_git_nothing_is_known(folder: Repo) -> None:
    found = Repository(folder.root)
    assert (found.exists, found.commit(), found.ref(), found.recorded()) == (False, "", "", {})
    assert found.index.names == []


def test_before_the_first_commit(repo: Repo) -> None:
    repo.write("a")
    found = Repository(repo.root)
    assert (found.commit(), found.ref(), found.recorded()) == ("", "refs/heads/main", {})
    assert found.index.names == ["a"]


def test_commit_and_branch(repo: Repo) -> None:
    commit = repo.commit()
    assert (Repository(repo.root).commit(), Repository(repo.root).ref()) == (commit, "refs/heads/main")
    git(repo.root, "checkout", "-q", "--detach")
    assert (Repository(repo.root).commit(), Repository(repo.root).ref()) == (commit, "")


def test_a_worktree_is_a_repository(repo: Repo, tmp_path: Path) -> None:
    repo.write("a")
    commit = repo.commit()
    git(repo.root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    found = Repository(tmp_path / "side")
    assert (found.commit(), found.ref(), found.index.names) == (commit, "refs/heads/side", ["a"])


def test_files_are_the_tracked_and_the_untracked_but_not_the_ignored(repo: Repo) -> None:
    repo.write(".gitignore", "*.log\nbuild/\n")
    for name in ("src/a.py", "src/deep/b.py", "src/forced.log", "other/c.py"):
        repo.write(name)
    git(repo.root, "add", "-f", "src/forced.log")
    repo.commit()
    for name in ("src/new.py", "src/new.log", "src/build/x", "src/.hidden"):
        repo.write(name)
    assert Repository(repo.root).index.names == [
        ".gitignore",
        "other/c.py",
        "src/.hidden",
        "src/a.py",
        "src/deep/b.py",
        "src/forced.log",
        "src/new.py",
    ]


@pytest.mark.parametrize("name", ["ü.py", "a b.py", "tab\there", "new\nline", '"quoted"', "-dash", ":(top)x", "*"])
def test_odd_names_come_back_as_they_are(repo: Repo, name: str) -> None:
    repo.write(name, name)
    repo.commit()
    found = Repository(repo.root)
    assert found.index.names == [name]
    assert found.recorded() == {name: blob_id(name.encode())}


def test_recorded_is_the_commit_not_the_index(repo: Repo) -> None:
    repo.write("src/a.py", "1\n")
    repo.commit()
    repo.write("src/a.py", "2\n")
    repo.write("b.py")
    git(repo.root, "add", "-A")
    assert Repository(repo.root).recorded() == {"src/a.py": blob_id(b"1\n")}


def test_a_conflict_lists_a_file_once(repo: Repo) -> None:
    for branch in ("one", "two"):
        git(repo.root, "checkout", "-q", "--orphan", branch)
        repo.write("a", branch)
        repo.commit()
    with pytest.raises(subprocess.CalledProcessError):
        git(repo.root, "merge", "-q", "--allow-unrelated-histories", "one")
    assert Repository(repo.root).index.names == ["a"]


def test_what_git_says_is_passed_on(repo: Repo) -> None:
    repo.commit()
    (repo.root / ".git" / "index").write_bytes(b"broken")
    with pytest.raises(GitError, match=r"^git ls-files failed in .*/repo: fatal: .*index"):
        Repository(repo.root).index  # noqa: B018 - looking is asking
