"""The bytes that count are those on disk, whatever git believes; and git's word is taken where it proves something."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import tree
from runner.git.repository import Repository
from tests.git.conftest import plain, settle
from tests.repositories import Repo, git

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + 64 * "a" + "\nsize 12345\n"


def read(repo: Repo) -> dict[str, str]:
    return dict(tree.read(repo.root / "src", Repository(repo.root)).files)


def again(repo: Repo) -> None:
    """Checks everything out anew, under what is configured now."""
    (repo.root / "src/a.txt").unlink()
    git(repo.root, "checkout", "-q", "--", "src/a.txt")


def edit(path: Path, content: bytes) -> None:
    """Edits in place; the time of the last change is put back, so that the size and it stay what they were."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def line_endings(repo: Repo) -> None:
    git(repo.root, "config", "core.autocrlf", "true")
    again(repo)


def line_endings_once(repo: Repo) -> None:
    line_endings(repo)
    git(repo.root, "config", "--unset", "core.autocrlf")


def attribute(line: str) -> Callable[[Repo], None]:
    def change(repo: Repo) -> None:
        repo.write(".gitattributes", f"*.txt {line}\n")
        again(repo)

    return change


def an_attribute_once(repo: Repo) -> None:
    attribute("text eol=crlf")(repo)
    (repo.root / ".gitattributes").unlink()


def a_filter_of_equal_size(repo: Repo) -> None:
    for way in ("clean", "smudge"):
        git(repo.root, "config", f"filter.rot.{way}", "tr a-z b-za" if way == "smudge" else "tr b-za a-z")
    attribute("filter=rot")(repo)


def large_file(repo: Repo) -> None:
    """What `git lfs` does: the blob is a pointer, the file is not."""
    repo.write("pointer", POINTER)
    git(repo.root, "config", "filter.lfs.clean", f"cat {repo.root}/pointer")
    repo.write(".gitattributes", "*.txt filter=lfs\n")
    repo.write("src/a.txt", "the real thing\n")
    repo.commit()


def told_to_look_away(flag: str) -> Callable[[Repo], None]:
    def change(repo: Repo) -> None:
        git(repo.root, "update-index", flag, "src/a.txt")
        edit(repo.root / "src/a.txt", b"edited $Id$\n")

    return change


def same_size_and_time(repo: Repo) -> None:
    edit(repo.root / "src/a.txt", b"EDITED $Id$\n")


def careless_settings(repo: Repo) -> None:
    git(repo.root, "config", "core.checkStat", "minimal")
    git(repo.root, "config", "core.trustctime", "false")
    same_size_and_time(repo)


def put_into_the_index(repo: Repo) -> None:
    other = git(repo.root, "rev-parse", "HEAD:src/b.txt")
    git(repo.root, "update-index", "--cacheinfo", f"100644,{other},src/a.txt")


def intended(repo: Repo) -> None:
    repo.write("src/new.txt", "new\n")
    git(repo.root, "add", "-N", "src/new.txt")


def staged_and_edited(repo: Repo) -> None:
    repo.write("src/a.txt", "staged\n")
    git(repo.root, "add", "-A")
    repo.write("src/a.txt", "edited\n")


def conflict(repo: Repo) -> None:
    git(repo.root, "checkout", "-q", "-b", "side")
    repo.write("src/a.txt", "side\n")
    repo.commit()
    git(repo.root, "checkout", "-q", "main")
    repo.write("src/a.txt", "main\n")
    repo.commit()
    with pytest.raises(subprocess.CalledProcessError):
        git(repo.root, "merge", "-q", "side")


CASES: dict[str, Callable[[Repo], object]] = {
    "nothing": lambda _: None,
    "autocrlf": line_endings,
    "autocrlf, no longer": line_endings_once,
    "eol": attribute("text eol=crlf"),
    "eol, no longer": an_attribute_once,
    "ident": attribute("ident"),
    "encoding": attribute("working-tree-encoding=UTF-16"),
    "a filter that keeps the size": a_filter_of_equal_size,
    "a large file, fetched": large_file,
    "assume-unchanged": told_to_look_away("--assume-unchanged"),
    "skip-worktree": told_to_look_away("--skip-worktree"),
    "size and time stay": same_size_and_time,
    "checkStat and trustctime": careless_settings,
    "an index by hand": put_into_the_index,
    "intent to add": intended,
    "staged, then edited": staged_and_edited,
    "a conflict": conflict,
    "untracked": lambda repo: repo.write("src/new.txt", "new\n"),
    "touched": lambda repo: os.utime(repo.root / "src/a.txt"),
    "made executable": lambda repo: (repo.root / "src/a.txt").chmod(0o755),
    "a link became a file": lambda repo: ((repo.root / "src/l.txt").unlink(), repo.write("src/l.txt", "file\n")),
}


