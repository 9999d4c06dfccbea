"""What of a folder is not sent, and how much of it may be."""

import os
import signal
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import left_out, tree
from runner.git.repository import Repository
from runner.model.limits import Limits
from tests.repositories import Repo


def read(repo: Repo, limits: Limits | None = None) -> tuple[list[str], tuple[str, ...]]:
    """The files of src that are sent, and those that are left out because they seem to be secret."""
    found = tree.read(repo.root / "src", Repository(repo.root), limits or Limits())
    return list(found.files), found.secret


def test_what_seems_to_be_secret(repo: Repo) -> None:
    for name in (".env", "main.py", "deep/KEY.pem", "id_rsa.pub", ".env.example"):
        repo.write(f"src/{name}")
    repo.commit()
    assert read(repo) == ([".env.example", "id_rsa.pub", "main.py"], (".env", "deep/KEY.pem"))
    assert not tree.reading(repo.root / "src", found := Repository(repo.root)).differs(found.recorded())


@pytest.mark.parametrize(
    ("line", "sent", "secret"),
    [("!.env", [".env", "main.py"], ()), ("*.pem", ["main.py"], (".env",)), (".env", ["main.py"], ())],
)
def test_the_ignore_file_has_the_word(repo: Repo, line: str, sent: list[str], secret: tuple[str, ...]) -> None:
    repo.write("src/main.py")
    repo.write("src/.env")
    repo.write("src/.amlignore", f"{line}\n")
    assert read(repo) == (sent, secret)


def test_a_link_is_left_out_by_its_own_name(repo: Repo) -> None:
    repo.write("src/main.py")
    repo.write("other/settings")
    repo.link("src/.env", "../other/settings")
    assert read(repo) == (["main.py"], (".env",))


def test_a_file_that_is_named_is_sent(repo: Repo) -> None:
    path = repo.write("certificates/ca.pem")
    assert list(tree.read(path, Repository(repo.root)).files) == ["ca.pem"]


@pytest.mark.parametrize("lines", ["*a*a*a*a*a*a*a*a*a*b", "**/a/" * 12 + "b"])
def test_patterns_that_never_end_are_stopped(repo: Repo, lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_out, "_SECONDS", 0.2)
    repo.write(f"src/{'a' * 200}/{'a/' * 100}a")
    repo.write("src/.amlignore", lines)
    with pytest.raises(GitError, match=r"src/\.amlignore takes more than 0 s of processor time; use simpler patterns"):
        read(repo)
    assert signal.getsignal(signal.SIGVTALRM) == signal.SIG_DFL


@pytest.mark.parametrize(
    ("limits", "name"), [(Limits(files=2), "files"), (Limits(bytes=9_999), "bytes")], ids=["files", "bytes"]
)
def test_what_is_too_much_is_refused_before_it_is_read(repo: Repo, limits: Limits, name: str) -> None:
    for each in ("a", "b", "c"):
        repo.write(f"src/{each}", "x" * 4_000)
        (repo.root / "src" / each).chmod(0)  # whoever read it would fail; root would not
    with pytest.raises(GitError) as caught:
        read(repo, limits)
    assert str(caught.value) == (
        f"{repo.root}/src holds more than {getattr(limits, name):,} {name}: leave out what is not needed "
        f"(.amlignore), or raise limits.{name} in specs/project.yml"
    )


def test_what_is_left_out_does_not_count(repo: Repo) -> None:
    for each in ("a", "b", "c", ".env"):
        repo.write(f"src/{each}")
    repo.write("src/.amlignore", "a\n")
    assert read(repo, Limits(files=2)) == (["b", "c"], (".env",))


def test_a_file_without_content_has_its_size_all_the_same(repo: Repo) -> None:
    path = Path(repo.root / "data.bin")
    with path.open("wb") as file:
        os.truncate(file.fileno(), 5_000_000_000)
    with pytest.raises(GitError, match=r"data\.bin holds more than 1,073,741,824 bytes"):
        tree.read(path, Repository(repo.root))
