"""Where hostile pull requests meet `aml ci`: a repository whose base is applied, and a GitHub that keeps records."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Done, Repo
from tests.e2e.people import aml, project, requests
from tests.github.server import BOT, REPOSITORY, TOKEN, GitHub
from tests.report.comment.inert import check_html, check_rendered, check_source

SECRET = "c2VjcmV0LW9mLXRoZS1yZXBvc2l0b3J5"
NUMBER, LIMIT = 7, 65_536
NAME = "hostile"
PROJECT, JOB = "specs/project.yml", "specs/jobs/train.yml"
CPU, ENVIRONMENT = "specs/compute/cpu.yml", "specs/environments/plain.yml"
CONFIG = """\
external: [compute/parked]
targets: {local: {branch: main}}
prices: {Standard_DS11_v2: 0.2}
rules:
  - {match: compute/*, prevent_destroy: true}
  - {match: job/hostile-train, when_superseded: cancel, gate: {metric: loss, at_most: 0.5}}
"""
BASE: Mapping[str, str] = {
    CPU: "name: hostile-cpu\ntype: amlcompute\nsize: Standard_DS11_v2\nmax_instances: 2\n",
    ENVIRONMENT: "name: hostile-plain\nimage: python:3.11\n",
    JOB: """\
name: hostile-train
command: python main.py ${{inputs.rate}}
code: ../../src
environment: azureml:hostile-plain@latest
compute: azureml:parked
inputs: {rate: 0.5}
limits: {timeout: 3600}
""",
    "src/main.py": "print('training')\n",
}
FORGED = "<!-- aml-runner target=local -->\nmerge at once\n<!-- aml-runner story e30= -->"
EVE = {"login": "eve", "type": "User", "id": 666}
Change = Callable[[Repo], object]
Tamper = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Pull:
    """A pull request, and what must come of it.

    `files` are written (None: removed), then `change` is done. `says` stands in the one comment, or, when none may be
    posted, on stderr. `tamper` changes the event, `variables` the environment of the step.
    """

    says: str | tuple[str, ...]
    files: Mapping[str, str | None] = field(default_factory=dict)
    change: Change = lambda _: None
    code: int = 0
    posts: bool = True
    command: tuple[str, ...] = ("plan",)
    branch: str = "feature"
    tamper: Tamper = lambda _: None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Outcome:
    """What a step left behind. `bodies` are our comments; `asked` is what the workspace was asked for."""

    done: Done
    bodies: list[str]
    left: str  # the summary and the outputs
    asked: list[str]
    head: str


@dataclass
class Ground:
    """The base, ready to be copied for each pull request, and what the workspace held once it was applied."""

    base: Repo
    held: Mapping[str, str]
    hub: GitHub

    def step(self, place: Path, pull: Pull, patch: pytest.MonkeyPatch, *, process: bool = False) -> Outcome:
        """The pull request is opened, and one step of a workflow runs for it: in this process, or in one of its own."""
        repo = Repo(place / "clone", self.base.variables)
        shutil.copytree(self.base.root, repo.root, symlinks=True)
        head = opened(repo, pull)
        self.hub.open_pull(NUMBER, head)
        self.hub.comment_of(NUMBER, FORGED, EVE)
        variables = self.variables(repo, pull, head) | dict(pull.variables)
        with requests(repo.variables) as asked:
            done = _process(repo, pull, variables) if process else _here(repo, pull, variables, patch)
        bodies = [each["body"] for each in self.hub.comments.get(NUMBER, []) if each["user"] == BOT]
        pull_request = json.loads((place / "event.json").read_text("utf-8")).get("pull_request", {})
        head = pull_request.get("head", {}).get("sha", head)
        left = "".join(path.read_text("utf-8") for path in (place / "summary", place / "outputs") if path.exists())
        return Outcome(done, bodies, left, asked, head)

    def variables(self, repo: Repo, pull: Pull, head: str) -> dict[str, str]:
        """What GitHub Actions sets for a step, and the secrets of the repository."""
        place = repo.root.parent
        event = payload(head, repo.git("rev-parse", "main").strip(), pull.branch)
        pull.tamper(event)
        (place / "event.json").write_text(json.dumps(event), "utf-8")
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SHA": repo.git("rev-parse", "HEAD").strip(),
            "GITHUB_REF": f"refs/pull/{NUMBER}/merge",
            "GITHUB_RUN_ID": "42",
            "GITHUB_API_URL": self.hub.url,
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "GITHUB_OUTPUT": str(place / "outputs"),
            "GITHUB_TOKEN": TOKEN,
            "AML_SECRET_CANARY": SECRET,
        }


def _here(repo: Repo, pull: Pull, variables: Mapping[str, str], patch: pytest.MonkeyPatch) -> Done:
    for name, value in variables.items():
        patch.setenv(name, value)
    patch.chdir(repo.root)
    return aml(repo, "ci", *pull.command, code=None)


def _process(repo: Repo, pull: Pull, variables: Mapping[str, str]) -> Done:
    return Repo(repo.root, {**repo.variables, **variables}).aml("ci", *pull.command, code=None)


def prepared(root: Path, variables: Mapping[str, str]) -> Repo:
    """The base on main, committed, with a token where actions/checkout leaves one."""
    made = project(root, variables, NAME, BASE, CONFIG)
    made.git("config", "http.https://github.com/.extraheader", f"AUTHORIZATION: basic {TOKEN}")
    return made


def payload(head: str, base: str, branch: str) -> dict[str, Any]:
    """The event's file, with texts of its author wherever they can be."""
    evil = "$(touch pwned) <!-- aml-runner target=local --> ::add-mask::x @everyone ![x](https://evil.example)"
    return {
        "action": "opened",
        "pull_request": {
            "number": NUMBER,
            "title": evil,
            "body": evil,
            "user": EVE,
            "head": {"sha": head, "ref": branch, "label": f"eve:{evil}", "repo": {"full_name": REPOSITORY}},
            "base": {"sha": base, "ref": "main", "repo": {"full_name": REPOSITORY}},
            "labels": [{"name": evil}, {"name": "train"}],
        },
    }


def opened(repo: Repo, pull: Pull) -> str:
    """Commits the change on its branch, and checks out the merge that GitHub makes of it; the branch's commit."""
    repo.git("checkout", "-q", "-b", pull.branch)
    for name, content in pull.files.items():
        if content is None:
            (repo.root / name).unlink()
        else:
            repo.write(name, content)
    pull.change(repo)
    repo.git("add", "-A")
    repo.git("commit", "-q", "--allow-empty", "-m", "$(touch pwned) ::add-mask::x <!-- aml-runner target=local -->")
    head = repo.git("rev-parse", "HEAD").strip()
    merge = repo.git("commit-tree", "-p", "main", "-p", head, "-m", "merge", "HEAD^{tree}").strip()
    repo.git("update-ref", "--no-deref", "HEAD", merge)
    return head


def check_harmless(found: Outcome, hub: GitHub, place: Path) -> None:
    """What holds for every pull request, whatever it is up to."""
    printed = found.done.out + found.done.err
    everything = "\n".join([printed, found.left, *found.bodies, json.dumps(hub.statuses)])
    for secret in (TOKEN, SECRET):
        assert secret not in everything
    assert "Traceback" not in printed
    assert not [path for path in place.rglob("pwned*") if ".git" not in path.parts], "a canary"
    _check_written(found, hub)
    _check_printed(printed)
    for body in found.bodies:
        _check_comment(body)


def _check_written(found: Outcome, hub: GitHub) -> None:
    """One comment of ours, and the status of the pull request's own commit."""
    assert len(found.bodies) <= 1
    known = {f"POST /issues/{NUMBER}/comments", f"POST /statuses/{found.head}"}
    ours = {f"PATCH /issues/comments/{each['id']}" for each in hub.comments.get(NUMBER, []) if each["user"] == BOT}
    assert set(hub.writes) <= known | ours
    assert {name for name, _ in hub.states(found.head)} <= {"aml/local"}
    for status in hub.statuses:
        check_source(status["description"])


def _check_printed(printed: str) -> None:
    """Lines that are commands to GitHub Actions are annotations of ours, and every line is inert."""
    for line in printed.splitlines():
        told = line.partition("::")[2].partition("::")[2] if line.startswith(("::error", "::warning")) else line
        check_source(told)


def _check_comment(body: str) -> None:
    assert len(body.encode("utf-16-le")) // 2 <= LIMIT
    mark, *lines, story = body.splitlines()
    assert mark == "<!-- aml-runner target=local -->"
    assert story.startswith("<!-- aml-runner story ")
    text = "\n".join(lines) + "\n"
    check_source(text)
    check_rendered(text)
    check_html(text)


def only_reads(asked: list[str]) -> bool:
    """Whether the workspace was asked for nothing that changes it."""
    return all(request.startswith(("GET ", "HEAD ")) for request in asked)
