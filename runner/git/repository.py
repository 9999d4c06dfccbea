"""One repository: what is checked out, and questions to git that nothing in the repository can turn against us."""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from runner.errors import GitError
from runner.git.index import Index, parse

if TYPE_CHECKING:
    from runner.git.cache import StatCache

# What a repository's own configuration could make git execute or look at, overridden. Measured: docs/security.md.
_OVERRIDES = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.untrackedCache": "false",
    "core.pager": "cat",
    "core.quotePath": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
}
_FLAGS = [flag for name, value in _OVERRIDES.items() for flag in ("-c", f"{name}={value}")]
# Variables of git's that say where its configuration is; like HOME, they are the user's. Every other one is dropped: a
# hook, say, passes on GIT_DIR and GIT_INDEX_FILE of another repository.
KEPT = {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"}
_PLACED = {"GIT_CEILING_DIRECTORIES", "GIT_WORK_TREE"}
OWN = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class Repository:
    """The git repository at `root`, or nothing: then there is no commit and no file list.

    What is read of it is kept: an object stands for one look at the repository, not for its future.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.exists = (self.root / ".git").exists()
        self.readings: dict[Path, object] = {}  # runner/git/tree.py keeps here what it read
        self._outer = len(str(self.root)) + 1
        self._homes: dict[str, Repository] = {str(self.root): self}

    def commit(self) -> str:
        """The commit checked out; empty outside git and before the first commit."""
        return self.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}", default="")

    def ref(self) -> str:
        """The branch checked out, e.g. refs/heads/main; empty when detached."""
        return self.ask("symbolic-ref", "--quiet", "HEAD", default="")

    def recorded(self) -> Mapping[str, str]:
        """The git id of every file in the commit checked out: path from the root -> id, sorted.

        A submodule has the id of its commit; the files of submodules, and of repositories inside, are there too for
        those that were looked at.
        """
        inner = {home for home in self._homes.values() if home is not self}
        found = self._recorded | {
            f"{self.name(str(home.root))}/{name}": blob for home in inner for name, blob in home.recorded().items()
        }
        return dict(sorted(found.items()))

    @cached_property
    def _recorded(self) -> dict[str, str]:
        if not self.commit():
            return {}
        listed = self.ask("ls-tree", "-r", "-z", "--full-tree", "HEAD")
        entries = (line.partition("\t") for line in listed.split("\0") if line)
        return {name: facts.split()[2] for facts, _, name in entries}

    @cached_property
    def index(self) -> Index:
        """What git tracks, and what it does not ignore. Empty outside git."""
        if not self.exists:
            return Index(self, {}, [], 0)
        # The time first: should the index be written meanwhile, more is taken for racy, and read.
        place = Path(self.ask("rev-parse", "--path-format=absolute", "--git-path", "index"))
        written = place.stat().st_mtime_ns if place.exists() else 0
        options = ("-z", "-s", "-v", "--debug", "--cached", "--others", "--exclude-standard")
        return Index(self, *parse(self.ask("ls-files", *options)), written)

    @cached_property
    def cache(self) -> "StatCache":
        """What was read before."""
        from runner.git.cache import StatCache  # late: it loads a database

        return StatCache()

    def name(self, path: str) -> str:
        """A path below the root as git names it, and the root itself as nothing."""
        return path[self._outer :]

    def home(self, folder: str) -> "Repository":
        """The repository that a folder below the root belongs to: this one, a submodule, or another one inside."""
        if folder not in self._homes:
            inside = os.path.lexists(f"{folder}/.git")
            self._homes[folder] = Repository(Path(folder)) if inside else self.home(str(Path(folder).parent))
        return self._homes[folder]

    def ask(self, *arguments: str, default: str | None = None, cwd: Path | None = None, given: bytes = b"") -> str:
        """What git prints: as it is for `-z`, else stripped. Outside git it is `default`, or nothing.

        `given` goes to its standard input. Raises GitError when git fails and there is no default.
        """
        found = self.ask_bytes(*arguments, cwd=cwd, given=given, default=None if default is None else default.encode())
        # Names are what the file system calls them; everything else is text.
        return os.fsdecode(found) if "-z" in arguments else found.decode("utf-8", "replace").strip()

    def ask_bytes(
        self, *arguments: str, default: bytes | None = None, cwd: Path | None = None, given: bytes = b""
    ) -> bytes:
        """As `ask`, but just what git prints."""
        if not self.exists:
            return default or b""
        status, out, problem = self._run(arguments, str(cwd or self.root), given)
        if status and default is None:
            detail = problem.decode("utf-8", "replace").strip()
            raise GitError(f"git {arguments[0]} failed in {cwd or self.root}: {detail}")
        return (default or b"") if status else out

    def objects(self, names: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Those of the objects that are here, by their full ids: type and content."""
        ids = list(names)
        told = BytesIO(self.ask_bytes("cat-file", "--batch", given="".join(f"{each}\n" for each in ids).encode()))
        found: dict[str, tuple[str, bytes]] = {}
        for each in ids:
            head = told.readline().split()
            if len(head) == 3:  # else it is missing
                found[each] = head[1].decode(), told.read(int(head[2]))
                told.readline()
        return found

    def _run(self, arguments: Sequence[str], folder: str, given: bytes) -> tuple[int, bytes, bytes]:
        from git.cmd import Git  # late: not every command asks git
        from git.exc import GitCommandNotFound

        with TemporaryFile() as stdin:
            stdin.write(given)
            stdin.seek(0)
            try:
                # GitPython's own checks for unsafe options do not apply: every argument here is ours.
                status, out, problem = Git(folder).execute(
                    [*_without_foreign_variables(), "git", *_FLAGS, *arguments],
                    env=self._environment(),
                    istream=stdin,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                )
            except GitCommandNotFound as error:
                raise GitError("git cannot be started; is it installed?") from error
        return int(status), bytes(out), problem.encode() if isinstance(problem, str) else bytes(problem)

    def _environment(self) -> dict[str, str]:
        # This folder and no other: a broken .git does not lead to the repository around it, nor core.worktree away.
        return OWN | {"GIT_CEILING_DIRECTORIES": str(self.root.parent), "GIT_WORK_TREE": str(self.root)}


def _without_foreign_variables() -> list[str]:
    """Starts a command without the variables that are not the user's own. GitPython can set some, and unset none."""
    foreign = sorted(name for name in os.environ if name.startswith("GIT_") and name not in {*KEPT, *OWN, *_PLACED})
    return ["env", *(word for name in foreign for word in ("-u", name))] if foreign else []
