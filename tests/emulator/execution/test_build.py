"""Real environments, built by uv from the package index."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from runner.emulator.execution import store
from runner.emulator.execution.build import Builder, differences
from runner.emulator.execution.interpreter import Interpreter, choose
from runner.emulator.execution.journal import Journal
from runner.emulator.execution.overlay import lay_over
from runner.emulator.execution.problems import EnvironmentBuildError, JobCanceledError
from runner.emulator.execution.request import Environment
from runner.emulator.execution.resolve import resolve

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
SIX = Environment("azureml:six:1", conda={"dependencies": [f"python={OWN}", "pip", {"pip": ["six==1.16.0"]}]})


class Site:
    """A folder of environments and one journal."""

    def __init__(self, root: Path) -> None:
        self.envs = root / "envs"
        self.journal = Journal(root / "system_logs" / "environment.txt")
        self.details: list[str] = []

    async def build(
        self, environment: Environment, stop: asyncio.Event | None = None
    ) -> tuple[store.Built, tuple[str, ...]]:
        stop = stop or asyncio.Event()
        return await Builder(self.envs, self.journal, self.details.append, stop).build(environment)

    def log(self) -> str:
        return self.journal.path.read_text()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def run_python(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_built_once_then_found(site: Site) -> None:
    built, substitutions = asyncio.run(site.build(SIX))
    assert run_python(built.path / "bin" / "python", "import six; print(six.__version__)") == "1.16.0"
    assert set(built.packages) == {"six", "pip"}
    assert substitutions == ()
    assert site.details == ["building environment azureml:six:1", "installing 2 packages"]
    os.utime(built.path / "environment.json", (0, 0))

    again, _ = asyncio.run(site.build(replace(SIX, name="another name, the same content")))
    assert again == built
    assert len(site.details) == 2
    assert "was built before" in site.log()
    assert (built.path / "environment.json").stat().st_mtime > 0  # the last use


def test_two_at_once_build_once(site: Site) -> None:
    async def both() -> list[tuple[store.Built, tuple[str, ...]]]:
        return await asyncio.gather(site.build(SIX), site.build(SIX))

    first, second = asyncio.run(both())
    assert first == second
    assert site.log().count("Creating virtual environment") == 1


def test_an_interrupted_build_is_redone(site: Site) -> None:
    built, _ = asyncio.run(site.build(SIX))
    (built.path / "environment.json").unlink()  # as if the machine had died before the end
    (built.path / "ruin").touch()
    asyncio.run(site.build(SIX))
    assert not (built.path / "ruin").exists()
    assert (built.path / "environment.json").exists()


@pytest.mark.parametrize(
    ("requirement", "message"),
    [("six==99", "no version of six==99"), ("six=1", "parse"), ("aml-runner-has-no-such-package", "not found")],
)
def test_what_cannot_be_installed_is_one_sentence(site: Site, requirement: str, message: str) -> None:
    broken = Environment("azureml:broken:1", conda={"dependencies": [{"pip": [requirement]}]})
    with pytest.raises(EnvironmentBuildError) as caught:
        asyncio.run(site.build(broken))
    text = str(caught.value)
    assert text.startswith("environment azureml:broken:1 could not be built: ")
    assert message in text
    assert text.endswith("the whole log is system_logs/environment.txt")
    assert "\n" not in text
    assert message in site.log()


def test_cancel_ends_a_build(site: Site) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        stop.set()
        await site.build(SIX, stop)

    with pytest.raises(JobCanceledError):
        asyncio.run(run())
    assert not list(site.envs.glob("*/environment.json"))


def test_cancel_ends_the_wait_for_another_builder(site: Site) -> None:
    async def run() -> None:
        path = site.envs / store.key_of(resolve(SIX), await choose(OWN))
        async with store.building(path, asyncio.Event()):
            stop = asyncio.Event()
            waiting = asyncio.ensure_future(site.build(SIX, stop))
            await asyncio.sleep(0.01)
            stop.set()
            await waiting

    with pytest.raises(JobCanceledError, match="another job"):
        asyncio.run(run())


def test_the_right_to_build_ends_with_its_holder(site: Site) -> None:
    """A daemon that is killed in the middle of a build must not block the next one."""
    code = (
        "import asyncio, pathlib, sys\n"
        "from runner.emulator.execution import store\n"
        "async def hold():\n"
        "    async with store.building(pathlib.Path(sys.argv[1]), asyncio.Event()):\n"
        "        print('held', flush=True); await asyncio.sleep(60)\n"
        "asyncio.run(hold())\n"
    )
    path = site.envs / "key"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.send_signal(signal.SIGKILL)

    async def take() -> None:
        async with asyncio.timeout(5), store.building(path, asyncio.Event()):
            pass

    asyncio.run(take())


def test_a_python_that_is_not_here_relaxes_pins_and_says_so(site: Site) -> None:
    """six 0.9 exists for no Python at all: what stands in for it is the nearest newer one."""
    old = Environment("old", conda={"channels": ["defaults"], "dependencies": ["python=3.7", "six=0.9.99"]})
    built, substitutions = asyncio.run(site.build(old))
    assert substitutions == (
        "conda channels defaults -> the Python package index",
        f"python 3.7 -> {OWN} (3.7 is no longer supported by current packages)",
        f"six 0.9.99 -> {built.packages['six']}",
    )
    assert "trying again with newer versions" in site.log()


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [("", ""), (OWN, ""), ("3.6", "no longer supported"), ("3.99", "not on this machine"), (">=3.99", "not on this")],
)
def test_the_python_that_is_chosen(wanted: str, reason: str) -> None:
    chosen = asyncio.run(choose(wanted))
    assert chosen.version.startswith(OWN + ".")
    assert reason in chosen.substitution
    assert bool(chosen.substitution) == bool(reason)


def test_a_range_is_met_by_a_python_of_this_machine() -> None:
    chosen = asyncio.run(choose(f">={OWN}"))
    assert chosen == Interpreter(chosen.version, chosen.version)


def test_differences() -> None:
    wanted = {"lightgbm": "3.2", "scikit_learn": "1.5", "Pandas": "2.3.3", "dask": "2021.6", "xgboost": "1.4"}
    installed = {"lightgbm": "4.7.0", "scikit-learn": "1.5.2", "pandas": "2.3.3"}
    assert differences(wanted, installed) == ["lightgbm 3.2 -> 4.7.0", "left out: dask 2021.6, xgboost 1.4"]


def test_a_job_installs_into_its_own_layer(site: Site, tmp_path: Path) -> None:
    built, _ = asyncio.run(site.build(SIX))
    lay_over(built, tmp_path / "layer")
    bin_dir = tmp_path / "layer" / "bin"
    assert run_python(bin_dir / "python", "import six, sys; print(six.__version__, sys.prefix)") == (
        f"1.16.0 {tmp_path / 'layer'}"
    )
    install = [bin_dir / "pip", "install", "-q", "--disable-pip-version-check", "six==1.17.0"]
    subprocess.run(install, check=True, capture_output=True)
    assert run_python(bin_dir / "python", "import six; print(six.__version__)") == "1.17.0"
    assert run_python(built.path / "bin" / "python", "import six; print(six.__version__)") == "1.16.0"


def test_the_marker_is_readable(site: Site) -> None:
    built, _ = asyncio.run(site.build(SIX))
    record = json.loads((built.path / "environment.json").read_text())
    assert record["packages"]["six"] == "1.16.0"
    assert store.load(built.path) == built
    assert not [process for process in psutil.Process().children() if process.name() == "uv"]
