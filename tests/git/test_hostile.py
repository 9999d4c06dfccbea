"""A repository's own configuration must not make us run anything."""

import contextlib
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.errors import GitError
from runner.git import tree
from runner.git.repository import Repository
from tests.repositories import Repo, git


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A program that leaves a trace when it is run: the trace is `canary.ran` beside it."""
    path = tmp_path / "canary"
    path.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/canary.ran\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def ran(canary: Path) -> bool:
    return canary.with_name("canary.ran").exists()


def fsmonitor(repo: Repo, canary: Path) -> None:
    git(repo.root, "config", "core.fsmonitor", str(canary))


def filters(repo: Repo, canary: Path) -> None:
    repo.write(".gitattributes", "* filter=evil diff=evil\n")
    for name in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv"):
        git(repo.root, "config", name, str(canary))


def hooks(repo: Repo, canary: Path) -> None:
    for name in ("post-index-change", "reference-transaction", "post-checkout", "pre-commit", "fsmonitor-watchman"):
        hook = repo.root / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_bytes(canary.read_bytes())
        hook.chmod(0o755)


def programs(repo: Repo, canary: Path) -> None:
    for name in ("core.pager", "core.sshCommand", "core.editor", "diff.external", "credential.helper", "gpg.program"):
        git(repo.root, "config", name, str(canary))
    git(repo.root, "config", "alias.ls-files", f"!{canary}")


def lazy_fetch(repo: Repo, canary: Path) -> None:
    """A clone that claims to be partial, with an object missing: git would fetch it, by a command of the remote."""
    git(repo.root, "config", "core.repositoryFormatVersion", "1")
    git(repo.root, "config", "extensions.partialClone", "origin")
    git(repo.root, "config", "remote.origin.url", str(repo.root))
    git(repo.root, "config", "remote.origin.promisor", "true")
    git(repo.root, "config", "remote.origin.uploadpack", str(canary))
    object_id = git(repo.root, "rev-parse", "HEAD:src")
    (repo.root / ".git" / "objects" / object_id[:2] / object_id[2:]).unlink()


def everywhere(repo: Repo, canary: Path) -> None:
    """The project's own allowance for a transport is more specific than ours for all of them."""
    for name in ("file", "ext", "ssh"):
        git(repo.root, "config", f"protocol.{name}.allow", "always")
    lazy_fetch(repo, canary)


def submodule(repo: Repo, canary: Path) -> None:
    """A repository inside has a configuration of its own."""
    inner = Repo(repo.root / "src/inner")
    inner.write("a.py")
    inner.init().commit()
    inner.write("a.py", "changed\n")
    for trap in (fsmonitor, filters, hooks, programs):
        trap(inner, canary)


def bare(repo: Repo, canary: Path) -> None:
    """Files that git takes for a repository when it is started between them."""
    inner = repo.root / "src"
    git(repo.root, "init", "-q", "--bare", "src")
    git(inner, "config", "core.bare", "false")
    git(inner, "config", "core.worktree", str(inner))
    fsmonitor(Repo(inner), canary)


def elsewhere(repo: Repo, canary: Path) -> None:
    """A working tree that is not the one we look at."""
    git(repo.root, "config", "core.worktree", str(canary.parent))
    fsmonitor(repo, canary)


TRAPS: dict[Callable[[Repo, Path], None], list[str]] = {  # and what springs each of them
    fsmonitor: ["status"],
    filters: ["status"],
    hooks: ["checkout", "-q", "-b", "other"],
    programs: ["diff"],
    lazy_fetch: ["ls-tree", "-r", "HEAD"],
    everywhere: ["ls-tree", "-r", "HEAD"],
    submodule: ["-C", "src/inner", "status"],
    bare: ["-C", "src", "status"],
    elsewhere: ["status"],
}


def ask_everything(repo: Repo) -> None:
    found = Repository(repo.root)
    found.commit()
    found.ref()
    with contextlib.suppress(GitError):  # an object that is missing is an error, and never a command
        found.recorded()
    looked = tree.reading(repo.root, found)  # at every file, so that every attribute and object is asked for
    looked.differs({})
    found.index.ignores("src")


@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_springs(repo: Repo, canary: Path, trap: Callable[[Repo, Path], None]) -> None:
    for name in ("src/a.py", "src/b.py"):
        repo.write(name)
    repo.commit()
    repo.write("src/a.py", "changed, so that git has to look\n")
    trap(repo, canary)
    canary.with_name("canary.ran").unlink(missing_ok=True)  # setting the trap may have sprung it
    ask_everything(repo)
    assert not ran(canary)


@pytest.mark.parametrize("trap", TRAPS)
def test_the_traps_are_real(repo: Repo, canary: Path, trap: Callable[[Repo, Path], None]) -> None:
    path = repo.write("src/a.py", "one\n")
    repo.commit()
    trap(repo, canary)
    path.write_text("two\n")  # of the same size: git has to read it
    with contextlib.suppress(subprocess.CalledProcessError):
        git(repo.root, *TRAPS[trap])
    assert ran(canary)


def test_a_filter_does_not_change_what_is_read(repo: Repo, canary: Path) -> None:
    path = repo.write("src/a.py", "as it is\n")
    before = tree.read(repo.root / "src", Repository(repo.root))
    filters(repo, canary)
    assert tree.read(repo.root / "src", Repository(repo.root)) == before
    assert path.read_text() == "as it is\n"
