"""Real git repositories for tests."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_WHO = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
# What a developer's own configuration, or a hook that the tests run in, would change about git.
_NEUTRAL = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(folder: Path, *arguments: str, given: str | None = None) -> str:
    """Runs git; its output. `given` goes to its standard input."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *_WHO, *arguments],
        cwd=folder,
        env=kept | _NEUTRAL,
        input=given,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip()


@dataclass
class Repo:
    """A folder with files that may be a git repository."""

    root: Path

    def init(self) -> "Repo":
        """Makes it a repository."""
        git(self.root, "init", "-q", "-b", "main", ".")
        return self

    def write(self, name: str, content: str | bytes = "x\n") -> Path:
        """Writes a file, folders included."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def link(self, name: str, target: str | Path) -> Path:
        """Makes a symbolic link."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)
        return path

    def commit(self, message: str = "change") -> str:
        """Commits everything; the commit's id."""
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "--allow-empty", "-m", message)
        return git(self.root, "rev-parse", "HEAD")
