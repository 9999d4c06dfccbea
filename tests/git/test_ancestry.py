"""Where commits stand, asked of real repositories: no proof is said to be no proof."""

from pathlib import Path

import pytest

from runner.git.ancestry import fence, on_branch, standings
from runner.git.repository import Repository
from runner.model.fence import Standing
from tests.repositories import Repo, git

UNKNOWN = "0123456789" * 4


def standing(repo: Repo, *commits: str) -> list[Standing]:
    """Where each stands, seen from what is checked out."""
    found = standings(Repository(repo.root), commits)
    return [found[commit] for commit in commits]


def clone(repo: Repo, folder: Path, *options: str) -> Repo:
    """A clone by a protocol that keeps to --depth."""
    git(repo.root, "clone", "-q", *options, f"file://{repo.root}", str(folder))
    return Repo(folder)


def test_a_straight_line(repo: Repo) -> None:
    first, second, third = (repo.commit(str(number)) for number in range(3))
    git(repo.root, "checkout", "-q", second)
    assert standing(repo, first, second, third) == [Standing.BEHIND, Standing.BEHIND, Standing.AHEAD]


def test_another_line(repo: Repo) -> None:
    base = repo.commit("base")
    git(repo.root, "checkout", "-q", "-b", "side")
    side = repo.commit("side")
    git(repo.root, "checkout", "-q", "main")
    own = repo.commit("own")
    assert standing(repo, base, side, own) == [Standing.BEHIND, Standing.ASIDE, Standing.BEHIND]
    git(repo.root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert standing(repo, side) == [Standing.BEHIND]


def test_unrelated_histories(repo: Repo) -> None:
    repo.commit("own")
    git(repo.root, "checkout", "-q", "--orphan", "other")
    other = repo.commit("other")
    git(repo.root, "checkout", "-q", "main")
    assert standing(repo, other) == [Standing.ASIDE]


@pytest.mark.parametrize("name", [UNKNOWN, "main", "HEAD", "--all", "", "a" * 39, "c" * 40 + "\n", "refs/heads/main"])
def test_what_is_no_commit_here(repo: Repo, name: str) -> None:
    repo.commit("base")
    assert standing(repo, name) == [Standing.MISSING]


def test_a_tree_and_a_tag_are_no_commits(repo: Repo) -> None:
    repo.write("a.txt")
    repo.commit("base")
    git(repo.root, "tag", "-a", "-m", "tag", "v1")
    names = [git(repo.root, "rev-parse", name) for name in ("HEAD^{tree}", "v1")]
    assert standing(repo, *names) == [Standing.MISSING, Standing.MISSING]


def test_a_shallow_clone_knows_what_it_has_and_doubts_the_rest(repo: Repo, tmp_path: Path) -> None:
    first, second, third = (repo.commit(str(number)) for number in range(3))
    shallow = clone(repo, tmp_path / "shallow", "--depth", "2")
    found = standing(shallow, first, second, third, UNKNOWN)
    assert found == [Standing.SHALLOW, Standing.BEHIND, Standing.BEHIND, Standing.SHALLOW]
    git(shallow.root, "fetch", "-q", "--unshallow")
    assert standing(shallow, first, UNKNOWN) == [Standing.BEHIND, Standing.MISSING]


def test_a_shallow_clone_with_both_ends_and_no_way_between(repo: Repo, tmp_path: Path) -> None:
    first, _, third = (repo.commit(str(number)) for number in range(3))
    git(repo.root, "config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = clone(repo, tmp_path / "shallow", "--depth", "1")
    git(shallow.root, "fetch", "-q", "--depth", "1", "origin", first)
    assert standing(shallow, first, third) == [Standing.SHALLOW, Standing.BEHIND]


def test_without_a_commit_or_git_nothing_is_proven(repo: Repo, tmp_path: Path) -> None:
    assert standing(repo, UNKNOWN) == [Standing.MISSING]
    assert standing(Repo(tmp_path), UNKNOWN) == [Standing.MISSING]
    assert not on_branch(Repository(tmp_path), "main")


@pytest.mark.parametrize(
    ("checkout", "expected"),
    [
        (["main"], True),
        (["-b", "feature"], False),
        (["-b", "team/main"], False),
        (["--detach", "origin/main"], True),
        (["--detach", "origin/main~1"], False),
        (["--detach", "origin/team/main"], False),
    ],
)
def test_on_the_branch(repo: Repo, tmp_path: Path, checkout: list[str], expected: bool) -> None:
    repo.commit("one")
    repo.commit("two")
    git(repo.root, "branch", "team/main", "HEAD~1")
    own = clone(repo, tmp_path / "clone")
    git(own.root, "checkout", "-q", *checkout)
    assert on_branch(Repository(own.root), "main") is expected


def test_the_fence_asks_once_for_each_commit(repo: Repo) -> None:
    head = repo.commit("one")
    found = fence(Repository(repo.root), "main", [head, f"{head}-dirty", "", UNKNOWN, UNKNOWN])
    assert (found.branch, found.here) == ("main", True)
    assert found.standings == {head: Standing.BEHIND, UNKNOWN: Standing.MISSING}


def test_nothing_in_the_repository_is_executed(repo: Repo, tmp_path: Path) -> None:
    first = repo.commit("one")
    repo.commit("two")
    trap = tmp_path / "trapped"
    for name in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand"):
        git(repo.root, "config", name, f"touch {trap}")
    assert standing(repo, first) == [Standing.BEHIND]
    assert on_branch(Repository(repo.root), "main")
    assert not trap.exists()
