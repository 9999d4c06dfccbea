"""What a clone is like: whole or shallow, with or without notes."""

from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git.repository import Repository
from runner.git.setup import setup
from tests.repositories import Repo, git


def test_a_repository_of_its_own(repo: Repo) -> None:
    found = setup(Repository(repo.root))
    assert found.version[0].isdigit()
    assert (found.commit, found.ref, found.shallow, found.remotes) == ("", "refs/heads/main", False, frozenset())
    commit = repo.commit()
    assert setup(Repository(repo.root)).commit == commit


def test_clones(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    repo.write("a")
    repo.commit()
    for name, options in (("whole", []), ("shallow", ["--depth", "1"])):
        git(tmp_path, "clone", "-q", *options, f"file://{repo.root}", name)
        found = setup(Repository(tmp_path / name))
        assert (found.shallow, found.remotes, found.with_notes) == (name == "shallow", {"origin"}, frozenset())
    git(tmp_path / "whole", "config", "--add", "remote.origin.fetch", "+refs/notes/*:refs/notes/*")
    assert setup(Repository(tmp_path / "whole")).with_notes == {"origin"}


def test_a_broken_repository(folder: Repo) -> None:
    (folder.root / ".git").mkdir()
    with pytest.raises(GitError, match="git refuses"):
        setup(Repository(folder.root))
