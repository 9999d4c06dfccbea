"""The ledger is pushed: by many at once, past what stands in the way, and starting no program that a clone names."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import notes
from runner.git.remote import Login, _connected, push
from runner.git.repository import Repository
from tests.repositories import Repo, git

TOKEN = "ghs_" + "a1" * 20


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A bare repository with one commit on main."""
    first = Repo(tmp_path / "first")
    first.root.mkdir()
    first.init().commit()
    git(tmp_path, "clone", "-q", "--bare", "first", "origin.git")
    return tmp_path / "origin.git"


def clone(origin: Path, name: str, *options: str) -> Repo:
    git(origin.parent, "clone", "-q", *options, origin.as_uri(), name)
    return Repo(origin.parent / name)


def append(repo: Repo, line: str) -> None:
    notes.append(Repository(repo.root), {git(repo.root, "rev-parse", "HEAD"): [line]})


def pushed(repo: Repo) -> None:
    push(Repository(repo.root), pause=0.01)


def lines(root: Path) -> set[str]:
    return set(git(root, "notes", "--ref=aml", "show", "HEAD").split())


def test_the_first_push_and_the_second(origin: Path) -> None:
    mine = clone(origin, "mine")
    append(mine, "a")
    pushed(mine)
    pushed(mine)
    assert lines(origin) == {"a"}
    assert not list((mine.root / ".git").glob("aml-ledger-*"))


def test_what_others_pushed_is_merged(origin: Path) -> None:
    mine, theirs = clone(origin, "mine"), clone(origin, "theirs")
    for number, repo in enumerate([mine, theirs, mine, theirs]):
        append(repo, f"line-{number}")
        pushed(repo)
    assert lines(origin) == lines(theirs.root) == {f"line-{number}" for number in range(4)}
    git(mine.root, "fsck", "--strict")


def test_nothing_to_push_brings_home_what_others_did(origin: Path) -> None:
    mine, theirs = clone(origin, "mine"), clone(origin, "theirs")
    append(theirs, "a")
    pushed(theirs)
    pushed(mine)
    assert lines(mine.root) == {"a"}


def test_nobody_has_any(origin: Path) -> None:
    pushed(clone(origin, "mine"))
    assert git(origin, "for-each-ref", "refs/notes") == ""


def test_many_at_once(origin: Path) -> None:
    clones = [clone(origin, f"clone-{number}") for number in range(5)]

    def work(number: int) -> None:
        for each in range(2):
            append(clones[number], f"line-{number}-{each}")
            pushed(clones[number])

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(5)))
    assert lines(origin) == {f"line-{number}-{each}" for number in range(5) for each in range(2)}


def test_shallow_clones(origin: Path) -> None:
    first = clone(origin, "first-writer")
    for line in "abc":
        append(first, line)
        pushed(first)
    shallow = clone(origin, "shallow", "--depth=1")
    append(shallow, "d")
    pushed(shallow)
    fetched = clone(origin, "fetched", "--depth=1")
    git(fetched.root, "fetch", "-q", "--depth=1", "origin", f"+{notes.REF}:{notes.REF}")
    append(fetched, "e")
    append(first, "f")
    pushed(first)
    pushed(fetched)
    assert lines(origin) == set("abcdef")


def no_remote(repo: Repo) -> None:
    git(repo.root, "remote", "remove", "origin")


def two_remotes(repo: Repo) -> None:
    git(repo.root, "remote", "rename", "origin", "one")
    git(repo.root, "remote", "add", "two", "elsewhere")


def gone(repo: Repo) -> None:
    git(repo.root, "remote", "set-url", "origin", str(repo.root.parent / "nowhere"))


def itself(repo: Repo) -> None:
    git(repo.root, "remote", "set-url", "origin", ".")


def program(repo: Repo) -> None:
    git(repo.root, "remote", "set-url", "origin", f"ext::touch {repo.root}/sung")
    git(repo.root, "config", "protocol.ext.allow", "always")


def in_the_clear(repo: Repo) -> None:
    git(repo.root, "remote", "set-url", "origin", "http://127.0.0.1:1/x")


def no_notes(repo: Repo) -> None:
    origin = repo.root.parent / "origin.git"
    blob = git(origin, "hash-object", "-w", "--", "config")
    git(origin, "update-ref", notes.REF, blob)


def nobody_there(repo: Repo) -> None:
    git(repo.root, "remote", "set-url", "origin", f"https://ada:{TOKEN}@127.0.0.1:1/x")


def guarded(repo: Repo) -> None:
    hook = repo.root.parent / "origin.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho notes are not for you >&2\nexit 1\n")
    hook.chmod(0o755)


REFUSED: dict[Callable[[Repo], None], str] = {
    no_remote: "no remote",
    two_remotes: "which one",
    gone: "git ls-remote failed: .*nowhere",
    itself: "in this very folder",
    program: "transport 'ext' not allowed",
    in_the_clear: "transport 'http' not allowed",
    nobody_there: "git ls-remote failed",
    no_notes: "of the remote is not what `git notes` makes",
    guarded: "notes are not for you",
}


@pytest.mark.parametrize("harm", REFUSED)
def test_what_stands_in_the_way_is_said(origin: Path, harm: Callable[[Repo], None]) -> None:
    mine = clone(origin, "mine")
    append(mine, "a")
    harm(mine)
    with pytest.raises(GitError, match=REFUSED[harm]) as caught:
        pushed(mine)
    assert TOKEN not in str(caught.value)
    assert lines(mine.root) == {"a"}, "and is taken along by the next push"
    assert not (mine.root / "sung").exists()


def test_no_program_that_the_clone_names_is_started(origin: Path, tmp_path: Path) -> None:
    mine = clone(origin, "mine")
    canary = tmp_path / "canary"
    canary.write_text(f"#!/bin/sh\necho $0 >> {tmp_path}/sung\n")
    canary.chmod(0o755)
    for name in ("pre-push", "reference-transaction", "post-checkout", "pre-auto-gc", "post-update"):
        hook = mine.root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_bytes(canary.read_bytes())
        hook.chmod(0o755)
    settings = ("core.sshCommand", "core.fsmonitor", "core.gitProxy", "core.askPass", "core.alternateRefsCommand")
    settings += ("credential.helper", "remote.origin.uploadpack", "remote.origin.receivepack", "gpg.program")
    for setting in (*settings, "uploadpack.packObjectsHook"):
        git(mine.root, "config", setting, str(canary))
    git(mine.root, "config", "push.gpgSign", "if-asked")
    append(mine, "a")
    theirs = clone(origin, "theirs")
    append(theirs, "b")
    pushed(theirs)
    pushed(mine)
    assert lines(origin) == {"a", "b"}
    for url in ("ssh://git@127.0.0.1:1/x", "https://127.0.0.1:1/x"):
        git(mine.root, "remote", "set-url", "origin", url)
        with pytest.raises(GitError):
            pushed(mine)
    assert not (tmp_path / "sung").exists()


def test_a_token_is_in_no_command_line_and_no_file(origin: Path) -> None:
    mine = clone(origin, "mine")
    login = Login("https://github.com/", TOKEN)
    with _connected(Repository(mine.root), login) as remote:
        shown = git(mine.root, "--git-dir", str(remote.place), "config", "--list")
        files = [path.read_bytes() for path in remote.place.rglob("*") if path.is_file()]
        assert remote.environment["GIT_CONFIG_VALUE_1"].startswith("Authorization: Basic ")
    assert "extraheader" not in shown
    assert not any(TOKEN.encode() in content for content in files)
    assert TOKEN not in repr(login)
