"""Whole jobs: real environments, real processes, every way to end."""

import asyncio
import time
from pathlib import Path

import psutil
import pytest

from runner.emulator.execution.request import Environment, Input, Output
from tests.emulator.execution.conftest import Workplace


def wait_for(path: Path) -> bool:
    return path.exists() and bool(path.read_text())


def test_a_job_that_completes(workplace: Workplace, tmp_path: Path) -> None:
    code = tmp_path / "code"
    (code / "pkg").mkdir(parents=True)
    (code / "main.py").write_text("import sys, pkg.part; print('got', sys.argv[1:])\n")
    (code / "pkg" / "part.py").touch()
    (tmp_path / "data.csv").write_text("x\n")
    outcome = workplace.run(
        "python main.py ${{inputs.rate}} $(cat ${{inputs.csv}}) $[[--no ${{inputs.no}}]] && "
        "mkdir outputs && echo m > outputs/m.txt && echo o > ${{outputs.model}}/o.txt && echo f > ${{outputs.report}}",
        code=code,
        inputs=(Input("rate", "literal", "0.9"), Input("csv", "uri_file", tmp_path / "data.csv")),
        outputs=(
            Output("model", "uri_folder", tmp_path / "kept" / "model"),
            Output("report", "uri_file", tmp_path / "kept" / "report.txt"),
        ),
    )
    assert (outcome.status, outcome.exit_code, outcome.error) == ("Completed", 0, "")
    assert workplace.log() == "got ['0.9', 'x']\n"
    assert (tmp_path / "kept" / "model" / "o.txt").read_text() == "o\n"
    assert (tmp_path / "kept" / "report.txt").read_text() == "f\n"
    assert (tmp_path / "blobs" / "job" / "outputs" / "m.txt").read_text() == "m\n"
    assert set(outcome.seconds) == {"inputs", "environment", "user", "outputs"}
    assert outcome.substitutions[0].startswith("image python -> ")
    assert [phase for phase, _ in workplace.phases][-2:] == ["running", "finalizing"]
    assert not (tmp_path / "work" / "job").exists()
    assert "Completed" in workplace.system_log("lifecycle.txt")
    assert "substituted: image python" in workplace.system_log("environment.txt")


@pytest.mark.parametrize(
    ("command", "error", "exit_code"),
    [
        ("echo first; echo bad luck >&2; exit 3", "the command exited with code 3; last line of its log: bad luck", 3),
        ("exit 4", "the command exited with code 4; it wrote no log", 4),
        (
            "kill -9 $$",
            "the command was killed by signal 9 (SIGKILL), which is often the system running out of memory",
            -9,
        ),
        ("bash -c 'kill -11 $$'; exit $?", "the command was killed by signal 11 (SIGSEGV)", 139),
        ("no-such-tool --x", "no-such-tool: command not found", 127),
        ("echo token-1234567; exit 1", "last line of its log: ***", 1),
    ],
)
def test_a_job_that_fails(workplace: Workplace, command: str, error: str, exit_code: int) -> None:
    outcome = workplace.run(command, context_variables={"MLFLOW_TRACKING_TOKEN": "token-1234567"})
    assert (outcome.status, outcome.error_code, outcome.exit_code) == ("Failed", "UserError", exit_code)
    assert error in outcome.error
    assert "\n" not in outcome.error


def test_outputs_of_a_failed_job_are_kept(workplace: Workplace) -> None:
    workplace.run("mkdir outputs logs; echo half > outputs/half.txt; echo l > logs/l.txt; exit 1")
    assert (workplace.root / "blobs" / "job" / "outputs" / "half.txt").read_text() == "half\n"
    assert (workplace.root / "blobs" / "job" / "logs" / "l.txt").exists()


def test_a_job_that_outlives_its_timeout(workplace: Workplace) -> None:
    outcome = workplace.run("echo alive; sleep 60", timeout=0.2)
    assert (outcome.status, outcome.error_code) == ("Failed", "JobTimedOut")
    assert outcome.error == "the command timed out after 0.2 s (limits.timeout)"
    assert workplace.log() == "alive\n"


