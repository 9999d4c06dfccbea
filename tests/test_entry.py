"""`aml` as a process: what it imports, its help, its exit codes, and what it says when it breaks."""

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from runner import __version__
from runner.__main__ import run
from runner.cli.main import COMMANDS, cli
from tests.repositories import Repo

HEAVY = {"azure", "mlflow", "git", "starlette", "uvicorn", "httpx", "rich", "requests", "jinja2", "runner.emulator"}
SPIED = """
import json, sys
from runner.__main__ import run
code = run(sys.argv[1:])
sys.stdout.flush()
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""
JOB = "command: echo\nenvironment: azureml:AzureML-x@latest\ninputs: {a: 1}\n"


@pytest.fixture
def project(repo: Repo) -> Repo:
    """One resource of each kind."""
    repo.write("specs/project.yml", "version: 1\nproject: demo\n")
    repo.write("specs/compute/cpu.yml", "name: cpu\ntype: amlcompute\n")
    repo.write("specs/environments/e.yml", "name: e\nimage: x\nconda_file: {dependencies: [python]}\n")
    repo.write("specs/data/d.yml", "name: d\npath: https://example.com\n")
    repo.write("specs/jobs/j.yml", JOB)
    return repo


def aml(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `aml`."""
    return subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "80", "PYTHONPATH": str(Path(__file__).parents[1]), **variables},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["validate"], ["validate", "--json"], ["plan", "--help"], ["apply", "-h"]]
)
def test_what_is_quick_imports_nothing_heavy(project: Repo, arguments: list[str]) -> None:
    command = [sys.executable, "-c", SPIED, "-C", str(project.root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    code, modules = json.loads(done.stderr)
    assert code == 0
    loaded = {name for name in HEAVY for module in modules if module == name or module.startswith(f"{name}.")}
    assert loaded == set()


def test_pydantic_does_not_look_for_plugins(project: Repo) -> None:
    """runner.desired.schema puts an empty module in the place of the one that looks: it must still be the one."""
    code = "import importlib.util as u; print(u.find_spec('pydantic.plugin._loader').origin)"
    assert "_loader" in subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    spy = "import sys; from runner.__main__ import run; run(sys.argv[1:]); print('importlib.metadata' in sys.modules)"
    command = [sys.executable, "-c", spy, "-C", str(project.root), "validate"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout == "4 specs are valid.\nFalse\n"


def test_help_names_every_command_in_its_own_words() -> None:
    done = aml("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name, (_, words) in COMMANDS.items():
        assert f"  {name}" in done.stdout
        assert words in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_words_are_the_commands_own(name: str) -> None:
    module, words = COMMANDS[name]
    command = importlib.import_module(f"runner.cli.{module}").command
    assert (command.name, command.short_help) == (name, words)
    assert command.help.startswith(words.removesuffix("."))


def every_command() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"runner.cli.{COMMANDS[name][0]}").command
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", command.commands[inner]) for inner in sorted(command.commands)]
    return found


@pytest.mark.parametrize(("name", "command"), every_command(), ids=[name for name, _ in every_command()])
def test_every_command_and_option_has_its_help(name: str, command: click.Command) -> None:
    assert command.help
    assert command.short_help
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    assert [each.name for each in options if not each.help] == []
    with pytest.raises(SystemExit) as stopped:
        cli.main([*name.split(), "--help"], prog_name="aml")
    assert stopped.value.code == 0


def test_help_fits_a_terminal_of_80_columns() -> None:
    assert max(map(len, aml("--help").stdout.splitlines())) <= 80
    assert max(map(len, aml("apply", "--help").stdout.splitlines())) <= 80


def test_version() -> None:
    assert aml("--version").stdout == f"aml, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["validate"], 0),
        (["nope"], 1),
        (["plan", "--nope"], 1),
        (["plan", "-t", "nope"], 1),
        (["plan", "-t"], 1),
    ],
)
def test_exit_codes_without_a_traceback(project: Repo, arguments: list[str], code: int) -> None:
    done = aml(*arguments, cwd=project.root)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == (code != 0)


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
def test_no_colour_where_nobody_looks(project: Repo, variables: dict[str, str]) -> None:
    project.write("specs/jobs/bad.yml", "x: 1\n")
    done = aml("validate", cwd=project.root, **variables)
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_installed(shell: str) -> None:
    done = aml(_AML_COMPLETE=f"{shell}_source")
    assert done.returncode == 0
    assert "_AML_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("aml ", list(COMMANDS)),
        ("aml wo", ["workspace"]),
        ("aml workspace st", ["start", "status", "stop"]),
        ("aml schema data", ["data", "datastore"]),
        ("aml init --ex", ["--example"]),
    ],
)
def test_completion(words: str, expected: list[str]) -> None:
    done = aml(_AML_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split(" ")) - 1))
    assert sorted(line.removeprefix("plain,") for line in done.stdout.splitlines()) == sorted(expected)


BROKEN = """
import sys
import runner.cli.validate as module
def broken(*_, **__):
    raise {error}
module.command.callback = broken
from runner.__main__ import main
sys.argv = ["aml", "validate"]
main()
"""


def broken(error: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    command = [sys.executable, "-c", BROKEN.format(error=error)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_a_bug_of_ours_is_one_line_and_a_hint() -> None:
    done = broken("KeyError('x\\n\\x1b[31m::add-mask::')")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0].startswith("error: this is a bug of ours: KeyError: ")
    assert lines[1:] == ["  AML_DEBUG=1 shows where; please report it"]
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("error", ["KeyError('x')", "OSError('y')"])
def test_debugging_shows_where(error: str) -> None:
    done = broken(error, AML_DEBUG="1")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")


def test_the_machines_trouble_is_no_bug() -> None:
    done = broken("PermissionError(13, 'Permission denied', 'specs/x')")
    assert (done.returncode, done.stderr) == (1, "error: [Errno 13] Permission denied: 'specs/x'\n")


def test_an_error_is_one_line_whatever_is_in_it() -> None:
    done = broken("module.InvalidSpecsError([])")
    assert (done.returncode, done.stderr) == (1, "error: 0 errors in the specs; nothing was sent\n")


def test_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    done = broken("KeyboardInterrupt")
    assert done.returncode == 130
    assert done.stderr.strip() == "interrupted; nothing more is sent, what runs goes on"
    assert run(["--version"]) == 0
    assert capsys.readouterr().out


def test_interrupted_by_a_signal() -> None:
    # Who starts the tests in the background may have told them to ignore the signal, and children inherit that.
    heard = "    import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    sleeping = BROKEN.replace("    raise {error}", f"{heard}    print('ready', flush=True); time.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, "-c", sleeping], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.strip() == "interrupted; nothing more is sent, what runs goes on"


def test_a_reader_that_went_away_is_no_traceback(project: Repo) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "runner", "-C", str(project.root), "validate"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_full_disk_is_one_line(project: Repo) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "runner", "-C", str(project.root), "validate"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr
