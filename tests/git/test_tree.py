"""Which files a folder comes down to, and what each counts as."""

import sys
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import tree
from runner.git.repository import Repository
from runner.model.digest import blob_id
from tests.repositories import Repo, git


def names(repo: Repo, folder: str = "src") -> list[str]:
    return list(tree.read(repo.root / folder, Repository(repo.root)).files)


def test_ids_are_gits(repo: Repo) -> None:
    repo.write("src/main.py", "print()\n")
    repo.write("src/empty", "")
    repo.commit()
    found = tree.read(repo.root / "src", Repository(repo.root))
    assert found.root == str(repo.root / "src")
    assert found.files == {
        "main.py": git(repo.root, "rev-parse", "HEAD:src/main.py"),
        "empty": git(repo.root, "rev-parse", "HEAD:src/empty"),
    }


def test_the_content_on_disk_counts(repo: Repo) -> None:
    repo.write("src/main.py", "1\n")
    repo.commit()
    repo.write("src/main.py", "2\n")
    assert tree.read(repo.root / "src", Repository(repo.root)).files == {"main.py": blob_id(b"2\n")}


def test_line_endings_are_sent_as_they_are_on_disk(repo: Repo) -> None:
    git(repo.root, "config", "core.autocrlf", "true")
    repo.write("src/main.py", "a\r\n")
    repo.commit()
    assert tree.read(repo.root / "src", Repository(repo.root)).files == {"main.py": blob_id(b"a\r\n")}


def test_untracked_yes_ignored_no(repo: Repo) -> None:
    repo.write(".gitignore", "*.pyc\n.env\n")
    repo.write("src/main.py")
    repo.commit()
    for name in ("src/new.py", "src/x.pyc", "src/.env", "src/__pycache__/y.py"):
        repo.write(name)
    assert names(repo) == ["main.py", "new.py"]


def test_amlignore_takes_away_also_what_is_tracked(repo: Repo) -> None:
    repo.write("src/.amlignore", "# not for training\nnotebooks/\n*.md\n!keep.md\n")
    for name in ("src/main.py", "src/a.md", "src/keep.md", "src/notebooks/x.ipynb", "src/deep/b.md"):
        repo.write(name)
    repo.commit()
    assert names(repo) == ["keep.md", "main.py"]


def test_only_the_roots_amlignore_counts(repo: Repo) -> None:
    repo.write("src/main.py")
    repo.write("src/deep/.amlignore", "*\n")
    repo.write("src/deep/a.py")
    assert names(repo) == ["deep/.amlignore", "deep/a.py", "main.py"]


@pytest.mark.parametrize("ignore_file", [".gitignore", ".amlignore"])
def test_the_ignore_file_itself_is_not_sent(repo: Repo, ignore_file: str) -> None:
    repo.write("src/main.py")
    repo.write(f"src/{ignore_file}", "# a comment that decides nothing\n")
    assert names(repo) == ["main.py"]


def test_what_git_tracks_is_sent_although_a_gitignore_names_it(repo: Repo) -> None:
    repo.write("src/.gitignore", "*.bin\n")
    repo.write("src/weights.bin")
    repo.write("src/other.bin")
    git(repo.root, "add", "-f", "src/weights.bin")
    assert names(repo) == ["weights.bin"]


def test_a_deleted_file_is_not_sent(repo: Repo) -> None:
    repo.write("src/a.py")
    gone = repo.write("src/b.py")
    repo.commit()
    gone.unlink()
    assert names(repo) == ["a.py"]


def test_outside_git_all_files_count(folder: Repo) -> None:
    for name in ("src/a.py", "src/deep/b.py", "src/__pycache__/c.py", "src/.hidden"):
        folder.write(name)
    assert names(folder) == [".hidden", "a.py", "deep/b.py"]


def test_outside_git_a_gitignore_is_honoured_as_the_sdk_does(folder: Repo) -> None:
    for name in ("src/a.py", "src/b.log"):
        folder.write(name)
    folder.write("src/.gitignore", "*.log\n")
    assert names(folder) == ["a.py"]
    folder.write("src/.amlignore", "*.py\n")  # the first of the two is the one that counts
    assert names(folder) == ["b.log"]


@pytest.mark.parametrize("prepare", ["git", "plain"])
def test_nothing_to_send_is_an_error(folder: Repo, prepare: str) -> None:
    if prepare == "git":
        folder.init()
    folder.write("src/a.log")
    folder.write("src/.amlignore", "*\n")
    with pytest.raises(GitError, match="src holds no file that would be sent: all are ignored"):
        names(folder)


def test_a_link_inside_counts_as_its_content(repo: Repo) -> None:
    repo.write("shared/util.py", "shared\n")
    repo.write("src/main.py")
    repo.link("src/util.py", "../shared/util.py")
    assert tree.read(repo.root / "src", Repository(repo.root)).files["util.py"] == blob_id(b"shared\n")


@pytest.mark.parametrize("known_to_git", [True, False])
def test_a_link_that_leaves_is_refused(folder: Repo, tmp_path: Path, *, known_to_git: bool) -> None:
    (tmp_path / "secret").write_text("secret\n")
    folder.write("src/main.py")
    folder.link("src/stolen", tmp_path / "secret")
    if known_to_git:
        folder.init().commit()
    with pytest.raises(GitError, match=r"src/stolen is a link that leaves the repository$"):
        names(folder)


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
        names(repo)


@pytest.mark.parametrize(
    ("target", "message"),
    [("nowhere", "is no regular file"), ("loop", "is no regular file"), ("../shared", "is no regular file")],
)
def test_a_link_to_no_file_is_refused(repo: Repo, target: str, message: str) -> None:
    repo.write("shared/a.py")
    repo.write("src/main.py")
    repo.link("src/loop", target)
    with pytest.raises(GitError, match=message):
        names(repo)


def test_a_repository_inside_is_refused(repo: Repo) -> None:
    repo.write("src/main.py")
    repo.write("src/vendored/a.py")
    git(repo.root / "src" / "vendored", "init", "-q")
    Repo(repo.root / "src" / "vendored").commit()
    with pytest.raises(GitError, match="vendored is no regular file"):
        names(repo)


def test_a_single_file(repo: Repo) -> None:
    path = repo.write("data/iris.csv", "a,b\n")
    found = tree.read(path, Repository(repo.root))
    assert (found.root, found.files, found.is_file) == (str(path), {"iris.csv": blob_id(b"a,b\n")}, True)


def test_modes_do_not_count(repo: Repo) -> None:
    path = repo.write("src/run.sh", "echo\n")
    before = tree.read(repo.root / "src", Repository(repo.root))
    path.chmod(0o755)
    assert tree.read(repo.root / "src", Repository(repo.root)) == before


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems hold no such name")
def test_a_name_that_is_no_text_is_refused(repo: Repo) -> None:
    repo.write("src/main.py")
    (repo.root / "src" / "a\udcff.py").write_bytes(b"x")
    with pytest.raises(GitError, match=r"the file name b'a\\xff\.py' is not UTF-8"):
        names(repo)
