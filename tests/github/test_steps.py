"""What the workflows' steps run, as a runner starts it: bash, with the text of the YAML file."""

import os
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from runner.cli.main import cli
from tests.github.workflows import SHIPPED, Step, action, run, step_of, steps
from tests.repositories import git

INSTALL = step_of(action()["runs"]["steps"], "Install aml")
AML_STEPS = [(name, step) for name in SHIPPED for step in steps(name) if "aml ci" in step.get("run", "")]
NOTES = step_of(action()["runs"]["steps"], "Fetch notes")
# Says which process it is, and how it was called.
ECHO = f"#!{sys.executable}\nimport os, sys\nprint(os.getpid(), *sys.argv[1:], sep='\\n')\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout, with a `bin` beside it that comes first on the path."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "checkout").mkdir()
    return tmp_path / "checkout"


def install(folder: Path, *names: str) -> dict[str, str]:
    """Programs that only say how they were called; the variables that lead to them."""
    for name in names:
        path = folder.parent / "bin" / name
        path.write_text(ECHO, "utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def called(step: Step, folder: Path, variables: Mapping[str, str]) -> list[str]:
    """The arguments of the one program that a step ran, which must have taken the place of the shell."""
    script = folder.parent / "step.sh"
    script.write_text(step["run"], "utf-8")
    process = subprocess.Popen(
        ["bash", "-e", str(script)], cwd=folder, env=os.environ | variables, stdout=subprocess.PIPE, text=True
    )
    out, _ = process.communicate(timeout=60)
    identity, *arguments = out.splitlines()
    assert int(identity) == process.pid, "a signal to the step's process would not reach aml"
    return arguments


@pytest.mark.parametrize(("name", "step"), AML_STEPS)
def test_signals_reach_aml(name: str, step: Step, folder: Path) -> None:
    variables = install(folder, "aml")
    if step["name"] == "Push":
        assert called(step, folder, variables | {"RUNNER_TEMP": "/tmp"}) == ["ci", "ledger", "/tmp/ledger/ledger.jsonl"]
        return
    words = ["ci", *{"train": ["apply", "--no-push-ledger"]}.get(name, [name]), "--target"]
    assert called(step, folder, variables | {"AML_TARGET": "prod"}) == [*words, "prod"]
    assert called(step, folder, variables | {"AML_TARGET": ""}) == [*words, ""]
    hostile = {"AML_TARGET": '"; touch stolen; $(touch stolen)'}
    assert called(step, folder, variables | hostile)[len(words) :] == [hostile["AML_TARGET"]]
    assert list(folder.iterdir()) == []


def test_promoting_takes_any_name_for_a_name(folder: Path) -> None:
    step = step_of(steps("apply"), "Promote")
    found = called(step, folder, install(folder, "aml") | {"AML_TARGET": "$(touch stolen)"})
    assert found == ["promote", "--target", "$(touch stolen)", "--auto-approve"]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("value", "expected"), [("", []), ("1", ["--detach"]), ("true", ["--detach"])])
def test_detached(folder: Path, value: str, expected: list[str]) -> None:
    step = next(step for name, step in AML_STEPS if name == "train")
    found = called(step, folder, install(folder, "aml") | {"AML_TARGET": "prod", "AML_DETACH": value})
    assert found == ["ci", "apply", "--no-push-ledger", "--target", "prod", *expected]


def test_the_ledger_is_handed_over(folder: Path) -> None:
    variables = install(folder, "aml") | {"RUNNER_TEMP": str(folder.parent)}
    done = run(step_of(steps("train"), "Export the ledger"), folder, variables)
    assert (done.returncode, done.stdout, list(folder.iterdir())) == (0, "", [])
    assert (folder.parent / "ledger.jsonl").read_text("utf-8").splitlines()[1:] == ["ledger", "export"]


@pytest.mark.parametrize("step", [step for _, step in AML_STEPS])
def test_the_command_is_there(step: Step) -> None:
    words = shlex.split(step["run"].replace("${AML_DETACH:+--detach}", "--detach"))[2:]
    with click.Context(cli) as context:
        found = cli.get_command(context, words[0])
        assert isinstance(found, click.Group)
        command = found.get_command(context, words[1])
        assert command is not None
        command.make_context(words[1], words[2:])


@pytest.mark.parametrize("requirement", ["", "aml-runner[github]==1.2.3", "--index-url=x", "$(touch stolen)"])
@pytest.mark.parametrize("pyproject", ["", '[project]\nname = "flowers"\n'])
def test_what_is_installed(folder: Path, requirement: str, pyproject: str) -> None:
    if pyproject:
        (folder / "pyproject.toml").write_text(pyproject, "utf-8")
    done = run(INSTALL, folder, install(folder, "python", "aml") | {"REQUIREMENT": requirement})
    assert done.returncode == 0, done.stderr
    arguments = [line for line in done.stdout.splitlines() if not line.isdecimal()]
    assert arguments[:5] == ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    assert arguments[5:] == ["--", requirement or "aml-runner[github,local]", "--version"]
    assert not (folder / "stolen").exists()


def test_aml_runner_installs_itself(folder: Path) -> None:
    shutil.copy(Path(__file__).parents[2] / "pyproject.toml", folder)
    done = run(INSTALL, folder, install(folder, "python", "aml") | {"REQUIREMENT": "aml-runner"})
    assert "-c\nrequirements.lock\n.[github,local]\n" in done.stdout


def test_an_installation_that_fails_fails_the_job(folder: Path) -> None:
    variables = install(folder, "python", "aml")
    (folder.parent / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    assert run(INSTALL, folder, variables).returncode == 1


@pytest.mark.parametrize("with_notes", [True, False])
def test_notes_are_fetched(folder: Path, *, with_notes: bool) -> None:
    origin = folder.parent / "origin"
    git(folder, "init", "-q", "-b", "main", str(origin))
    git(origin, "commit", "-q", "--allow-empty", "-m", "one")
    if with_notes:
        git(origin, "notes", "--ref=aml", "add", "-m", "applied")
    git(folder, "clone", "-q", f"file://{origin}", ".")
    done = run(NOTES, folder, {"TOKEN": "t0ken", "GITHUB_SERVER_URL": "https://github.com"})
    assert done.returncode == 0, done.stderr
    assert ("refs/notes/aml" in git(folder, "for-each-ref")) is with_notes
    # Nobody who comes later finds the token: neither in the configuration nor in what was printed.
    kept = (folder / ".git" / "config").read_text("utf-8")
    assert "extraheader" not in kept.lower()
    assert done.stdout.startswith("::add-mask::")
    assert "t0ken" not in done.stdout + done.stderr + kept
