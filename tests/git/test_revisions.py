"""Revisions and ranges, as git takes them."""

from pathlib import Path

import pytest

from runner.git import revisions
from runner.git.repository import Repository
from runner.git.revisions import Range
from tests.repositories import Repo, git


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a..b", Range("a", "b")),
        ("a...b", Range("a", "b", forked=True)),
        ("a", Range("a", "HEAD")),
        ("a..", Range("a", "HEAD")),
        ("..b", Range("HEAD", "b")),
        ("...", Range("HEAD", "HEAD", forked=True)),
        ("v1.0..v1.1", Range("v1.0", "v1.1")),
    ],
)
def test_what_a_range_names(text: str, named: Range) -> None:
    assert revisions.ends(text) == named


def test_the_commit_of_a_revision(repo: Repo) -> None:
    first = repo.commit()
    git(repo.root, "tag", "-a", "-m", "one", "v1")
    second = repo.commit()
    here = Repository(repo.root)
    for text, commit in (("v1", first), ("HEAD~1", first), (first[:10], first), ("main", second), ("main@{0}", second)):
        assert revisions.commit(here, text) == commit, text
    repo.write("file")
    repo.commit()
    for text in ("nope", "", "--all", "-h", "HEAD:file", "0" * 40, "HEAD..HEAD", "a\nb"):
        assert revisions.commit(here, text) == "", text


def test_where_two_parted(repo: Repo, tmp_path: Path) -> None:
    first = repo.commit()
    git(repo.root, "checkout", "-q", "-b", "side")
    repo.write("side")
    side = repo.commit()
    git(repo.root, "checkout", "-q", "main")
    repo.write("main")
    main = repo.commit()
    here = Repository(repo.root)
    assert revisions.fork(here, main, side) == first
    git(repo.root, "checkout", "-q", "--orphan", "alone")
    assert revisions.fork(here, main, repo.commit()) == ""
    assert revisions.commit(Repository(tmp_path), "HEAD") == ""
