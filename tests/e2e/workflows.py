"""A repository on GitHub, as its workflows see it: a bare origin, checkouts of pull requests, events and variables.

What is run are the steps of .github/workflows/ themselves.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.conftest import GIT, Done
from tests.github.server import REPOSITORY, TOKEN, GitHub
from tests.github.workflows import run, step_of, steps

FILES = {
    "specs/project.yml": """\
version: 1
project: {name}
targets: {local: {branch: main}}
rules:
  - match: job/{name}-train
    when_superseded: cancel
    gate: {metric: loss, no_worse_than_base: true}
    register: {model: {name}-model, path: model, type: custom_model}
""",
    "specs/compute/cpu.yml": "name: {name}-cpu\ntype: amlcompute\nsize: Standard_DS11_v2\nmax_instances: 2\n",
    "specs/jobs/train.yml": """\
name: {name}-train
command: python train.py ${{inputs.rate}} ${{inputs.wait}}
code: ../../src
environment:
  image: python:3.11
  conda_file: {dependencies: [python=3.11, pip: [mlflow-skinny]]}
compute: azureml:{name}-cpu
inputs: {rate: 0.5, wait: 0}
limits: {timeout: 3600}
""",
    "src/train.py": """\
import sys
import time
from pathlib import Path

import mlflow

rate, wait = float(sys.argv[1]), float(sys.argv[2])
mlflow.log_params({"rate": rate})
for step in range(12):
    mlflow.log_metric("loss", rate + 1 / (step + 1), step=step)
time.sleep(wait)
Path("model").mkdir()
Path("model", "weights.txt").write_text(str(rate))
mlflow.log_artifacts("model", "model")
""",
}
TRAIN = "specs/jobs/train.yml"
_EXPRESSION = re.compile(r"\$\{\{ (vars|github)\.(\w+) \}\}")


@dataclass
class Remote:
    """The bare origin, and a clone in which people work."""

    folder: Path
    hub: GitHub
    name: str
    variables: dict[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        self.git(self.folder, "init", "-q", "--bare", "-b", "main", "origin.git")
        self.git(self.folder, "clone", "-q", "origin.git", "people")
        for name, content in FILES.items():
            self.write(name, content.replace("{name}", self.name))
        self.commit("begin", "main")

    @property
    def people(self) -> Path:
        """Where people work."""
        return self.folder / "people"

    def git(self, where: Path, *arguments: str) -> str:
        """Runs git; its output."""
        done = subprocess.run([*GIT, *arguments], cwd=where, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, name: str, text: str) -> None:
        """Writes a file of people's."""
        path = self.people / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def edit(self, old: str, new: str, name: str = TRAIN) -> None:
        """Replaces text that must be there."""
        text = (self.people / name).read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def commit(self, message: str, branch: str) -> str:
        """Commits everything people have, and pushes it."""
        self.git(self.people, "add", "-A")
        self.git(self.people, "commit", "-q", "-m", message)
        self.git(self.people, "push", "-q", "origin", f"HEAD:refs/heads/{branch}")
        return self.git(self.people, "rev-parse", "HEAD")

    def aml(self, where: Path, *arguments: str) -> str:
        """Runs aml in a checkout, as a person does; its output."""
        command = [sys.executable, "-m", "runner", *arguments]
        done = subprocess.run(command, cwd=where, env=self.variables, check=True, capture_output=True, text=True)
        return done.stdout

    def checkout(self, ref: str) -> Path:
        """A fresh checkout, as actions/checkout makes one with its whole history."""
        where = self.folder / f"runner-{len(list(self.folder.iterdir()))}"
        self.git(self.folder, "clone", "-q", "--no-checkout", "origin.git", where.name)
        self.git(where, "fetch", "-q", "origin", f"+{ref}:refs/remotes/checked/out")
        if ref.startswith("refs/heads/"):
            self.git(where, "checkout", "-q", "-B", ref.removeprefix("refs/heads/"), "refs/remotes/checked/out")
        else:
            self.git(where, "checkout", "-q", "--detach", "refs/remotes/checked/out")
        return where


@dataclass
class Pull:
    """A pull request: its branch, and the merge that GitHub makes of it."""

    remote: Remote
    number: int
    branch: str
    fork: bool = False

    def push(self, message: str) -> str:
        """Pushes what people have as the newest commit of the branch; GitHub merges it in advance."""
        head = self.remote.commit(message, self.branch)
        self.remote.hub.open_pull(self.number, head)
        people = self.remote.people
        base = self.remote.git(people, "rev-parse", "origin/main")
        tree = self.remote.git(people, "merge-tree", "--write-tree", base, head)
        merge = self.remote.git(people, "commit-tree", "-p", base, "-p", head, "-m", "merge", tree)
        self.remote.git(people, "push", "-q", "-f", "origin", f"{merge}:{self.ref}")
        return head

    @property
    def ref(self) -> str:
        """Where GitHub keeps the merge."""
        return f"refs/pull/{self.number}/merge"

    def merge(self, *, squash: bool = False) -> str:
        """Merges it into main; the commit."""
        people = self.remote.people
        self.remote.git(people, "checkout", "-q", "-B", "main", "origin/main")
        if squash:
            self.remote.git(people, "merge", "-q", "--squash", f"origin/{self.branch}")
            self.remote.git(people, "commit", "-q", "-m", f"squashed (#{self.number})")
        else:
            self.remote.git(people, "merge", "-q", "--no-ff", "-m", "merge", f"origin/{self.branch}")
        self.remote.git(people, "push", "-q", "origin", "main")
        commit = self.remote.git(people, "rev-parse", "HEAD")
        self.remote.hub.merge(self.number, commit)
        return commit

    def payload(self) -> dict[str, Any]:
        """The event's file."""
        people = self.remote.people
        head = self.remote.git(people, "ls-remote", "origin", f"refs/heads/{self.branch}").split()[0]
        whose = "eve/iris" if self.fork else REPOSITORY
        return {
            "pull_request": {
                "number": self.number,
                "title": "$(touch pwned) ::error::",
                "head": {"sha": head, "ref": self.branch, "repo": {"full_name": whose}},
                "base": {
                    "sha": self.remote.git(people, "rev-parse", "origin/main"),
                    "ref": "main",
                    "repo": {"full_name": REPOSITORY},
                },
                "labels": [{"name": "train"}],
            }
        }


