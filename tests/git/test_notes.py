"""Notes of the ledger in real repositories: added to, merged, and never lost."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import notes
from runner.git.repository import Repository
from tests.repositories import Repo, git

UNKNOWN = "0123456789" * 4


def texts(repo: Repo) -> dict[str, list[str]]:
    return {name: text.split() for name, text in notes.read(Repository(repo.root)).texts.items()}


def append(repo: Repo, commit: str, *lines: str) -> None:
    notes.append(Repository(repo.root), {commit: lines})


def clone(repo: Repo, folder: Path) -> Repo:
    """A clone with the notes."""
    git(repo.root.parent, "clone", "-q", repo.root.as_uri(), str(folder))
    git(folder, "fetch", "-q", "origin", "+refs/notes/*:refs/notes/*")
    return Repo(folder)


def other(repo: Repo, folder: Path) -> str:
    """The notes of another clone, fetched and not merged: their commit."""
    git(repo.root, "fetch", "-q", str(folder), f"+{notes.REF}:refs/theirs")
    return git(repo.root, "rev-parse", "refs/theirs")


def write_note(repo: Repo, commit: str, content: bytes) -> None:
    """A note that somebody else wrote."""
    command = ["git", "hash-object", "-w", "--stdin"]
    made = subprocess.run(command, cwd=repo.root, input=content, capture_output=True, check=True)
    git(repo.root, "notes", "--ref=aml", "add", "-C", made.stdout.decode().strip(), commit)


def test_there_are_none(repo: Repo) -> None:
    repo.commit()
    assert notes.read(Repository(repo.root)) == notes.Notes()


def test_outside_git(tmp_path: Path) -> None:
    assert notes.read(Repository(tmp_path)) == notes.Notes()


def test_what_is_added_is_read_by_us_and_by_git(repo: Repo) -> None:
    first, second = repo.commit(), repo.commit()
    notes.append(Repository(repo.root), {first: ["b", "a"], second: ["c"]})
    append(repo, first, "d", "a", "d")
    assert texts(repo) == {first: ["b", "a", "d"], second: ["c"]}
    assert git(repo.root, "notes", "--ref=aml", "show", first).split() == ["b", "a", "d"]
    git(repo.root, "fsck", "--strict")


def test_a_commit_that_is_not_here_has_its_lines_on_the_one_checked_out(repo: Repo) -> None:
    head = repo.commit()
    notes.append(Repository(repo.root), {UNKNOWN: ["a"], head: ["b"]})
    assert texts(repo) == {head: ["a", "b"]}


def test_notes_of_many_commits(repo: Repo) -> None:
    """Git spreads them over folders, by their number."""
    commit = "commit refs/heads/main\ncommitter a <a@b> {} +0000\ndata 0\n\n"
    stream = "".join(commit.format(number) for number in range(1, 701))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repo.root, input=stream, text=True, check=True)
    commits = git(repo.root, "rev-list", "main").split()
    notes.append(Repository(repo.root), {each: [each] for each in commits})
    assert texts(repo) == {each: [each] for each in commits}
    append(repo, commits[5], "more")
    assert texts(repo) == {each: [each] for each in commits} | {commits[5]: [commits[5], "more"]}
    assert "/" in git(repo.root, "ls-tree", "-r", "--name-only", notes.REF)


def test_what_others_wrote_stays_as_it_is(repo: Repo) -> None:
    commit = repo.commit()
    note = b"z: not ours\n\n a \xff\r\n"
    write_note(repo, commit, note)
    append(repo, commit, "a")
    shown = subprocess.run(
        ["git", "cat-file", "blob", f"{notes.REF}:{commit}"], cwd=repo.root, capture_output=True, check=True
    ).stdout
    assert shown == note + b"a\n"


def test_a_note_without_a_line_end(repo: Repo) -> None:
    commit = repo.commit()
    write_note(repo, commit, b"cut")
    append(repo, commit, "a")
    assert texts(repo) == {commit: ["cut", "a"]}


def test_nobody_has_to_say_who_he_is(repo: Repo) -> None:
    commit = repo.commit()
    git(repo.root, "config", "user.useConfigOnly", "true")
    git(repo.root, "config", "commit.gpgSign", "true")
    append(repo, commit, "a")
    assert git(repo.root, "log", "-1", "--format=%an %G?", "--no-show-signature", notes.REF) == "aml-runner N"


def test_many_who_write_at_once(repo: Repo) -> None:
    commits = [repo.commit(), repo.commit()]
    with ThreadPoolExecutor(6) as pool:
        for number in range(18):
            pool.submit(append, repo, commits[number % 2], f"line-{number}")
    assert {line for lines in texts(repo).values() for line in lines} == {f"line-{n}" for n in range(18)}


@pytest.mark.parametrize("edits", [[], ["mine"], ["theirs"], ["mine", "theirs"]])
def test_merging_gives_what_git_gives(repo: Repo, tmp_path: Path, edits: list[str]) -> None:
    first, second = repo.commit(), repo.commit()
    append(repo, first, "b", "a")
    theirs = clone(repo, tmp_path / "theirs")
    if "mine" in edits:
        append(repo, first, "d")
    if "theirs" in edits:
        append(theirs, first, "c", "d")
        append(theirs, second, "e")
    tip = other(repo, theirs.root)
    before = git(repo.root, "rev-parse", notes.REF)
    git(repo.root, "notes", "--ref=aml", "merge", "-q", "-s", "cat_sort_uniq", tip)
    expected = texts(repo)
    git(repo.root, "update-ref", notes.REF, before)
    notes.merge(Repository(repo.root), tip)
    assert texts(repo) == expected
    assert git(repo.root, "merge-base", tip, notes.REF) == tip, "so it can be pushed"
    notes.merge(Repository(repo.root), tip)
    assert texts(repo) == expected


def test_merging_what_has_no_common_beginning(repo: Repo, tmp_path: Path) -> None:
    commit = repo.commit()
    theirs = Repo(tmp_path / "theirs")
    git(tmp_path, "clone", "-q", str(repo.root), "theirs")
    append(repo, commit, "a")
    append(theirs, commit, "b")
    notes.merge(Repository(repo.root), other(repo, theirs.root))
    assert texts(repo) == {commit: ["a", "b"]}


def test_merging_into_nothing(repo: Repo, tmp_path: Path) -> None:
    commit = repo.commit()
    git(tmp_path, "clone", "-q", str(repo.root), "theirs")
    append(Repo(tmp_path / "theirs"), commit, "b")
    notes.merge(Repository(repo.root), other(repo, tmp_path / "theirs"))
    assert texts(repo) == {commit: ["b"]}


def branch(repo: Repo) -> None:
    git(repo.root, "symbolic-ref", notes.REF, "refs/heads/main")


def blob(repo: Repo) -> None:
    git(repo.root, "update-ref", notes.REF, "HEAD:a.txt")


def locked(repo: Repo) -> None:
    repo.write(f".git/{notes.REF}.lock")


def lost(repo: Repo) -> None:
    """The text of the note is not in this clone, as in one that was made with a filter."""
    append(repo, "HEAD", "x")
    name = git(repo.root, "ls-tree", "--object-only", notes.REF)
    (repo.root / ".git/objects" / name[:2] / name[2:]).unlink()


@pytest.mark.parametrize("harm", [branch, blob, locked, lost])
def test_what_cannot_be_written_is_an_error_and_changes_nothing(repo: Repo, harm: Callable[[Repo], None]) -> None:
    repo.write("a.txt")
    commit = repo.commit()
    harm(repo)
    before = git(repo.root, "for-each-ref")
    with pytest.raises(GitError):
        append(repo, commit, "a")
    assert git(repo.root, "for-each-ref") == before


def test_what_is_no_note_is_passed_over(repo: Repo) -> None:
    repo.write("a.txt")
    repo.write("deep/b.txt")
    commit = repo.commit()
    git(repo.root, "update-ref", notes.REF, commit)
    append(repo, commit, "a")
    found = notes.read(Repository(repo.root))
    assert dict(found.texts) == {commit: "a\n"}
    assert found.unread == {"a.txt": "is no note", "deep/b.txt": "is no note"}


def test_a_note_that_is_too_large_is_not_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "LARGEST", 5)
    first, second = repo.commit(), repo.commit()
    append(repo, first, "abcdef")
    append(repo, second, "a")
    found = notes.read(Repository(repo.root))
    assert dict(found.texts) == {second: "a\n"}
    assert found.unread == {first: "has more than 5 bytes"}
    with pytest.raises(GitError, match="has more than 5 bytes"):
        append(repo, first, "b")
