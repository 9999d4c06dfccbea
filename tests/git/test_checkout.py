"""Another commit's files, side by side with those in hand."""

import subprocess
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import tree
from runner.git.checkout import checkout
from runner.git.repository import Repository
from tests.repositories import Repo, git


def test_the_files_of_the_commit_and_nothing_else(repo: Repo) -> None:
    repo.write("src/a.py", "old\n")
    repo.write("src/gone.py")
    repo.link("src/link", "a.py")
    first = repo.commit()
    repo.write("src/a.py", "new\n")
    (repo.root / "src/gone.py").unlink()
    repo.commit()
    repo.write("src/untracked.py")
    before = tree.read(repo.root / "src", Repository(repo.root))
    with checkout(Repository(repo.root), first) as root:
        found = {path.relative_to(root).as_posix() for path in root.rglob("*") if ".git" not in path.parts}
        assert found == {"src", "src/a.py", "src/gone.py", "src/link"}
        assert (root / "src/a.py").read_text() == "old\n"
        assert Repository(root).commit() == first
        assert set(tree.read(root / "src", Repository(root)).files) == {"a.py", "gone.py", "link"}
    assert not root.exists()
    assert tree.read(repo.root / "src", Repository(repo.root)) == before
    assert git(repo.root, "status", "--porcelain") == "?? src/untracked.py"


@pytest.mark.parametrize("commit", ["0" * 40, "HEAD", "--all", ""])
def test_a_commit_that_is_not_here(repo: Repo, commit: str) -> None:
    repo.write("a")
    repo.commit()
    with pytest.raises(GitError, match="is not in this clone; fetch it"), checkout(Repository(repo.root), commit):
        pass


def test_nothing_that_the_repository_names_is_run(repo: Repo, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    touch = f"touch {canary}"
    repo.write(".gitattributes", "*.txt filter=evil\n*.bin filter=lfs\n")
    repo.write("a.txt", "plain\n")
    repo.write("b.bin", "version https://git-lfs.github.com/spec/v1\n")
    commit = repo.commit()
    for name in ("filter.evil.smudge", "filter.lfs.smudge", "filter.lfs.process", "core.fsmonitor", "core.sshCommand"):
        git(repo.root, "config", name, touch)
    hook = repo.write(".git/hooks/post-checkout", f"#!/bin/sh\n{touch}\n")
    hook.chmod(0o755)
    with checkout(Repository(repo.root), commit) as root:
        assert (root / "a.txt").read_text() == "plain\n"
        assert (root / "b.bin").read_text().startswith("version")
    assert not canary.exists()
    (repo.root / "a.txt").unlink()
    subprocess.run(["git", "checkout", "-f", "HEAD", "--", "a.txt"], cwd=repo.root, check=False)
    assert canary.exists(), "the canary sings where nobody is careful"


def test_line_ends_are_those_of_a_fresh_clone(repo: Repo) -> None:
    repo.write(".gitattributes", "*.csv text eol=crlf\n")
    repo.write("a.csv", "1\r\n2\r\n")
    commit = repo.commit()
    with checkout(Repository(repo.root), commit) as root:
        assert (root / "a.csv").read_bytes() == b"1\r\n2\r\n"


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    git(tmp_path, "init", "-q", "--object-format=sha256", ".")
    repo.write("a", "1\n")
    with checkout(Repository(tmp_path), repo.commit()) as root:
        assert (root / "a").read_text() == "1\n"