@pytest.mark.parametrize("change", CASES.values(), ids=CASES)
@pytest.mark.parametrize("age", ["settled", "racy"])
def test_what_is_on_disk_counts(repo: Repo, change: Callable[[Repo], object], age: str) -> None:
    repo.write("src/a.txt", "before $Id$\n")
    repo.write("src/b.txt", "b\n")
    repo.link("src/l.txt", "b.txt")
    repo.commit()
    change(repo)
    if age == "settled":
        settle(repo)
    assert read(repo) == plain(repo.root / "src")


def test_settled_files_are_not_opened(repo: Repo, opened: list[str]) -> None:
    for name in ("a", "b", "c"):
        repo.write(f"src/{name}.txt", name)
    repo.commit()
    settle(repo)
    repo.write("src/b.txt", "B")
    assert read(repo) == plain(repo.root / "src")
    assert opened == ["b.txt"]


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_files_git_was_told_not_to_look_at_are_opened(repo: Repo, opened: list[str], flag: str) -> None:
    repo.write("src/a.txt", "a")
    repo.commit()
    git(repo.root, "update-index", flag, "src/a.txt")
    settle(repo)
    read(repo)
    assert opened == ["a.txt"]


def test_racy_files_are_opened(repo: Repo, opened: list[str]) -> None:
    path = repo.write("src/a.txt", "a")
    repo.commit()
    times = path.stat()
    os.utime(repo.root / ".git/index", ns=(times.st_ctime_ns, times.st_ctime_ns))
    read(repo)
    assert opened == ["a.txt"]


def test_times_in_whole_seconds_are_racy_for_longer(repo: Repo, opened: list[str]) -> None:
    path = repo.write("src/a.txt", "a")
    repo.commit()
    moment = (path.stat().st_ctime_ns // 10**9 + 100) * 10**9  # later than its ctime: it is the one that is looked at
    os.utime(path, ns=(moment, moment))
    git(repo.root, "update-index", "--refresh")
    for seconds, expected in ((1, ["a.txt"]), (3, [])):
        opened.clear()
        os.utime(repo.root / ".git/index", ns=(moment + seconds * 10**9,) * 2)
        read(repo)
        assert opened == expected


@pytest.mark.parametrize("line", ["text=auto", "text eol=lf", "-text", "diff=python", "-filter"])
def test_attributes_that_change_no_byte_cost_nothing(repo: Repo, opened: list[str], line: str) -> None:
    repo.write(".gitattributes", f"* {line}\n")
    repo.write("src/a.txt", "a\n")
    repo.commit()
    settle(repo)
    read(repo)
    assert opened == []


def test_a_repository_with_sha256_has_the_same_tree(tmp_path: Path, opened: list[str]) -> None:
    found = []
    for name in ("sha1", "sha256"):
        repo = Repo(tmp_path / name)
        repo.root.mkdir()
        git(repo.root, "init", "-q", f"--object-format={name}", ".")
        repo.write("src/a.txt", "a\n")
        repo.commit()
        settle(repo)
        found.append(read(repo))
    assert found[0] == found[1]
    assert opened == ["a.txt"]


@pytest.mark.parametrize("tracked", [True, False])
def test_a_large_file_that_was_not_fetched_is_refused(repo: Repo, *, tracked: bool) -> None:
    repo.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    repo.commit()
    repo.write("src/a.bin", POINTER)
    if tracked:
        repo.commit()
    settle(repo)
    with pytest.raises(GitError, match=r"src/a\.bin is a pointer to a large file that was not fetched; run: git lfs"):
        read(repo)


def test_outside_git_a_pointer_is_refused_too(folder: Repo) -> None:
    folder.write("src/a.bin", POINTER)
    with pytest.raises(GitError, match="was not fetched"):
        read(folder)


def test_a_pointer_that_is_content_is_content(repo: Repo) -> None:
    repo.write("src/fixture", POINTER)
    assert read(repo) == plain(repo.root / "src")
