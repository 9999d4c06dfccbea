"""One workspace for all facts, a prefix for everything that is made, and the report.

Without VERIFY it is an embedded workspace, whatever the environment names: `make test` never meets Azure.
"""

import os
import secrets
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError

from runner import __version__
from runner.emulator import daemon
from runner.emulator.client import tracking_token
from runner.emulator.endpoint import client_variables
from runner.emulator.settings import StateDir
from tests.contract.cleaning import clean
from tests.contract.place import COORDINATES, Arm, Place, given
from tests.contract.report import Verdict, render

VERDICTS = pytest.StashKey[dict[str, Verdict]]()
LEFT = pytest.StashKey[list[str]]()
HEAD = pytest.StashKey[list[tuple[str, str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """The SDK's own warnings are not ours to mend."""
    config.addinivalue_line("filterwarnings", "ignore:The use of a 'BlobProperties':DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore:content_as_bytes is deprecated:DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore::marshmallow.warnings.Marshmallow4Warning")
    config.stash[VERDICTS], config.stash[LEFT], config.stash[HEAD] = {}, [], []


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Place]:
    """The workspace."""
    try:
        found = given(os.environ) if os.environ.get("VERIFY") else None
    except ValueError as problem:
        pytest.exit(str(problem), returncode=1)
    state = None
    if found is None:
        state = StateDir(tmp_path_factory.mktemp("contract") / "state")
        endpoint = daemon.start(state, idle_seconds=3600)
        variables = client_variables(endpoint, tracking_token(endpoint))
        found = Place(*(variables[name] for name in COORDINATES), variables, paid=True)
    pytestconfig.stash[HEAD] += [
        ("workspace", f"`{found.name}` in `{found.group}` at {found.arm}"),
        ("date", datetime.now(UTC).date().isoformat()),
        ("aml-runner", __version__),
        ("azure-ai-ml", version("azure-ai-ml")),
        ("jobs", "ran" if found.paid else "did not run: PAID=1 lets them"),
    ]
    yield found
    if state:
        daemon.stop(state)


@pytest.fixture(scope="session")
def prefix() -> str:
    """What every name begins with: VERIFY_PREFIX, to clean up after a run that was killed, else a new one."""
    return os.environ.get("VERIFY_PREFIX", "") or f"amlv{secrets.token_hex(3)}"


@pytest.fixture(scope="session")
def arm(place: Place, prefix: str, pytestconfig: pytest.Config) -> Iterator[Arm]:
    """Plain REST. In the end everything with the prefix is removed, also after a failure."""
    with place.entered():
        made = Arm(place)
        _greet(made)
    yield made
    with place.entered():
        left = clean(made, prefix)
    made.close()
    pytestconfig.stash[LEFT].extend(left)
    assert left == []


def _greet(arm: Arm) -> None:
    """Ends everything with one line when there is nothing to hold facts against."""
    try:
        assert arm.facts["location"]
    except (ClientAuthenticationError, httpx.HTTPError, pytest.skip.Exception) as problem:
        pytest.exit(f"{arm.place.name}: {str(problem).splitlines()[0]}", returncode=1)


@pytest.fixture(scope="session")
def sdk(place: Place) -> Any:
    """The unmodified SDK."""
    from azure.ai.ml import MLClient
    from azure.identity import DefaultAzureCredential

    with place.entered():
        return MLClient(DefaultAzureCredential(), place.subscription, place.group, place.name)


@pytest.fixture(scope="session")
def fresh(prefix: str) -> Callable[[], str]:
    """Names that nothing has yet, and every kind of resource may have."""
    numbers = count(1)
    return lambda: f"{prefix}x{next(numbers)}"


@pytest.fixture
def name(fresh: Callable[[], str]) -> str:
    """One such name."""
    return fresh()


@pytest.fixture(autouse=True)
def _inside(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests of facts run in the environment of a script; the SDK reads it at every call."""
    if not request.node.get_closest_marker("contract"):
        yield
        return
    with request.getfixturevalue("place").entered():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Writes down the verdict. What a teardown says is about cleaning, and no second word on the fact."""
    report = yield
    if item.get_closest_marker("contract") and (report.when == "call" or not report.passed):
        verdict = _verdict(item, report, call)
        item.config.stash[VERDICTS].setdefault(verdict.fact, verdict)
    return report


def _verdict(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> Verdict:
    fact = "/".join(part.removeprefix("test_").replace("_", "-") for part in (item.path.stem, item.name))
    sentence = " ".join((getattr(item, "obj", item).__doc__ or "").split())
    seen = str(call.excinfo.value) if call.excinfo else ""
    if report.passed:
        return Verdict(fact, sentence, "holds")
    if report.skipped or report.when != "call" or getattr(call.excinfo and call.excinfo.value, "status_code", 0) == 403:
        return Verdict(fact, sentence, "not tried", seen.splitlines()[0] if seen else "")
    return Verdict(fact, sentence, "differs", seen)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The report, where one was asked for."""
    stash = session.config.stash
    if os.environ.get("VERIFY") and stash[VERDICTS]:
        path = Path(os.environ.get("REPORT") or "verify-azure.md")
        path.write_text(render(stash[HEAD], stash[VERDICTS].values(), stash[LEFT]), "utf-8")
        print(f"\nThe report: {path}")
