"""One repository: what is checked out, and which files git knows in a folder."""

import os
from collections.abc import Mapping
from pathlib import Path

from git.cmd import Git
from git.exc import GitCommandError

from runner.errors import GitError

# What a repository's own configuration could make git execute, overridden. Measured: docs/security.md.
_OVERRIDES = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.untrackedCache": "false",
    "core.pager": "cat",
    "core.quotePath": "false",
    "protocol.allow": "never",
}
_FLAGS = [flag for name, value in _OVERRIDES.items() for flag in ("-c", f"{name}={value}")]


class Repository:
    """The git repository at `root`, or nothing: then there is no commit and no file list."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.exists = (root / ".git").exists()
        self._git = Git(str(root))

    def commit(self) -> str:
        """The commit checked out; empty outside git and before the first commit."""
        return self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}", default="")

    def ref(self) -> str:
        """The branch checked out, e.g. refs/heads/main; empty when detached."""
        return self._ask("symbolic-ref", "--quiet", "HEAD", default="")

    def files(self, folder: Path) -> list[str] | None:
        """The files below a folder that git tracks, and the untracked ones it does not ignore.

        Paths are relative to the folder, sorted. None outside git, where nobody says what belongs.
        """
        if not self.exists:
            return None
        listed = self._ask("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".", cwd=folder)
        return sorted({name for name in listed.split("\0") if name})

    def recorded(self) -> Mapping[str, str]:
        """The git blob id of every file in the commit checked out: path from the root -> id."""
        if not self.commit():
            return {}
        listed = self._ask("ls-tree", "-r", "-z", "--full-tree", "HEAD")
        entries = (line.partition("\t") for line in listed.split("\0") if line)
        return {name: facts.split()[2] for facts, _, name in entries}

    def _ask(self, *arguments: str, default: str | None = None, cwd: Path | None = None) -> str:
        if not self.exists:
            return default or ""
        git = Git(str(cwd)) if cwd else self._git
        try:
            # GitPython's own checks for unsafe options do not apply: every argument here is ours.
            answer = git.execute(["git", *_FLAGS, *arguments], env=_environment(), strip_newline_in_stdout=False)
        except GitCommandError as error:
            if default is not None:
                return default
            detail = str(error.stderr).strip().removeprefix("stderr:").strip(" '\n")
            raise GitError(f"git {arguments[0]} failed in {cwd or self.root}: {detail}") from error
        text = answer if isinstance(answer, str) else str(answer)
        return text if "-z" in arguments else text.strip()


def _environment() -> dict[str, str]:
    return {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
