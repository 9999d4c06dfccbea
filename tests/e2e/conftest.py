"""A real embedded workspace, real git repositories, and `aml` as a person runs it: a process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that point `aml` to a workspace of this test session; it is stopped at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AML", "AZURE", "MLFLOW"))}
    variables = kept | {"AML_STATE_DIR": str(tmp_path_factory.mktemp("state")), "NO_COLOR": "1"}
    _aml(["workspace", "start"], Path("/"), variables)  # it needs the package index, to build environments
    variables |= {"AML_SECRET_LAKE": "c2VjcmV0"}  # what the datastores of these tests refer to
    # A dead proxy for aml itself: whatever tries to leave the machine fails at once.
    yield variables | {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}
    _aml(["workspace", "stop"], Path("/"), variables)


@dataclass
class Done:
    """A finished command."""

    code: int
    out: str
    err: str


def _aml(arguments: list[str], folder: Path, variables: dict[str, str]) -> Done:
    command = [sys.executable, "-m", "runner", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass
class Repo:
    """A git repository with specs, and `aml` in it."""

    root: Path
    variables: dict[str, str] = field(repr=False)

    def aml(self, *arguments: str, code: int | None = 0) -> Done:
        """Runs aml; `code` is the exit code it must end with."""
        done = _aml(list(arguments), self.root, self.variables)
        assert code is None or done.code == code, f"exit {done.code}\n{done.out}\n{done.err}"
        return done

    def apply(self, *arguments: str, code: int | None = 0) -> Done:
        """`aml apply --auto-approve --wait`."""
        return self.aml("apply", "--auto-approve", "--wait", *arguments, code=code)

    def write(self, name: str, text: str) -> Path:
        """Writes a file, folders included."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces text that must be there."""
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), "utf-8")

    def git(self, *arguments: str) -> str:
        """Runs git; its output."""
        return subprocess.run([*GIT, *arguments], cwd=self.root, check=True, capture_output=True, text=True).stdout

    def commit(self, message: str = "change") -> None:
        """Commits everything."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)


@pytest.fixture
def repo(tmp_path: Path, state: dict[str, str], request: pytest.FixtureRequest) -> Repo:
    """An empty repository with a project of its own: tests share a workspace, and must not share names."""
    made = Repo(tmp_path / "repo", state)
    name = request.node.name.removeprefix("test_").replace("_", "-").split("[")[0][:40]
    made.write("specs/project.yml", f"version: 1\nproject: {name}\n")
    made.git("init", "-q", "-b", "main", ".")
    return made


@pytest.fixture
def iris(tmp_path: Path, state: dict[str, str]) -> Repo:
    """The repository's own specs, in a repository of their own."""
    made = Repo(tmp_path / "iris", state)
    shutil.copytree(REPOSITORY / "specs", made.root / "specs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "templates", made.root / "templates")
    made.git("init", "-q", "-b", "main", ".")
    made.commit("specs")
    return made
