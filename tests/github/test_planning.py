"""What planning says of specs that are wrong, and over which comments it is said. No workspace is asked."""

import os
from collections.abc import Mapping
from dataclasses import replace

import pytest

from runner.github import planning, story
from runner.github.context import Context, PullRequest
from runner.github.opening import Call
from runner.github.story import Story, Told
from runner.model.keys import Key, Kind
from runner.model.review import Stage
from tests.github.server import BOT, GitHub
from tests.repositories import Repo

HEAD, BEFORE = "a" * 40, "b" * 40
PROJECT = "version: 1\nproject: iris\ndefault_target: here\ntargets: {here: {}}\n"


@pytest.fixture
def wrong(repo: Repo) -> Repo:
    """Specs with a mistake."""
    repo.write("specs/project.yml", PROJECT)
    repo.write("specs/jobs/train.yml", "comand: echo\n")
    return repo


def plan(repo: Repo, ours: Context, target: str | None = None, environment: Mapping[str, str] = os.environ) -> int:
    pull = PullRequest(7, HEAD, BEFORE, "main", fork=False)
    context = replace(ours, event="pull_request", pull_request=pull)
    return planning.plan(Call(repo.root, target, {}, environment), context, lambda _: None)


def comment(hub: GitHub, stage: Stage, commit: str) -> str:
    """A comment that stands there already; its text."""
    told = Story(stage, commit, (Told(Key(Kind.JOB, "train"), "train-1"),))
    hub.comment_of(7, f"{story.marker('here')}\nas it was\n{story.hidden(told)}", BOT)
    return hub.bodies(7)[0]


@pytest.mark.parametrize("target", [None, "", "here"])
def test_the_comment_is_that_of_the_target(wrong: Repo, hub: GitHub, ours: Context, target: str | None) -> None:
    assert plan(wrong, ours, target) == 1
    (body,) = hub.bodies(7)
    assert story.marker("here") in body
    assert hub.states(HEAD) == [("aml/here", "failure")]


def test_a_project_that_is_wrong_has_a_comment_too(wrong: Repo, hub: GitHub, ours: Context) -> None:
    wrong.write("specs/project.yml", "version: 2\n")
    assert plan(wrong, ours) == 1
    assert story.marker("local") in hub.bodies(7)[0]


@pytest.mark.parametrize("stage", [Stage.RUNNING, Stage.FINISHED, Stage.ABORTED])
def test_training_that_was_quicker_has_the_word(wrong: Repo, hub: GitHub, ours: Context, stage: Stage) -> None:
    before = comment(hub, stage, HEAD)
    plan(wrong, ours)
    assert (hub.bodies(7), hub.states(HEAD)) == ([before], [])


@pytest.mark.parametrize(("stage", "commit"), [(Stage.RUNNING, BEFORE), (Stage.PLANNED, HEAD), (Stage.INVALID, HEAD)])
def test_what_is_older_gives_way(wrong: Repo, hub: GitHub, ours: Context, stage: Stage, commit: str) -> None:
    before = comment(hub, stage, commit)
    plan(wrong, ours)
    (body,) = hub.bodies(7)
    assert body != before
    told = story.read(body)
    assert told
    assert (told.stage, told.commit) == (Stage.INVALID, HEAD)
