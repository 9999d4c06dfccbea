"""Links count as what they lead to, inside the repository and nowhere else."""

import io
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import files, tree
from runner.git.repository import Repository
from runner.model.digest import blob_id
from runner.model.limits import Limits
from tests.git.conftest import plain, settle
from tests.repositories import Repo


def read(repo: Repo, folder: str = "src") -> dict[str, str]:
    return dict(tree.read(repo.root / folder, Repository(repo.root)).files)


@pytest.mark.parametrize("known_to_git", [True, False])
def test_files_and_folders(repo: Repo, *, known_to_git: bool) -> None:
    for name in ("shared/util.py", "shared/deep/more.py", "src/main.py"):
        repo.write(name, name)
    repo.link("src/util.py", "../shared/util.py")
    repo.link("src/shared", "../shared")
    repo.link("src/twice", "shared/deep")
    if known_to_git:
        repo.commit()
        settle(repo)
    assert read(repo) == {
        "main.py": blob_id(b"src/main.py"),
        "util.py": blob_id(b"shared/util.py"),
        "shared/util.py": blob_id(b"shared/util.py"),
        "shared/deep/more.py": blob_id(b"shared/deep/more.py"),
        "twice/more.py": blob_id(b"shared/deep/more.py"),
    }


def test_behind_a_link_git_is_asked_too(repo: Repo) -> None:
    repo.write(".gitignore", "*.log\n/data/\n")
    for name in ("shared/a.py", "shared/a.log", "data/a.log", "src/.amlignore"):
        repo.write(name, "*.md\n")
    repo.write("shared/a.md")
    repo.link("src/shared", "../shared")
    repo.link("src/data", "../data")  # ignored as such: all of it counts
    assert list(read(repo)) == ["data/a.log", "shared/a.py"]


def test_outside_git(folder: Repo) -> None:
    folder.write("shared/a.py", "a")
    folder.link("src/shared", "../shared")
    folder.link("src/b.py", "shared/a.py")
    assert read(folder) == {"b.py": blob_id(b"a"), "shared/a.py": blob_id(b"a")}


@pytest.mark.parametrize("known_to_git", [True, False])
@pytest.mark.parametrize("target", ["../../secret", "{outside}/secret", "../../folder", "../src/../../secret"])
def test_one_that_leaves_is_refused(folder: Repo, tmp_path: Path, target: str, *, known_to_git: bool) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/secret").write_text("secret\n")
    folder.write("src/main.py")
    folder.link("src/stolen", target.format(outside=tmp_path))
    if known_to_git:
        folder.init().commit()
    with pytest.raises(GitError, match=r"src/stolen is a link that leaves the repository$"):
        read(folder)


@pytest.mark.parametrize("target", ["../.git/config", "../.git", ".."])
def test_one_into_gits_own_folder_does_not_lead_there(repo: Repo, target: str) -> None:
    repo.write("src/main.py")
    repo.link("src/stolen", target)
    with pytest.raises(GitError, match=r"stolen leads into \.git, and nothing in there|go in a circle"):
        read(repo)


def test_an_ignored_link_may_lead_anywhere(repo: Repo) -> None:
    repo.write("src/main.py")
    repo.write("src/.amlignore", "away/\ngone\n")
    repo.link("src/away", "/usr")
    repo.link("src/gone", "nowhere")
    assert list(read(repo)) == ["main.py"]


def test_a_folder_that_became_a_link_does_not_lead_out(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.py").write_text("secret\n")
    repo.write("src/main.py")
    inside = repo.write("src/deep/a.py")
    repo.commit()
    inside.unlink()
    inside.parent.rmdir()
    repo.link("src/deep", tmp_path / "outside")
    with pytest.raises(GitError, match="is a link that leaves the repository"):
        read(repo)


def test_a_folder_that_became_a_link_counts_as_what_it_leads_to(repo: Repo) -> None:
    repo.write("other/b.py", "b")
    tracked = [repo.write("src/deep/a.py"), repo.write("src/deep/b.py")]
    repo.commit()
    for path in tracked:
        path.unlink()
    (repo.root / "src/deep").rmdir()
    repo.link("src/deep", "../other")
    assert read(repo) == {"deep/b.py": blob_id(b"b")}


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ({"src/l": "nowhere"}, "src/l is a link that leads nowhere"),
        ({"src/l": "l"}, "src/l is a link that leads in a circle"),
        ({"src/l": "m", "src/m": "l"}, "src/l is a link that leads in a circle"),
        ({"src/l": "."}, "src holds a link that leads back to it: links go in a circle"),
        ({"src/l": ".."}, "repo holds a link that leads back to it|src holds a link that leads back to it"),
        ({"src/l": "../other", "other/l": "../src"}, "src holds a link that leads back to it"),
    ],
)
def test_one_that_leads_nowhere_or_in_a_circle_is_refused(repo: Repo, links: dict[str, str], message: str) -> None:
    repo.write("src/main.py")
    repo.write("other/a.py")
    for name, target in links.items():
        repo.link(name, target)
    with pytest.raises(GitError, match=message):
        read(repo)


@pytest.mark.parametrize("name", ["a", "__pycache__/a"], ids=["files", "nothing that is sent"])
def test_links_that_multiply_are_refused(repo: Repo, name: str) -> None:
    repo.write("src/main.py")
    for level in range(10):
        repo.write(f"l{level}/{name}")
        for side in ("left", "right"):
            repo.link(f"{'src' if level == 0 else f'l{level - 1}'}/{side}", f"../l{level}")
    with pytest.raises(GitError, match="src holds more than 100 files: leave out what is not needed"):
        tree.read(repo.root / "src", Repository(repo.root), Limits(files=100))


def test_a_long_chain_is_refused(repo: Repo) -> None:
    repo.write("src/main.py")
    for level in range(30):
        repo.write(f"l{level}/a")
        repo.link(f"{'src' if level == 0 else f'l{level - 1}'}/next", f"../l{level}")
    with pytest.raises(GitError, match="is behind more than 20 links"):
        read(repo)


def test_what_becomes_a_link_after_the_check_is_not_followed(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.py").write_text("secret\n")
    inside = repo.write("src/deep/a.py")
    real = files.resolved(str(inside), repo.root)
    for place, target in ((inside, tmp_path / "outside/a.py"), (inside.parent, tmp_path / "outside")):
        if place.is_dir():
            place.rmdir()
        else:
            place.unlink()
        place.symlink_to(target)
        with pytest.raises(GitError, match="became a link while it was read"), files.opened(real, repo.root):
            pytest.fail("it was opened")
        place.unlink()


@pytest.mark.parametrize("content", ["1234567", "1"])
def test_a_file_that_grows_or_shrinks_meanwhile_is_refused(repo: Repo, content: str) -> None:
    path = repo.write("src/a.py", "12345")

    class Disturbed(io.FileIO):
        def read(self, size: int = -1, /) -> bytes:
            path.write_text(content)
            return super().read(size)

    with Disturbed(path) as stream, pytest.raises(GitError, match="changed while it was read"):
        files.blob(stream)


def test_naming_it_plainly_is_the_same(repo: Repo) -> None:
    """A link to a folder, and a copy of the folder: one tree."""
    for name in ("a.py", "deep/b.py"):
        repo.write(f"shared/{name}", name)
        repo.write(f"copied/shared/{name}", name)
    repo.link("linked/shared", "../shared")
    assert read(repo, "linked") == read(repo, "copied") == plain(repo.root / "copied")
