"""`aml render`, and `-V` where templates need it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repositories import Repo

PROJECT = """\
version: 1
project: demo
external: [compute/gpu]
targets: {local: {values: {rate: 0.5}}, two: {values: {rate: 2}}}
"""
JOB = "command: echo\nenvironment: azureml:e@latest\ncode: ../../src\ncompute: azureml:gpu\n"
FILES = {
    "specs/project.yml": PROJECT,
    "specs/jobs/a.yml.j2": JOB + "inputs: {rate: {{ vars.rate | default(values.rate) }}, key: {{ vars.key }}}\n",
    "specs/environments/e.yml": "name: e\nimage: x\nconda_file: conda.yml\n",
    "specs/environments/conda.yml": "dependencies: [python=3.11]\n",
    "specs/models/m.yml": "name: m\npath: https://x.example/m\n",
    "specs/components/c.yml": "name: c\ncommand: echo\nenvironment: azureml:e@latest\n",
    "src/main.py": "",
}
ENVIRONMENT = """\
# environment/e  specs/environments/e.yml
name: e
image: x
conda_file:
  dependencies:
    - python=3.11
"""


@pytest.fixture
def project(repo: Repo) -> Repo:
    for name, content in FILES.items():
        repo.write(name, content)
    return repo


def aml(project: Repo, *arguments: str, code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "runner", *arguments]
    environment = {**os.environ, **variables}
    done = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done


def test_what_is_printed(project: Repo) -> None:
    assert aml(project, "render", "-V", "key=k", "e").stdout == ENVIRONMENT
    out = aml(project, "render", "-V", "key=a: b", "-V", "rate=0.7", "job/*").stdout
    assert out.startswith("# job/a  specs/jobs/a.yml.j2\nname: a\ncommand: echo\n")
    assert "code: ../../src\n" in out
    assert "  rate: 0.7\n  key: 'a: b'\n" in out
    assert "rate: 2\n" in aml(project, "render", "-V", "key=k", "-t", "two", "a").stdout
    assert aml(project, "render", "-V", "key=k").stdout.count("---\n") == 3


def test_pinned(project: Repo, tmp_path: Path) -> None:
    said = aml(project, "render", "-V", "key=k", "--pinned", "--out", str(tmp_path / "out")).stderr
    assert said == f"4 files written to {tmp_path / 'out'}.\n"
    texts = {path.stem: path.read_text() for path in (tmp_path / "out").rglob("*.yml")}
    version = texts["e"].splitlines()[-1].removeprefix("version: ").strip('"')
    assert version.startswith("c")
    assert f"environment: azureml:e:{version}\n" in texts["a"]
    assert f"environment: azureml:e:{version}\n" in texts["c"]
    assert "version" not in texts["m"], "only the workspace knows the number of a model"
    code = next(line.removeprefix("code: ") for line in texts["a"].splitlines() if line.startswith("code: "))
    assert (tmp_path / "out/jobs" / code).resolve() == project.root / "src"


def test_what_is_refused(project: Repo) -> None:
    said = aml(project, "render", "-V", "key=k", "--out", "specs/out", code=1).stderr
    assert said == "error: specs/out is among the specs, which would be read as specs again: choose another folder\n"
    assert "nothing matches 'x'; there is: " in aml(project, "render", "-V", "key=k", "x", code=1).stderr
    assert "'key' is no variable: write NAME=VALUE" in aml(project, "render", "-V", "key", code=1).stderr
    assert "no target 'x'" in aml(project, "render", "-t", "x", code=1).stderr


def test_validate_renders_as_for_a_target(project: Repo) -> None:
    said = aml(project, "validate", code=1).stderr
    assert said.startswith("specs/jobs/a.yml.j2:5:1: error: vars has no 'key'; there is: -; give it with -V key=...\n")
    assert aml(project, "validate", "-V", "key=k").stdout == "4 specs are valid.\n"
    assert aml(project, "validate", "-V", "key=k", "specs/jobs/a.yml.j2").stdout == "1 spec is valid.\n"
    (found,) = json.loads(aml(project, "validate", "--json", "specs/jobs/a.yml.j2", code=1).stdout)["diagnostics"]
    assert (found["file"], found["line"]) == ("specs/jobs/a.yml.j2", 5)


def test_validate_outside_of_a_project(folder: Repo) -> None:
    folder.write("jobs/a.yml.j2", "command: echo\nenvironment: {image: {{ vars.image }}}\n")
    assert aml(folder, "validate", "-V", "image=x", "jobs/a.yml.j2").stdout == "1 spec is valid.\n"
    assert "values has no 'x'" in _of(folder, "a: {{ values.x }}")


def _of(folder: Repo, text: str) -> str:
    folder.write("jobs/b.yml.j2", text)
    return aml(folder, "validate", "jobs/b.yml.j2", code=1).stderr