def test_a_cancel_reaches_grandchildren_that_ignore_it(workplace: Workplace, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = f"trap '' TERM; (trap '' TERM; sleep 60; sleep 60) & echo $! $$ > {pids}; wait; sleep 60; sleep 60"
    outcome = asyncio.run(workplace.run_and_cancel(command, lambda: wait_for(pids)))
    assert (outcome.status, outcome.error_code) == ("Canceled", "Canceled")
    for pid in map(int, pids.read_text().split()):
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_cancel_before_the_command(workplace: Workplace) -> None:
    outcome = asyncio.run(workplace.run_and_cancel("echo never", lambda: True))
    assert outcome.status == "Canceled"
    assert workplace.log() == ""


def test_the_log_grows_while_the_job_runs(workplace: Workplace) -> None:
    """Followers see a line when it is printed, not when a buffer is full."""
    log = workplace.root / "blobs" / "job" / "user_logs" / "std_log.txt"
    command = "python -c 'import time; print(\"now\"); time.sleep(60)'"
    outcome = asyncio.run(workplace.run_and_cancel(command, lambda: wait_for(log)))
    assert outcome.status == "Canceled"
    assert workplace.log() == "now\n"


@pytest.mark.parametrize(
    ("rest", "code", "error"),
    [
        ({"inputs": (Input("csv", "uri_file", "absent", uri="azureml:iris:1"),)}, "InputNotFound", "azureml:iris:1"),
        ({"environment": Environment("azureml:none:1")}, "EnvironmentBuildFailed", "azureml:none:1"),
        (
            {"environment": Environment("azureml:bad:1", conda={"dependencies": [{"pip": ["six==99"]}]})},
            *("EnvironmentBuildFailed", "no version of six==99"),
        ),
        ({"inputs": ()}, "UserError", "${{inputs.csv}}"),
    ],
)
def test_a_job_that_never_starts(workplace: Workplace, rest: dict[str, object], code: str, error: str) -> None:
    command = "echo ${{inputs.csv}}" if "inputs" in rest else "echo"
    outcome = workplace.run(command, **rest)
    assert (outcome.status, outcome.error_code) == ("Failed", code)
    assert error in outcome.error
    assert workplace.log() == ""
    assert outcome.error in workplace.system_log("lifecycle.txt")


def test_what_a_job_is_told_and_what_not(workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAEMON_SECRET", "hunter2")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "data").mkdir()
    workplace.run(
        "env; ulimit -c; umask; pwd; python -c 'import sys; print(sys.stdin.read() == \"\")'",
        inputs=(Input("data", "uri_folder", tmp_path / "data"), Input("n", "literal", "5")),
        outputs=(Output("model", "uri_folder", tmp_path / "kept"),),
        context_variables={"AZUREML_RUN_ID": "job", "MODE": "context"},
        environment_variables={"MODE": "own"},
    )
    log = workplace.log()
    lines = log.splitlines()
    work = tmp_path / "work" / "job"
    assert "hunter2" not in log
    assert "PYTHONDONTWRITEBYTECODE" not in log
    for expected in (
        *("AZUREML_RUN_ID=job", "MODE=own", "AZURE_ML_INPUT_n=5", f"AZURE_ML_INPUT_data={work}/inputs/data"),
        *(f"AZUREML_DATAREFERENCE_data={work}/inputs/data", f"AZURE_ML_OUTPUT_model={work}/outputs/model"),
        *(f"TMPDIR={work}/tmp", "0", "0077", f"{work}/wd", "True"),
    ):
        assert expected in lines, expected


def test_from_run_to_spawn_takes_no_time(workplace: Workplace) -> None:
    workplace.run("true")
    took = []
    for _ in range(3):
        workplace.phases.clear()
        begun = time.monotonic()
        outcome = workplace.run("date +%s.%N")
        took.append(time.monotonic() - begun - outcome.seconds["user"])
    assert min(took) < 0.3
