"""A repository whose configuration names programs: git itself runs them, and no command of ours does."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from runner.cli.main import COMMANDS
from runner.cli.workspace import command as workspace
from tests.e2e.canaries import WAKES, Canaries, plant, wake
from tests.e2e.conftest import Repo
from tests.git.test_hostile import TRAPS
from tests.repositories import Repo as Folder
from tests.repositories import git

pytestmark = pytest.mark.e2e
SPECS = {
    "environments/e.yml": "name: plain\nimage: python:3.11\n",
    "jobs/j.yml": "name: hello\ncode: src\ncommand: echo hello\nenvironment: azureml:plain@latest\n",
    "jobs/src/main.txt": "content\n",
    "data/d.yml": "name: rows\ntype: uri_file\npath: ../../rows.csv\n",
}
# Every command, in an order in which each has something to do. {out} is a folder outside of the repository.
RUNS: tuple[tuple[str, ...], ...] = (
    ("init", "{out}/begun"),
    ("schema",),
    ("validate",),
    ("render", "--pinned", "--out", "{out}/rendered"),
    ("plan", "--explain", "--out", "{out}/plan.json"),
    ("doctor",),
    ("apply", "--auto-approve"),
    ("ci", "plan", "--dry-run"),
    ("promote", "--auto-approve"),
    ("status", "--strict"),
    ("wait",),
    ("logs", "hello"),
    ("cancel", "hello"),
    ("prune", "--auto-approve", "--keep", "0"),
    ("import", "*"),
    ("history",),
    ("blame", "hello"),
    ("diff", "HEAD~0"),
    ("reproduce", "hello"),
    ("ledger", "verify"),
    ("workspace", "status"),
    ("destroy", "--auto-approve"),
)
# And each in its other ways, after a destroy.
MORE: tuple[tuple[str, ...], ...] = (
    ("validate", "--json", "specs/jobs/j.yml"),
    ("render",),
    ("plan", "--json", "--prune", "--adopt"),
    ("apply", "--auto-approve", "--wait", "--retry-failed", "*"),
    ("apply", "--auto-approve", "--push-ledger"),
    ("history", "job/*", "--json"),
    ("diff", "HEAD...", "job/*", "--offline"),
    ("reproduce", "job/hello", "--run", "--auto-approve", "--json"),
    ("ledger", "export", "--csv"),
    ("logs", "hello", "--follow", "--system"),
    ("status", "--json"),
    ("wait", "hello", "--json"),
    ("doctor", "--json"),
    *(("ci", word, "--dry-run") for word in ("apply", "report", "drift")),
    ("ci", "ledger", "--dry-run", os.devnull),
    ("workspace", "start"),
    ("workspace", "env"),
    ("destroy", "--auto-approve", "--json"),
)
# They would take the workspace away from the other tests: asked of one that was never started.
ELSEWHERE = (("workspace", "stop"), ("workspace", "reset"))
# What is over cannot be canceled; what is nobody's is left to import, or not explained; what was applied with edits
# is in no commit.
MAY_FAIL = frozenset({"cancel", "import", "reproduce", "status"})


def test_every_command_is_run() -> None:
    assert {run[0] for run in RUNS} == COMMANDS.keys()
    assert {run[1] for run in (*RUNS, *MORE, *ELSEWHERE) if run[0] == "workspace"} == workspace.commands.keys()


@pytest.fixture
def specs(repo: Repo) -> Repo:
    """A project with a job, its code, and data."""
    return filled(repo)


def filled(repo: Repo) -> Repo:
    """The repository with specs in it."""
    for name, text in SPECS.items():
        repo.write(f"specs/{name}", text)
    repo.edit("specs/project.yml", "version: 1", "version: 1\ntargets: {local: {allow_dirty: true}}")
    repo.write("rows.csv", "1\n")
    return repo


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repo, Canaries]:
    """A repository with all canaries, and they."""
    folder = tmp_path_factory.mktemp("control")
    made, canaries = Repo(folder / "repo", dict(os.environ)), Canaries(folder / "canaries").hatch()
    made.write("specs/project.yml", "version: 1\nproject: demo\n")
    made.git("init", "-q", "-b", "main", ".")
    plant(filled(made), canaries)
    return made, canaries


@pytest.mark.parametrize("name", WAKES)
def test_a_canary_sings_for_git(control: tuple[Repo, Canaries], tmp_path: Path, name: str) -> None:
    planted, canaries = control
    shutil.copytree(planted.root, tmp_path / "repo", symlinks=True)
    assert name in wake(Repo(tmp_path / "repo", planted.variables), canaries, name)


def sing(repo: Repo, canaries: Canaries, runs: Iterable[tuple[str, ...]]) -> None:
    """Whether any canary sings, which none must, while our commands do their work."""
    out = repo.root.with_name("out")
    out.mkdir(exist_ok=True)
    for run in runs:
        done = repo.aml(*(word.replace("{out}", str(out)) for word in run), code=None)
        assert (run, canaries.sung()) == (run, set())
        if run[0] not in MAY_FAIL:
            assert done.code == 0, f"{run}\n{done.out}\n{done.err}"


@pytest.fixture
def planted(specs: Repo, tmp_path: Path) -> tuple[Repo, Canaries]:
    """The project in a repository with all canaries, which have not sung yet, and with them in the environment."""
    canaries = Canaries(tmp_path / "canaries").hatch()
    plant(specs, canaries)
    canaries.sung()
    specs.variables = specs.variables | canaries.variables()
    return specs, canaries


def test_none_sings_for_us(planted: tuple[Repo, Canaries], tmp_path: Path) -> None:
    sing(*planted, RUNS)
    repo, canaries = planted
    elsewhere = replace(repo, variables=repo.variables | {"AML_STATE_DIR": str(tmp_path / "none")})
    sing(elsewhere, canaries, ELSEWHERE)


@pytest.mark.slow
def test_none_sings_whatever_the_options(planted: tuple[Repo, Canaries]) -> None:
    sing(*planted, MORE)


def gitfile(repo: Folder, canary: Path) -> None:
    """A `.git` that is a file, and leads to a repository elsewhere."""
    elsewhere = canary.parent / "elsewhere.git"
    shutil.move(repo.root / ".git", elsewhere)
    (repo.root / ".git").write_text(f"gitdir: {elsewhere}\n")
    git(repo.root, "config", "core.fsmonitor", str(canary))


def substituted(repo: Folder, canary: Path) -> None:
    """Commits that stand for others, and objects that are elsewhere; what runs is an fsmonitor."""
    git(repo.root, "commit", "-q", "--allow-empty", "-m", "second")
    git(repo.root, "replace", "HEAD", "HEAD~1")
    (repo.root / ".git/info").mkdir(exist_ok=True)
    (repo.root / ".git/info/grafts").write_text(git(repo.root, "rev-parse", "HEAD") + "\n")
    git(repo.root, "init", "-q", "--bare", str(canary.parent / "alternate.git"))
    alternates = repo.root / ".git/objects/info/alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text(f"{canary.parent / 'alternate.git/objects'}\n")
    git(repo.root, "config", "core.alternateRefsCommand", str(canary))
    git(repo.root, "config", "core.fsmonitor", str(canary))


LAYOUTS: dict[Callable[[Folder, Path], None], list[str]] = {**TRAPS, gitfile: ["status"], substituted: ["status"]}


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nor_in_any_layout(specs: Repo, tmp_path: Path, layout: Callable[[Folder, Path], None]) -> None:
    """What excludes another: working trees elsewhere, repositories inside, objects that are to be fetched."""
    specs.write("src/a.py", "one\n")
    specs.write("src/b.py", "one\n")
    specs.edit("specs/jobs/j.yml", "code: src", "code: ../../src")
    specs.commit()
    canary = tmp_path / "canary"
    canary.write_text(f"#!/bin/sh\necho sung >> {tmp_path}/canary.ran\n")
    canary.chmod(0o755)
    specs.write("src/a.py", "two\n")
    layout(Folder(specs.root), canary)
    (tmp_path / "canary.ran").unlink(missing_ok=True)
    (tmp_path / "out").mkdir()
    for run in RUNS:
        specs.aml(*(word.replace("{out}", str(tmp_path / "out")) for word in run), code=None)
        assert not (tmp_path / "canary.ran").exists(), run
