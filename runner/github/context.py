"""What a workflow knows of itself: GITHUB_* variables and the event's file, as data.

Names, titles and branches in an event are anybody's text. None of it decides more than which pull request is meant.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.errors import ConfigError

_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The pull request that an event is about. `fork` is whether its branch lies in another repository."""

    number: int
    head: str  # commit
    base: str  # commit of the branch that it leads to, when the event was sent
    into: str  # that branch
    fork: bool
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """One run of a workflow. On a laptop there is no `repository`, and nothing is posted."""

    event: str = ""  # pull_request, push, schedule, workflow_dispatch
    repository: str = ""  # owner/name
    commit: str = ""
    ref: str = ""
    actor: str = ""
    run_url: str = ""
    server_url: str = "https://github.com"
    api_url: str = "https://api.github.com"
    token: str = ""
    summary: Path | None = None
    output: Path | None = None
    pull_request: PullRequest | None = None

    @property
    def recorded(self) -> str:
        """The commit that this is about: of a pull request its own, and not that of its merge."""
        return self.pull_request.head if self.pull_request else self.commit


def context(environment: Mapping[str, str]) -> Context:
    """The context of this process. Raises ConfigError when what the environment says makes no sense."""
    repository = environment.get("GITHUB_REPOSITORY", "")
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    run = environment.get("GITHUB_RUN_ID", "")
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    found, name = event.get("pull_request"), environment.get("GITHUB_EVENT_NAME", "")
    if name.startswith("pull_request") and not isinstance(found, dict):
        # It would be taken for a push, which may change everything.
        raise ConfigError(f"this is a {name}, and its event (GITHUB_EVENT_PATH) tells of no pull request")
    return Context(
        event=name,
        repository=repository,
        commit=environment.get("GITHUB_SHA", ""),
        ref=environment.get("GITHUB_REF", ""),
        actor=environment.get("GITHUB_ACTOR", ""),
        run_url=f"{server}/{repository}/actions/runs/{run}" if run else "",
        server_url=server,
        api_url=environment.get("GITHUB_API_URL", "https://api.github.com"),
        token=environment.get("GITHUB_TOKEN", ""),
        summary=_path(environment.get("GITHUB_STEP_SUMMARY", "")),
        output=_path(environment.get("GITHUB_OUTPUT", "")),
        pull_request=_pull_request(found) if isinstance(found, dict) else None,
    )


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _event(path: str) -> Mapping[str, Any]:
    if not path:
        return {}
    try:
        found = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"GITHUB_EVENT_PATH leads to no event: {error}") from error
    return found if isinstance(found, dict) else {}


def _pull_request(found: Mapping[str, Any]) -> PullRequest:
    try:
        head, base = found["head"], found["base"]
        # A fork that is gone has no repository any more.
        fork = (head.get("repo") or {}).get("full_name") != base["repo"]["full_name"]
        labels = frozenset(str(label["name"]) for label in found.get("labels") or ())
        made = PullRequest(int(found["number"]), str(head["sha"]), str(base["sha"]), str(base["ref"]), fork, labels)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise ConfigError(f"the event says too little of its pull request: {error!r} is missing") from error
    if not _SHA.fullmatch(made.head) or not _SHA.fullmatch(made.base):
        raise ConfigError("the event's pull request names no commits")
    return made
