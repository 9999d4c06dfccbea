"""The files of another commit in a temporary folder, as git would check them out there.

It is a repository of its own that borrows the objects: the one in hand is not written to, and nothing that its
configuration names is run. A filter that the user's own configuration defines is run, but for LFS, which would
download: an LFS file stays the pointer that it is in the commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from runner.errors import GitError
from runner.git.borrowing import borrow
from runner.git.history import History
from runner.git.repository import Repository

_CONFIG = """\
[core]
\tbare = false
\tautocrlf = false
[filter "lfs"]
\tsmudge =
\tprocess =
\trequired = false
"""


@contextmanager
def checkout(repository: Repository, commit: str) -> Iterator[Path]:
    """The root of a repository with this commit checked out. Raises GitError for one that is not here."""
    if not History(repository).known(commit):
        raise GitError(f"commit {commit[:12]} is not in this clone; fetch it (git fetch --unshallow fetches all)")
    with TemporaryDirectory(prefix="aml-commit-") as folder:
        root = Path(folder, "repository").resolve()
        borrow(repository, root / ".git", commit, _CONFIG)
        copy = Repository(root)
        copy.ask("read-tree", "HEAD")
        copy.ask("checkout-index", "--all", "--force", "-u")
        yield root
