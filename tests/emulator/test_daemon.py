"""The daemon as a process: started once, found again, private, on loopback only, ended and wiped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from runner.emulator import daemon
from runner.emulator.endpoint import Endpoint
from runner.emulator.settings import StateDir
from tests.emulator.conftest import Api, Running, run_command, started, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Running]:
    found = started(tmp_path / "state")
    yield found
    daemon.stop(found.state)


def pid_of(state_dir: Path) -> int:
    endpoint = Endpoint.read(StateDir(state_dir).endpoint)
    assert endpoint is not None
    return endpoint.pid


def test_starts_once_however_many_ask_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: run_command(tmp_path / "s", "start"), range(3)))
    assert [(result.returncode, result.stdout) for result in results] == [(0, "")] * 3
    assert all(result.stderr.startswith("The embedded workspace runs at https://127.0.0.1:") for result in results)
    first = pid_of(tmp_path / "s")
    assert run_command(tmp_path / "s", "start").returncode == 0
    assert pid_of(tmp_path / "s") == first
    serving = [process for process in psutil.process_iter() if _serves(process, tmp_path / "s")]
    assert [process.pid for process in serving] == [first]
    assert run_command(tmp_path / "s", "stop").returncode == 0
    assert not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE


def _serves(process: psutil.Process, state_dir: Path) -> bool:
    try:
        return "serve" in process.cmdline() and process.environ().get("AML_STATE_DIR") == str(state_dir)
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False


def test_status_and_env(own: Running) -> None:
    status = run_command(own.state.root, "status", "--json")
    shown = json.loads(status.stdout)
    assert (status.returncode, shown["running"], shown["base_url"]) == (0, True, own.endpoint.base_url)
    assert own.endpoint.identity_header not in status.stdout
    lines = run_command(own.state.root, "env").stdout.splitlines()
    assert all(line.startswith("export ") and line.endswith("'") for line in lines)
    script = "\n".join([*lines, "echo $WS_NAME $RESOURCE_GROUP"])
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True).stdout == "embedded local\n"


def test_nothing_runs(tmp_path: Path) -> None:
    assert run_command(tmp_path / "none", "status").returncode == 3
    asked = run_command(tmp_path / "none", "env")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr.startswith("error: The embedded workspace is not running")
    assert run_command(tmp_path / "none", "stop").returncode == 0
    assert run_command(tmp_path / "none", "reset").returncode == 0


def test_quick_commands_load_no_server() -> None:
    code = (
        "import sys; import runner.emulator.commands; "
        "print([name for name in ('starlette', 'uvicorn', 'mlflow', 'jwt', 'trustme', 'azure') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_state_is_private_and_the_port_is_on_loopback(own: Running) -> None:
    assert own.state.root.stat().st_mode & 0o777 == 0o700
    for path in (own.state.endpoint, own.state.secrets, own.state.database, own.state.tls / "ca.key.pem"):
        assert path.stat().st_mode & 0o777 == 0o600, path
    listening = [
        connection.laddr.ip
        for connection in psutil.Process(own.endpoint.pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


def test_a_restart_keeps_authority_port_and_secrets(own: Running) -> None:
    daemon.stop(own.state)
    assert Endpoint.read(own.state.endpoint) is None
    again = daemon.start(own.state, 600)
    assert again.base_url == own.endpoint.base_url
    assert again.identity_header == own.endpoint.identity_header
    context = ssl.create_default_context(cafile=own.endpoint.ca_file)
    assert httpx.get(own.endpoint.metadata_url, verify=context).status_code == 200


def test_a_taken_port_is_no_obstacle(own: Running) -> None:
    daemon.stop(own.state)
    port = int(own.endpoint.base_url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        assert daemon.start(own.state, 600).base_url != own.endpoint.base_url


def test_a_second_server_refuses_the_state(own: Running) -> None:
    second = run_command(own.state.root, "serve")
    assert second.returncode == 1
    assert second.stderr.startswith("error: An embedded workspace already runs on")


def test_stops_by_itself_when_idle(tmp_path: Path) -> None:
    assert run_command(tmp_path / "s", "start", "--idle", "0.4").returncode == 0
    until(lambda: not daemon.is_locked(StateDir(tmp_path / "s").lock))
    assert not StateDir(tmp_path / "s").endpoint.exists()


def test_stops_when_its_state_is_deleted(tmp_path: Path) -> None:
    assert run_command(tmp_path / "s", "start", "--idle", "4").returncode == 0
    pid = pid_of(tmp_path / "s")
    shutil.rmtree(tmp_path / "s")
    until(lambda: not _serves(psutil.Process(pid), tmp_path / "s") if psutil.pid_exists(pid) else True, seconds=3.5)


def test_one_whose_state_was_deleted_leaves_the_next_alone(own: Running) -> None:
    shutil.rmtree(own.state.root)
    following = daemon.start(own.state, idle_seconds=600)
    if psutil.pid_exists(own.endpoint.pid):
        psutil.Process(own.endpoint.pid).wait(timeout=60)
    assert daemon.running(own.state) == following


def test_reset_deletes_what_is_ours_and_nothing_else(own: Running) -> None:
    stray = own.state.root / "thesis.tex"
    stray.write_text("years of work")
    refused = run_command(own.state.root, "reset")
    assert (refused.returncode, stray.exists()) == (1, True)
    assert "it also holds thesis.tex" in refused.stderr
    stray.unlink()
    assert run_command(own.state.root, "reset").returncode == 0
    assert not own.state.root.exists()


def test_reset_refuses_an_unmarked_directory(tmp_path: Path) -> None:
    refused = run_command(tmp_path, "reset")
    assert (refused.returncode, tmp_path.exists()) == (1, True)
    assert "does not carry our mark" in refused.stderr


def test_start_refuses_a_directory_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    refused = run_command(tmp_path, "start")
    assert refused.returncode == 1
    assert "holds files that are not an embedded workspace's" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_answers_are_not_held_back(own: Running) -> None:
    """Without TCP_NODELAY each would take 40 ms."""
    api = Api(own)
    begun = time.monotonic()
    for _ in range(25):
        api.get("")
    api.close()
    assert time.monotonic() - begun < 0.8


@pytest.mark.e2e
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "crashed"])
def test_jobs_that_ran_when_it_ended_fail_with_a_reason(own: Running, sign: signal.Signals) -> None:
    api = Api(own)
    try:
        api.submit("sleeper", "echo $$; exec sleep 600").raise_for_status()
        assert api.wait("sleeper", "Running") == "Running"
        until(lambda: bool(api.log("sleeper").strip()))
        job_pid = int(api.log("sleeper"))
    finally:
        api.close()
    os.kill(own.endpoint.pid, sign)
    until(lambda: not daemon.is_locked(own.state.lock))
    again = Api(Running(own.state, daemon.start(own.state, 600)))
    try:
        assert again.wait("sleeper") == "Failed"
        assert again.reason("sleeper") == (
            "WorkspaceStopped",
            "the embedded workspace stopped while it ran; submit it again",
        )
    finally:
        again.close()
    until(lambda: not psutil.pid_exists(job_pid))


@pytest.mark.e2e
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "crashed"])
def test_sweeps_and_pipelines_that_ran_when_it_ended_fail_with_their_parts(own: Running, sign: signal.Signals) -> None:
    api = Api(own)
    try:
        trial = {"command": "sleep 60${{search_space.x}}", "environmentId": api.plain_environment()}
        sweep = {
            "trial": trial,
            "searchSpace": {"x": ["choice", [[1, 2, 3]]]},
            "samplingAlgorithm": {"samplingAlgorithmType": "Grid"},
            "objective": {"goal": "minimize", "primaryMetric": "m"},
        }
        api.put("jobs/sweep", jobType="Sweep", limits={"maxConcurrentTrials": 1}, **sweep).raise_for_status()
        spec = {"type": "command", "command": "sleep 600", "environment": "azureml:plain:1"}
        files = {"inputs": {"i": {"type": "uri_file", "optional": True}}, "outputs": {"o": {"type": "uri_file"}}}
        api.put("components/c/versions/1", componentSpec={**spec, **files}).raise_for_status()
        second = {"componentId": "azureml:c:1", "inputs": {"i": {"value": "${{parent.jobs.a.outputs.o}}"}}}
        steps = {"a": {"componentId": "azureml:c:1"}, "b": second}
        api.put("jobs/pipeline", jobType="Pipeline", jobs=steps).raise_for_status()
        until(lambda: parts(api, "sweep") == ["Running"] and parts(api, "pipeline") == ["Running", "NotStarted"])
    finally:
        api.close()
    os.kill(own.endpoint.pid, sign)
    until(lambda: not daemon.is_locked(own.state.lock))
    again = Api(Running(own.state, daemon.start(own.state, 600)))
    try:
        for name, expected in (("sweep", ["Failed"]), ("pipeline", ["Failed", "Canceled"])):
            assert (again.wait(name), again.reason(name)[0]) == ("Failed", "WorkspaceStopped")
            assert parts(again, name) == expected
    finally:
        again.close()


def parts(api: Api, name: str) -> list[str]:
    """The statuses of a sweep's trials or a pipeline's steps."""
    found = api.call("GET", f"runs/{name}/children", service="/history/v1.0").json()["value"]
    return [child["status"] for child in found]
