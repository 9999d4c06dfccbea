"""Hostile pull requests: each has a harmless outcome, is told in one line or comment, and leaks and changes nothing."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from runner.github import publish
from runner.github.client import Client
from tests.e2e.edits import Desk, desk
from tests.e2e.hostile_ground import Ground, Outcome, Pull, check_harmless, only_reads, prepared
from tests.e2e.hostile_pulls import APPLIES, PULLS, SLOW
from tests.e2e.people import apply, everything
from tests.github.server import GitHub, serving

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process
MUTABLE = ("computes/", "datastores/", "schedules/", "connections/")


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture(scope="module")
def base(at: Desk, state: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The base, applied from main."""
    assert at.workspace
    made = prepared(tmp_path_factory.mktemp("base") / "repo", state)
    apply(made)
    return Ground(made, everything(at), GitHub())


@pytest.fixture
def ground(base: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """The base, and a GitHub where nothing has happened yet."""
    monkeypatch.setattr(publish, "Client", partial(Client, pause=0))
    with serving() as hub:
        yield Ground(base.base, base.held, hub)


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs these tests may be a workflow itself."""
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)


def met(ground: Ground, pull: Pull, place: Path, patch: pytest.MonkeyPatch, *, process: bool = False) -> Outcome:
    """What comes of it, after all that must hold for it was looked at."""
    found = ground.step(place, pull, patch, process=process)
    check_harmless(found, ground.hub, place)
    said = "\n".join(found.bodies) if pull.posts else found.done.err + found.left
    assert found.done.code == pull.code, said
    for words in (pull.says,) if isinstance(pull.says, str) else pull.says:
        assert words in said
    assert bool(ground.hub.writes) == pull.posts
    return found


@pytest.mark.parametrize("pull", PULLS.values(), ids=PULLS)
def test_what_is_planned(ground: Ground, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only_reads(met(ground, pull, tmp_path, monkeypatch).asked)


@pytest.mark.slow
@pytest.mark.parametrize("pull", SLOW.values(), ids=SLOW)
def test_what_takes_its_time(ground: Ground, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only_reads(met(ground, pull, tmp_path, monkeypatch).asked)


@pytest.mark.parametrize("name", ["workflow commands", "coordinates that read the token", "300 runs", "a fork"])
def test_in_a_process(ground: Ground, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only_reads(met(ground, PULLS[name], tmp_path, monkeypatch, process=True).asked)


@pytest.mark.parametrize("pull", APPLIES.values(), ids=APPLIES)
def test_what_is_applied(ground: Ground, at: Desk, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs and versions are added; what was there stays as it is, the runs of main too."""
    met(ground, pull, tmp_path, monkeypatch)
    after = everything(at)
    assert {path: after.get(path) for path in ground.held} == ground.held
    assert not [path for path in after if path.startswith(MUTABLE) and path not in ground.held]