@dataclass
class Step:
    """One call of `aml ci` in a workflow, and what it leaves."""

    done: Done
    outputs: str
    summary: str


def variables(remote: Remote, where: Path, event: str, pull: Pull | None, ref: str) -> dict[str, str]:
    """What the runner of GitHub Actions sets for every step."""
    place = where.with_name(f"{where.name}.event.json")
    place.write_text(json.dumps(pull.payload() if pull else {}), "utf-8")
    temporary = where.with_name(f"{where.name}.temporary")
    temporary.mkdir(exist_ok=True)
    facts = {
        "RUNNER_TEMP": str(temporary),
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_SHA": remote.git(where, "rev-parse", "HEAD"),
        "GITHUB_REF": ref,
        "GITHUB_RUN_ID": "42",
        "GITHUB_API_URL": remote.hub.url,
        "GITHUB_EVENT_PATH": str(place),
        "GITHUB_STEP_SUMMARY": str(where.with_name(f"{where.name}.summary")),
        "GITHUB_OUTPUT": str(where.with_name(f"{where.name}.outputs")),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # where the action puts aml
    }
    return remote.variables | facts


def command(where: Path, environment: dict[str, str], workflow: str, job: str | None, **given: str) -> list[str]:
    """The step of a workflow that runs aml, as the runner starts it; the environment gets what the step asks for."""
    step = next(each for each in steps(workflow, job) if "aml ci" in each.get("run", ""))
    for name, value in step.get("env", {}).items():
        kind, variable = _EXPRESSION.fullmatch(value).groups()  # type: ignore[union-attr]
        environment[name] = TOKEN if (kind, variable) == ("github", "token") else given.get(variable, "")
    script = where.with_name(f"{where.name}.sh")
    script.write_text(step["run"], "utf-8")
    return ["bash", "-e", str(script)]


def call(where: Path, environment: dict[str, str], started: list[str], code: int | None) -> Step:
    """Runs a step there."""
    done = subprocess.run(started, cwd=where, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return Step(
        Done(done.returncode, done.stdout, done.stderr),
        _read(environment["GITHUB_OUTPUT"]),
        _read(environment["GITHUB_STEP_SUMMARY"]),
    )


def _read(path: str) -> str:
    return Path(path).read_text("utf-8") if Path(path).exists() else ""


def begun(pull: Pull, workflow: str, **given: str) -> tuple[Path, dict[str, str], list[str]]:
    """What a workflow that a pull request started is about to run: the folder, the environment and the command."""
    where = pull.remote.checkout(pull.ref)
    environment = variables(pull.remote, where, "pull_request", pull, pull.ref)
    job = "check" if pull.fork else workflow  # as the jobs' own conditions have it
    return where, environment, command(where, environment, workflow, job, **given)


def on_pull(pull: Pull, workflow: str, code: int | None = 0, **given: str) -> Step:
    """A workflow that a pull request started. `given` are variables of the repository."""
    return call(*begun(pull, workflow, **given), code)


def on_main(remote: Remote, event: str, workflow: str, code: int | None = 0) -> Step:
    """A workflow on main: of a push, or by the clock."""
    where = remote.checkout("refs/heads/main")
    environment = variables(remote, where, event, None, "refs/heads/main")
    return call(where, environment, command(where, environment, workflow, None), code)


def train(pull: Pull) -> Step:
    """The workflow that trains: its job, what that hands over, and the job that pushes the ledger."""
    where, environment, started = begun(pull, "train")
    told = call(where, environment, started, 0)
    done = run(step_of(steps("train", "train"), "Export the ledger"), where, environment)
    assert done.returncode == 0, done.stderr
    base = pull.remote.checkout("refs/heads/main")
    theirs = variables(pull.remote, base, "pull_request", pull, pull.ref)
    taken = Path(theirs["RUNNER_TEMP"], "ledger", "ledger.jsonl")
    taken.parent.mkdir()
    Path(environment["RUNNER_TEMP"], "ledger.jsonl").rename(taken)
    call(base, theirs, command(base, theirs, "train", "ledger"), 0)
    return told
