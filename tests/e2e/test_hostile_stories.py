"""Comments that would lead `aml ci report` astray: it tells of this project's runs, in our comments, on our commits."""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runner.github import publish, story
from runner.github.client import Client
from runner.github.story import Story, Told
from runner.model.gates import Gate
from runner.model.keys import Key, Kind
from runner.model.review import Stage
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk
from tests.e2e.people import aml, apply, everything, others, project, requests
from tests.github.server import BOT, REPOSITORY, TOKEN, GitHub, serving
from tests.report.comment.inert import check_rendered, check_source

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process
EVE = {"login": "eve", "type": "User", "id": 666}
HEAD, MARK = "a" * 40, story.marker("local")
JOB = "command: echo\nenvironment: {image: x}\ncompute: azureml:parked\ndescription: theirs-alone\n"
PARKED = "external: [compute/parked]\n"


@dataclass
class World:
    """Two projects in one workspace, each with a run of a job `train`; theirs is over."""

    repo: Repo
    ours: str
    theirs: str


@pytest.fixture(scope="module")
def world(state: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, World]]:
    folder = tmp_path_factory.mktemp("stories")
    with desk(state) as at:
        for name in ("ours", "theirs"):
            apply(project(folder / name, state, f"{name}-told", {"specs/jobs/train.yml": JOB}, PARKED))
        names = {_project(run): run["name"] for run in at.rest.list("jobs", listViewType="All")}
        others(at, lambda sdk: sdk.jobs.begin_cancel(names["theirs-told"]).wait())
        yield at, World(Repo(folder / "ours", state), names["ours-told"], names["theirs-told"])


def _project(run: dict[str, Any]) -> str:
    return str(run["properties"]["properties"].get("aml.project", ""))


@pytest.fixture
def hub(world: tuple[Desk, World], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[GitHub]:
    monkeypatch.setattr(publish, "Client", partial(Client, pause=0))
    monkeypatch.chdir(tmp_path)
    assert world
    with serving() as made:
        made.open_pull(7, HEAD)
        facts = {
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_EVENT_PATH": "",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": made.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_RUN_ID": "42",
            "GITHUB_STEP_SUMMARY": "",
            "GITHUB_OUTPUT": "",
        }
        for name, value in facts.items():
            monkeypatch.setenv(name, value)
        yield made


def told(run: str, base: str = "", *gates: Gate, key: str = "train") -> Story:
    """A story of one run."""
    url = f"https://github.com/{REPOSITORY}/actions/runs/41"
    return Story(Stage.RUNNING, HEAD, (Told(Key(Kind.JOB, key), run, base, gates),), url)


def body(found: Story) -> str:
    """A comment that keeps a story."""
    return f"{MARK}\ntext\n{story.hidden(found)}"


def raw(content: bytes) -> str:
    """A comment whose story is this, whatever it is."""
    return f"{MARK}\ntext\n<!-- aml-runner story {base64.urlsafe_b64encode(zlib.compress(content)).decode()} -->"


def report(world: tuple[Desk, World], code: int = 0) -> str:
    """What `aml ci report` prints; the workspace is as it was."""
    at, here = world
    before = everything(at)
    # It has no remote to which the ledger could go: told as a command to the workflow, rightly.
    done = aml(here.repo, "ci", "report", "--no-push-ledger", code=code)
    assert everything(at) == before
    assert TOKEN not in done.out + done.err
    check_source(done.out + done.err)
    return done.err


def test_a_story_of_ours_is_told(world: tuple[Desk, World], hub: GitHub) -> None:
    """Without this one, what the others show would show nothing."""
    hub.comment_of(7, body(told(world[1].ours)), BOT)
    report(world)
    (text,) = hub.bodies(7)
    assert "running, 0 of 1 over" in text
    assert "actions/runs/41" in text
    assert hub.states(HEAD) == [("aml/local", "pending")]


@pytest.mark.parametrize("name", ["theirs", "a path", "a query", "no text"])
@pytest.mark.parametrize("as_base", [False, True], ids=["head", "base"])
def test_nothing_is_told_of_the_runs_of_others(
    world: tuple[Desk, World], hub: GitHub, name: str, *, as_base: bool
) -> None:
    _, here = world
    run = {"theirs": here.theirs, "a path": f"../runs/{here.theirs}", "a query": "x?y=z#@all", "no text": "\x1b\n::x"}
    hub.comment_of(7, body(told(here.ours, run[name]) if as_base else told(run[name])), BOT)
    with requests(here.repo.variables) as asked:
        aml(here.repo, "ci", "report")
    assert not [request for request in asked if here.theirs in request]
    (text,) = hub.bodies(7)
    assert "Canceled" not in text, "that is how theirs stands"
    assert "base" not in text
    if not as_base:
        assert "this job has no such run" in text
        assert hub.states(HEAD) == [("aml/local", "failure")]
    check_rendered(text.removeprefix(MARK).partition("<!-- aml-runner story")[0])


def test_a_run_is_told_as_its_own_job(world: tuple[Desk, World], hub: GitHub) -> None:
    hub.comment_of(7, body(told(world[1].ours, key="another")), BOT)
    report(world)
    assert "this job has no such run" in hub.bodies(7)[0]
    assert hub.states(HEAD) == [("aml/local", "failure")]


def test_who_else_writes_our_marker_gets_nothing(world: tuple[Desk, World], hub: GitHub) -> None:
    """A person; a bot that quotes one; and ours of another target."""
    text = body(told(world[1].ours))
    hub.comment_of(7, text, EVE)
    hub.comment_of(7, f"> @eve said:\n\n{text}", BOT)
    hub.comment_of(7, text.replace(MARK, story.marker("prod")), BOT)
    report(world)
    assert hub.writes == []


@pytest.mark.parametrize("commit", ["b" * 40, "", "main", f"{HEAD}/../x"])
def test_no_status_on_other_commits(world: tuple[Desk, World], hub: GitHub, commit: str) -> None:
    hub.comment_of(7, body(replace(told(world[1].ours), commit=commit)), BOT)
    report(world)
    assert hub.writes == []


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "javascript:alert(1)", f"https://github.com/{REPOSITORY}-evil/actions/runs/41"]
)
def test_no_link_that_leads_elsewhere(world: tuple[Desk, World], hub: GitHub, url: str) -> None:
    hub.comment_of(7, body(replace(told(world[1].ours), url=url)), BOT)
    report(world)
    assert url not in hub.bodies(7)[0]
    assert [status.get("target_url") for status in hub.statuses] == [None]


