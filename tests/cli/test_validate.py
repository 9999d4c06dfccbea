"""`aml validate`: what a person sees, what a program reads, and the exit codes."""

import json
from pathlib import Path

import pytest

from runner.__main__ import run
from tests.desired.conftest import PROJECT
from tests.repositories import Repo

JOB = "command: echo\nenvironment: azureml:AzureML-x@latest\n"
BAD = {
    "specs/compute/gpu.yml": "name: gpu\ntype: amlcompute\nmax_instances: many\n",
    "specs/data/twice.yml": "name: a\nname: b\npath: https://example.com\n",
    "specs/data/gone.yml": "name: gone\ntype: uri_file\npath: gone.csv\n",
    "specs/data/broken.yml": "name: [\n",
    "specs/jobs/empty.yml": "",
    "specs/jobs/typo.yml": f"{JOB}environmnt: x\n",
    "specs/jobs/undefined.yml": "command: echo\nenvironment: azureml:nothing@latest\n",
}
OR_EXTERNAL = "define it, or list it under external: in specs/project.yml if others own it"
FOUND = [
    ("specs/compute/gpu.yml", 3, 16, "max_instances: expected a whole number, not 'many'"),
    ("specs/data/broken.yml", 2, 1, "not YAML: did not find expected node content"),
    ("specs/data/gone.yml", 3, 7, "path: 'gone.csv' does not exist"),
    ("specs/data/twice.yml", 2, 1, "duplicate key 'name'; the first is at specs/data/twice.yml:1:1"),
    ("specs/jobs/empty.yml", 1, 1, "is empty: no resource in it"),
    ("specs/jobs/typo.yml", 3, 1, "unknown field 'environmnt', did you mean 'environment'?"),
    (
        "specs/jobs/undefined.yml",
        2,
        14,
        f"environment: no spec defines environment/nothing; {OR_EXTERNAL}",
    ),
]


@pytest.fixture
def good(repo: Repo) -> Repo:
    repo.write("specs/project.yml", PROJECT)
    repo.write("specs/jobs/a.yml", JOB)
    return repo


@pytest.fixture
def bad(good: Repo) -> Repo:
    for name, text in BAD.items():
        good.write(name, text)
    return good


def test_valid(good: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(good.root), "validate"]) == 0
    assert capsys.readouterr() == ("1 spec is valid.\n", "")
    good.write("specs/jobs/b.yml", JOB)
    assert run(["-C", str(good.root / "specs" / "jobs"), "validate"]) == 0
    assert capsys.readouterr() == ("2 specs are valid.\n", "")


def test_valid_as_json(good: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(good.root), "validate", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"valid": True, "diagnostics": []}, "")


def test_every_problem_at_once(bad: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(bad.root), "validate"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        *(f"{file}:{line}:{column}: error: {message}" for file, line, column, message in FOUND),
        "error: 7 errors in the specs; nothing was sent",
    ]


def test_every_problem_as_json(bad: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(bad.root), "validate", "--json"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "valid": False,
        "diagnostics": [
            {"severity": "error", "message": message, "file": file, "line": line, "column": column}
            for file, line, column, message in FOUND
        ],
    }


def test_single_files(folder: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.root)
    folder.write("job.yml", f"type: command\ncompute: azureml:elsewhere\n{JOB}")
    folder.write("bad.yml", f"type: command\n{JOB}cod: x\n")
    assert run(["validate", "job.yml"]) == 0
    assert capsys.readouterr().out == "1 spec is valid.\n"
    assert run(["validate", "job.yml", "bad.yml"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "bad.yml:4:1: error: unknown field 'cod', did you mean 'code'?",
        "error: 1 error in the specs; nothing was sent",
    ]


def test_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path), "validate"]) == 1
    assert capsys.readouterr() == ("", f"error: no specs/project.yml in {tmp_path.resolve()} or above it\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["validate", "nope.yml"], "Error: Invalid value for '[FILE]...': File 'nope.yml' does not exist."),
        (["validate", "--nope"], "Error: No such option '--nope'."),
        (["nope"], "Error: No such command 'nope'."),
        (["-C", "nope", "validate"], "Error: Invalid value for '-C': Directory 'nope' does not exist."),
    ],
)
def test_what_is_no_command_is_an_error(
    arguments: list[str],
    message: str,
    folder: Repo,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder.root)
    assert run(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == message


def test_a_warning_leaves_a_file_valid(folder: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder.write("cpu.yml", "type: amlcompute\nname: <name>\n")
    assert run(["validate", str(path)]) == 0
    assert capsys.readouterr() == ("1 spec is valid.\n", f"{path}:2:7: warning: name: '<name>' is to be filled in\n")
    assert run(["validate", "--json", str(path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], [each["severity"] for each in told["diagnostics"]]) == (True, ["warning"])


def test_nothing_steers_the_terminal(good: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    good.write("specs/jobs/x.yml", f'{JOB}inputs:\n  "\\e[31m\\n::add-mask::\\u202e": [1]\n')
    good.write("specs/jobs/\x1b[2Jy.yml", f"{JOB}code: gone\n")
    assert run(["-C", str(good.root), "validate"]) == 1
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 4
    assert not set(err) & set("\x1b\u202e")
    assert not any(line.startswith("::") for line in err.splitlines())


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"], ["status"], ["logs", "a"], ["cancel", "a"]])
def test_wrong_specs_stop_every_command_before_anything_starts(
    bad: Repo,
    command: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AML_STATE_DIR", str(tmp_path / "state"))
    assert run(["-C", str(bad.root), *command]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "error: 7 errors in the specs; nothing was sent"
    assert not (tmp_path / "state").exists()
