"""What a workflow knows of itself, from variables and the event's file."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.errors import ConfigError
from runner.github.context import Context, PullRequest, context

HEAD, BASE = "a" * 40, "b" * 40
PULL: dict[str, Any] = {
    "number": 7,
    "head": {"sha": HEAD, "repo": {"full_name": "flowers/iris"}},
    "base": {"sha": BASE, "ref": "main", "repo": {"full_name": "flowers/iris"}},
    "labels": [{"name": "train"}],
}


def event(folder: Path, content: Any) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return {"GITHUB_EVENT_PATH": str(path)}


def test_a_pull_request(tmp_path: Path) -> None:
    found = context(
        event(tmp_path, {"pull_request": PULL})
        | {
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_REPOSITORY": "flowers/iris",
            "GITHUB_SHA": "c" * 40,
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_RUN_ID": "9",
            "GITHUB_TOKEN": "t",
            "GITHUB_OUTPUT": "out",
        }
    )
    assert found.pull_request == PullRequest(7, HEAD, BASE, "main", fork=False, labels=frozenset({"train"}))
    assert found.recorded == HEAD
    assert found.run_url == "https://github.com/flowers/iris/actions/runs/9"
    assert (found.output, found.summary) == (Path("out"), None)


def test_a_laptop() -> None:
    assert context({}) == Context()


@pytest.mark.parametrize("repo", [None, {"full_name": "eve/iris"}])
def test_a_fork(tmp_path: Path, repo: Any) -> None:
    pull = {**PULL, "head": {"sha": HEAD, "repo": repo}}
    found = context(event(tmp_path, {"pull_request": pull})).pull_request
    assert found
    assert found.fork


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no JSON", "GITHUB_EVENT_PATH leads to no event"),
        ({"pull_request": {}}, "the event says too little of its pull request"),
        ({"pull_request": {**PULL, "number": "x"}}, "the event says too little of its pull request"),
        ({"pull_request": {**PULL, "number": 1e999}}, "the event says too little of its pull request"),
        ("[" * 100_000, "GITHUB_EVENT_PATH leads to no event"),
        ({"pull_request": {**PULL, "head": {**PULL["head"], "sha": "--upload-pack=x"}}}, "names no commits"),
        ({"pull_request": {**PULL, "labels": [1]}}, "the event says too little of its pull request"),
    ],
)
def test_an_event_that_makes_no_sense(tmp_path: Path, content: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        context(event(tmp_path, content))


def test_no_event_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="leads to no event"):
        context({"GITHUB_EVENT_PATH": str(tmp_path / "gone")})


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target", "pull_request_review"])
def test_a_pull_request_is_never_taken_for_a_push(tmp_path: Path, name: str) -> None:
    for place in (event(tmp_path, {}), event(tmp_path, {"pull_request": None}), {}):
        with pytest.raises(ConfigError, match=f"this is a {name}, and its event"):
            context({"GITHUB_EVENT_NAME": name, **place})
