"""Every command of the README and of `docs/` is run, in a clone of this tree, against a real embedded workspace."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.markdown import PAGES, ROOT
from tests.docs.transcript import EVERY_STATE_DIR, Shell, Step, differs, steps

GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a person whose `aml` has an empty workspace of its own."""
    foreign = ("AML", "AZURE", "MLFLOW", "GIT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = kept | {"PATH": path, "AML_STATE_DIR": str(tmp_path / "state"), "NO_COLOR": "1"}
    # Started before the dead proxy is set: it needs the package index, and nothing else needs the network.
    subprocess.run(["aml", "workspace", "start"], env=found, check=True, stdin=subprocess.DEVNULL)
    yield found | {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}
    subprocess.run(["aml", "workspace", "stop"], env=found, check=True, stdin=subprocess.DEVNULL)


@pytest.mark.e2e
def test_what_the_pages_show_is_what_happens(tmp_path: Path, variables: dict[str, str]) -> None:
    """One test for all pages: they share a workspace, in which the README, which comes first, has trained."""
    wrong = []
    for page in PAGES:
        commands = steps(page)
        if commands:
            wrong += _walk(commands, _clone(tmp_path / page.stem), variables)
    assert not wrong, "\n\n".join(wrong)


def _walk(commands: list[Step], clone: Path, variables: dict[str, str]) -> list[str]:
    """Runs a page; what is wrong with it. It ends at the first failure, which the rest would only repeat."""
    shell = Shell(clone.parent, variables)
    shell.start_in(clone)
    for step, following in zip(commands, [*commands[1:], None], strict=True):
        output = shell.run(step.command).replace(variables["AML_STATE_DIR"], EVERY_STATE_DIR)
        # Who shows the exit code knows that it may not be 0.
        is_shown = following is not None and following.command == "echo $?"
        if shell.code != 0 and not is_shown:
            return [f"{step.place}\nexit code {shell.code}\n{output}"]
        if problem := differs(step, output):
            return [f"{step.place}\n{problem}"]
    return []


def _clone(folder: Path) -> Path:
    """This tree as it stands, uncommitted changes included, as a clean repository of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    clone = folder / "clone"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, clone / name)
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "as it stands"]):
        subprocess.run([*GIT, *arguments], cwd=clone, check=True)
    return clone
