"""A pull request that changes 300 jobs, each with a run: the processor time of `aml ci plan`, and what it posts."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Figure
from tests.bench.plan import satisfied
from tests.github.server import REPOSITORY, TOKEN, serving
from tests.repositories import Repo, git

JOBS, GOAL = 300, 5.0  # seconds of user and system time
NUMBER = 7


@dataclass(frozen=True, slots=True)
class Told:
    """What one `aml ci plan` took, in seconds of processor time, its children's included, and what it posted."""

    seconds: float
    comments: list[str]
    writes: list[str]


def figures(runs: int = 3) -> Iterator[Figure]:
    """The least of a few: what else the machine does only adds to it."""
    best = min(told(runs), key=lambda each: each.seconds)
    sizes = f"{len(best.comments)} comment of {len(best.comments[0]):,} characters"
    yield Figure(f"aml ci plan of {JOBS} changed runs", best.seconds, GOAL, "s", f"of processor time; {sizes}")


def told(runs: int) -> list[Told]:
    """The same pull request, planned so many times, each on a GitHub of its own."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(AML_STATE_DIR=f"{folder}/state", AML_CACHE_DIR=f"{folder}/cache")
        try:
            place = satisfied(Path(folder), JOBS)
            event = _opened(place)
            return [_plan(place, event) for _ in range(runs)]
        finally:
            subprocess.run([sys.executable, "-m", "runner", "workspace", "stop"], cwd=folder, check=False)
            os.environ.clear()
            os.environ.update(before)


def _opened(place: Path) -> Path:
    """Every job is changed on a branch, and the merge that GitHub makes of it is checked out; the event's file."""
    base = git(place, "rev-parse", "HEAD").strip()
    for job in (place / "specs/jobs").iterdir():
        Repo(place).write(f"specs/jobs/{job.name}", job.read_text("utf-8").replace("echo", "echo again"))
    git(place, "checkout", "-q", "-b", "feature")
    Repo(place).commit()
    head = git(place, "rev-parse", "HEAD").strip()
    merge = git(place, "commit-tree", "-p", base, "-p", head, "-m", "merge", "HEAD^{tree}").strip()
    git(place, "checkout", "-q", "--detach", merge)
    whose = {"full_name": REPOSITORY}
    pull = {"number": NUMBER, "head": {"sha": head, "repo": whose}, "base": {"sha": base, "ref": "main", "repo": whose}}
    event = place.with_name("event.json")
    event.write_text(json.dumps({"pull_request": pull}), "utf-8")
    return event


def _plan(place: Path, event: Path) -> Told:
    with serving() as hub:
        variables = os.environ | {
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": hub.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_STEP_SUMMARY": str(place.with_name("summary")),
        }
        start = _children()
        command = [sys.executable, "-m", "runner", "ci", "plan"]
        subprocess.run(command, cwd=place, env=variables, check=True, capture_output=True)
        return Told(_children() - start, hub.bodies(NUMBER), list(hub.writes))


def _children() -> float:
    """What all finished children took. The workspace is none: it goes on."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
