"""Which files a folder comes down to, and what each counts as."""

import os
import sys

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


def test_a_single_file(repo: Repo) -> None:
    path = repo.write("data/iris.csv", "a,b\n")
    found = tree.read(path, Repository(repo.root))
    assert (found.root, found.files, found.is_file) == (str(path), {"iris.csv": blob_id(b"a,b\n")}, True)


def test_a_single_file_that_git_ignores(repo: Repo) -> None:
    repo.write(".gitignore", "*.csv\n")
    path = repo.write("data/iris.csv", "a,b\n")
    found = tree.reading(path, Repository(repo.root))
    assert (found.tree.files, found.sources) == ({"iris.csv": blob_id(b"a,b\n")}, {})


@pytest.mark.parametrize("rule", ["data/", "/data", "data/*.csv"])
def test_a_folder_that_git_ignores_is_sent_whole(repo: Repo, rule: str) -> None:
    repo.write(".gitignore", f"{rule}\n")
    for name in ("data/a.csv", "data/deep/b.txt", "data/.amlignore", "data/skip.log"):
        repo.write(name, "*.log\n")
    repo.commit()
    if rule == "data/*.csv":  # the folder itself is not ignored: git's word for each file counts
        assert names(repo, "data") == ["deep/b.txt"]
    else:
        assert names(repo, "data") == ["a.csv", "deep/b.txt"]
        assert names(repo, "data/deep") == ["b.txt"]


def test_a_folder_of_which_git_ignores_all_is_an_error(repo: Repo) -> None:
    repo.write(".gitignore", "data/*\n!.gitkeep\n")
    for name in ("data/a.csv", "data/.gitkeep"):
        repo.write(name)
    repo.commit()
    with pytest.raises(GitError, match="data holds no file that would be sent: all are ignored"):
        names(repo, "data")


def test_a_path_is_read_once(repo: Repo) -> None:
    path = repo.write("src/a.py", "1\n")
    found = Repository(repo.root)
    first = tree.read(repo.root / "src", found)
    path.write_text("2\n")
    assert tree.read(repo.root / "src", found) is first


def test_an_ignore_file_that_is_no_text_is_an_error(repo: Repo) -> None:
    repo.write("src/a.py")
    repo.write("src/.amlignore", b"\xff\n")
    with pytest.raises(GitError, match=r"src/\.amlignore is not UTF-8: invalid start byte at byte 0"):
        names(repo)


def test_a_pattern_that_is_none_is_an_error(repo: Repo) -> None:
    repo.write("src/a.py")
    repo.write("src/.amlignore", "a\n!\n")
    with pytest.raises(GitError, match=r"src/\.amlignore: "):
        names(repo)


def test_a_pipe_is_refused_and_not_waited_for(folder: Repo) -> None:
    folder.write("src/a.py")
    os.mkfifo(folder.root / "src/pipe")
    with pytest.raises(GitError, match="src/pipe is no regular file"):
        names(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_an_error(folder: Repo) -> None:
    folder.write("src/a.py")
    inside = folder.write("src/deep/b.py").parent
    inside.chmod(0)
    try:
        with pytest.raises(PermissionError):
            names(folder)
    finally:
        inside.chmod(0o700)


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
