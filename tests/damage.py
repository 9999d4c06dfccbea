"""What can happen to a ledger: each does it to the repository at `root`, whose HEAD has a note."""

import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path

from runner.git import notes
from tests.repositories import git


def note(root: Path, content: bytes) -> None:
    """Replaces the note on HEAD."""
    blob = ["git", "hash-object", "-w", "--stdin"]
    name = subprocess.run(blob, cwd=root, input=content, capture_output=True, check=True).stdout.decode().strip()
    git(root, "notes", "--ref=aml", "add", "-f", "-C", name, "HEAD")


def text(root: Path) -> bytes:
    """The note on HEAD."""
    show = ["git", "notes", "--ref=aml", "show", "HEAD"]
    return subprocess.run(show, cwd=root, capture_output=True, check=True).stdout


def missing(root: Path) -> None:
    """The reference is deleted."""
    git(root, "update-ref", "-d", notes.REF)


def truncated(root: Path) -> None:
    """The last line is cut."""
    note(root, text(root)[:-40])


def foreign(root: Path) -> None:
    """Somebody wrote a note of his own below the lines."""
    note(root, text(root) + b"looks good to me\n")


def binary(root: Path) -> None:
    """Bytes that are no UTF-8."""
    note(root, text(root) + b"\xff\xfe\x00\n")


def markers(root: Path) -> None:
    """Somebody committed a merge with its conflict in it."""
    note(root, b"<<<<<<< refs/notes/aml\n" + text(root) + b"=======\n>>>>>>> refs/notes/other\n")


def conflict(root: Path) -> None:
    """Somebody began a merge of notes by hand, and left it."""
    before = git(root, "rev-parse", notes.REF)
    foreign(root)
    git(root, "update-ref", "refs/notes/other", before)
    git(root, "notes", "--ref=other", "add", "-f", "-m", "looks bad to me", "HEAD")
    with contextlib.suppress(subprocess.CalledProcessError):
        git(root, "notes", "--ref=aml", "merge", "-q", "refs/notes/other")
    assert (root / ".git/NOTES_MERGE_WORKTREE").is_dir()


def huge(root: Path) -> None:
    """A note that is too large to be read."""
    note(root, text(root) + b"x" * notes.LARGEST)


def unreadable(root: Path) -> None:
    """The text of the note is not in this clone, as in one that was made with a filter."""
    name = git(root, "rev-parse", f"{notes.REF}:{git(root, 'rev-parse', 'HEAD')}")
    (root / ".git/objects" / name[:2] / name[2:]).unlink()


def branch(root: Path) -> None:
    """The reference leads to a branch."""
    git(root, "symbolic-ref", notes.REF, "refs/heads/main")


def blob(root: Path) -> None:
    """The reference names something that is no commit."""
    git(root, "update-ref", notes.REF, "HEAD:specs/project.yml")


def shallow(root: Path) -> None:
    """Commits before the last one are not in this clone."""
    (root / ".git/shallow").write_text(git(root, "rev-parse", "HEAD") + "\n", "utf-8")
    git(root, "reflog", "expire", "--expire=now", "--all")
    git(root, "gc", "-q", "--prune=now")


HARMS: tuple[Callable[[Path], None], ...] = (
    missing, truncated, foreign, binary, markers, conflict, huge, branch, blob, shallow, unreadable,
)  # fmt: skip
