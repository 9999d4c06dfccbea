"""What commits say, asked of real repositories, some of which mean harm."""

from pathlib import Path

import pytest

from runner.git.history import History
from runner.git.repository import Repository
from tests.repositories import Repo, git

UNKNOWN = "0123456789" * 4


def history(repo: Repo) -> History:
    return History(Repository(repo.root))


def test_the_last_commit_that_changed_each_file(repo: Repo) -> None:
    repo.write("a.txt", "1")
    repo.write("never.txt", "1")
    since = repo.commit()
    repo.write("a.txt", "2")
    repo.write("deep/ü b.txt", "1")
    first = repo.commit()
    repo.write("a.txt", "3")
    second = repo.commit()
    assert history(repo).changed(since) == {"a.txt": second, "deep/ü b.txt": first}
    assert history(repo).changed(second) == {}


def test_every_commit_that_changed_one_of_some_files(repo: Repo) -> None:
    repo.write("a.txt", "1")
    repo.write("b.txt", "1")
    first = repo.commit()
    git(repo.root, "checkout", "-q", "-b", "side")
    repo.write("a.txt", "tried")
    tried = repo.commit()
    repo.write("a.txt", "1")
    taken_back = repo.commit()
    repo.write("c.txt", "1")
    repo.commit()
    git(repo.root, "checkout", "-q", "main")
    repo.write("b.txt", "2")
    second = repo.commit()
    git(repo.root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    git(repo.root, "config", "log.showRoot", "false")
    git(repo.root, "config", "log.follow", "true")
    assert set(history(repo).edits(["a.txt"])) == {first, tried, taken_back}
    assert set(history(repo).edits(["a.txt", "b.txt"])) == {first, tried, taken_back, second}
    assert history(repo).edits([]) == history(repo).edits(["none.txt"]) == []


def test_a_merge_that_changed_a_file_itself(repo: Repo) -> None:
    repo.write("a.txt", "1")
    repo.commit()
    git(repo.root, "checkout", "-q", "-b", "side")
    repo.commit("theirs")
    git(repo.root, "checkout", "-q", "main")
    repo.commit("ours")
    git(repo.root, "merge", "-q", "--no-ff", "--no-commit", "side")
    repo.write("a.txt", "2")
    merge = repo.commit("merge")
    assert history(repo).edits(["a.txt"])[0] == merge


def test_deleted_and_renamed_files_too(repo: Repo) -> None:
    repo.write("old.txt", "content\n")
    repo.write("gone.txt", "x")
    since = repo.commit()
    git(repo.root, "mv", "old.txt", "new.txt")
    (repo.root / "gone.txt").unlink()
    last = repo.commit()
    assert history(repo).changed(since) == {"old.txt": last, "new.txt": last, "gone.txt": last}


def test_names_that_look_like_something_else(repo: Repo) -> None:
    since = repo.commit()
    names = ["\x01", "\n/c", "\x1f" + UNKNOWN, "a\nb", "-d", " e "]
    for name in names:
        repo.write(name)
    last = repo.commit()
    assert history(repo).changed(since) == dict.fromkeys(names, last)


def test_branches_that_were_merged(repo: Repo) -> None:
    repo.write("a.txt", "1")
    since = repo.commit()
    git(repo.root, "checkout", "-q", "-b", "side")
    repo.write("side.txt", "1")
    on_the_side = repo.commit()
    git(repo.root, "checkout", "-q", "main")
    repo.write("a.txt", "2")
    on_main = repo.commit()
    git(repo.root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert history(repo).changed(since) == {"a.txt": on_main, "side.txt": on_the_side}


def test_what_a_file_held(repo: Repo) -> None:
    repo.write("specs/a.yml", "rate: 0.5\n")
    since = repo.commit()
    repo.write("specs/a.yml", "rate: 0.9\n")
    repo.commit()
    found = history(repo)
    assert found.text(since, "specs/a.yml").strip() == "rate: 0.5"
    assert found.text(since, "specs/none.yml") == found.text(UNKNOWN, "specs/a.yml") == ""


def test_what_a_folder_held(repo: Repo) -> None:
    repo.write("src/main.py", "1")
    repo.write("src/deep/ü.py", "2")
    repo.write("other.py", "3")
    since = repo.commit()
    (repo.root / "src/main.py").unlink()
    repo.commit()
    found = history(repo)
    blob = git(repo.root, "rev-parse", f"{since}:src/main.py")
    assert found.files(since, "src") == {
        "main.py": blob,
        "deep/ü.py": git(repo.root, "rev-parse", f"{since}:src/deep/ü.py"),
    }
    assert set(found.files(since, "")) == {"src/main.py", "src/deep/ü.py", "other.py"}
    assert found.files(since, "none") == found.files(since, "other.py") == found.files(UNKNOWN, "src") == {}


def test_known(repo: Repo) -> None:
    repo.write("a.txt")
    commit = repo.commit()
    found = history(repo)
    assert found.known(commit)
    for other in (UNKNOWN, commit[:12], "HEAD", "main", f"{commit}-dirty", "", commit.upper(), f"{commit}^"):
        assert not found.known(other)
    assert not found.known(git(repo.root, "rev-parse", f"{commit}:a.txt"))  # a blob


def test_a_shallow_clone_knows_no_more_than_it_has(repo: Repo, tmp_path: Path) -> None:
    repo.write("a.txt", "1")
    first = repo.commit()
    repo.write("a.txt", "2")
    second = repo.commit()
    git(tmp_path, "clone", "-q", "--depth", "1", repo.root.as_uri(), "shallow")
    found = History(Repository(tmp_path / "shallow"))
    assert (found.known(first), found.known(second)) == (False, True)
    assert found.changed(first) == {}


def test_outside_git(folder: Repo) -> None:
    found = history(folder)
    assert not found.known(UNKNOWN)
    assert found.changed(UNKNOWN) == found.files(UNKNOWN, "src") == {}
    assert found.text(UNKNOWN, "a.txt") == ""


HOSTILE = [
    "--output=x",
    "--help",
    "-p",
    "--batch",
    "--ext-diff",
    "..",
    "HEAD --output=x",
    "@{-1}",
    "\n--output=x",
    ":/x",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_harmless(repo: Repo, name: str) -> None:
    repo.write("a.txt")
    repo.commit()
    before = sorted(repo.root.rglob("*"))
    found = history(repo)
    assert not found.known(name)
    found.changed(name)
    found.files(name, "src")
    found.text(name, "a.txt")
    assert sorted(repo.root.rglob("*")) == before


def signed(repo: Repo) -> None:
    """A commit on top that says it is signed."""
    facts = f"tree {git(repo.root, 'rev-parse', 'HEAD^{tree}')}\nparent {git(repo.root, 'rev-parse', 'HEAD')}\n"
    who = "Ada <ada@example.com> 1700000000 +0000"
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n aGVsbG8=\n -----END PGP SIGNATURE-----\n"
    file = repo.write(".git/commit", f"{facts}author {who}\ncommitter {who}\n{signature}\nsigned\n")
    git(repo.root, "update-ref", "HEAD", git(repo.root, "hash-object", "-t", "commit", "-w", str(file)))


def test_nothing_that_the_repository_names_is_started(repo: Repo) -> None:
    repo.write("a.txt", "1")
    repo.write(".gitattributes", "* diff=evil\n")
    since = repo.commit()
    repo.write("a.txt", "2")
    last = repo.commit()
    signed(repo)
    proof = repo.root / "proof"
    evil = repo.write("evil.sh", f"#!/bin/sh\ntouch '{proof}'\nexit 1\n")
    evil.chmod(0o755)
    planted = {
        "log.showSignature": "true",
        "gpg.program": str(evil),
        "diff.external": str(evil),
        "diff.evil.textconv": str(evil),
        "diff.evil.command": str(evil),
        "core.fsmonitor": str(evil),
        "core.pager": str(evil),
        "pager.log": str(evil),
    }
    for name, value in planted.items():
        git(repo.root, "config", name, value)
    found = history(repo)
    assert found.known(since)
    assert found.changed(since) == {"a.txt": last}
    assert found.text(since, "a.txt").strip() == "1"
    assert found.files(since, "").keys() == {"a.txt", ".gitattributes"}
    assert not proof.exists()
    # The plant is a real one: git by itself starts it.
    git(repo.root, "log", "-1")
    assert proof.exists()


def test_each_question_is_asked_once(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("a.txt")
    commit = repo.commit()
    repository, asked = Repository(repo.root), list[tuple[str, ...]]()
    ask = repository.ask

    def counted(*arguments: str, default: str | None = None) -> str:
        asked.append(arguments)
        return ask(*arguments, default=default)

    monkeypatch.setattr(repository, "ask", counted)
    found = History(repository)
    for _ in range(3):
        found.known(commit)
        found.changed(commit)
        found.text(commit, "a.txt")
        found.files(commit, "")
    assert len(asked) == 4


def test_what_commits_say_of_themselves(repo: Repo) -> None:
    first = repo.commit("Begin\n\nand more")
    git(
        repo.root,
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "Ünïcode",
        "--author=A <b> c <x@y>",
        "--date=2026-01-02T03:04:05Z",
    )
    second = git(repo.root, "rev-parse", "HEAD")
    tree = git(repo.root, "rev-parse", "HEAD^{tree}")
    found = history(repo).commits([first, second, tree, UNKNOWN, "HEAD", "--all", ""])
    assert found.keys() == {first, second}
    assert (found[first].author, found[first].subject) == ("Ada", "Begin")
    assert (found[second].subject, found[second].at) == ("Ünïcode", "2026-01-02T03:04:05+00:00")
    assert history(repo).commits([]) == {}


def test_the_commits_that_changed_some_files(repo: Repo) -> None:
    assert history(repo).edits(["a*"]) == []
    repo.write("a*", "1")
    first = repo.commit()
    repo.write("ab", "1")
    repo.commit()
    (repo.root / "a*").unlink()
    last = repo.commit()
    assert history(repo).edits(["a*", ":(glob)**"]) == [last, first], "names are no patterns"
    assert history(repo).edits([]) == []