def _tampered(**changes: Any) -> str:
    gate = {"metric": "loss", "at_least": None, "at_most": 1, "no_worse_than_base": False, "tolerance": 0, "goal": None}
    job = {"key": "train", "head": "x", "base": "", "gates": [gate | changes], "reused": False}
    return raw(json.dumps({"stage": "running", "commit": HEAD, "url": "", "jobs": [job]}).encode())


@pytest.mark.parametrize(
    "text",
    [
        raw(b""),
        raw(b"[]"),
        raw(b"null"),
        raw(b"[" * 100_000),
        raw(b'{"stage": "running", "commit": 1, "jobs": 7}'),
        raw(b" " * 50_000_000),
        _tampered(at_most="much"),
        _tampered(at_most=10**400),
        _tampered(tolerance=[]),
        _tampered(goal="both"),
        f"{MARK}\n<!-- aml-runner story {'A' * 40_000} -->",
    ],
    ids=[
        "empty",
        "a list",
        "null",
        "deep",
        "no jobs",
        "a bomb",
        "a text",
        "beyond numbers",
        "a list",
        "a goal",
        "no zip",
    ],
)
def test_a_broken_story_keeps_no_other_from_being_told(world: tuple[Desk, World], hub: GitHub, text: str) -> None:
    hub.open_pull(8, HEAD)
    hub.comment_of(8, text, BOT)
    hub.comment_of(7, body(told(world[1].ours)), BOT)
    report(world)
    assert hub.bodies(8) == [text]
    assert "running, 0 of 1 over" in hub.bodies(7)[0]


def test_a_comment_that_github_keeps_keeps_no_other_from_being_told(world: tuple[Desk, World], hub: GitHub) -> None:
    hub.open_pull(8, HEAD)
    for number in (7, 8):
        hub.comment_of(number, body(told(world[1].ours)), BOT)
    hub.locked.add(8)
    assert "error: GitHub: writing a comment on #8: Unable to update" in report(world, code=1)
    assert "running, 0 of 1 over" in hub.bodies(7)[0]
