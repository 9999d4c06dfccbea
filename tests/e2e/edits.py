"""Tables of edits: what each does to a repository, and the exact plan that must follow.

The engine runs in the test's process and is connected once: a process and a handshake for each plan would take nearly
all of the time. Jobs name a compute that is stopped, so none of them ever runs: what is asked is what would be sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from runner import engine
from runner.azureml.connection import connect
from runner.azureml.rest import Rest
from runner.azureml.writer import Writer
from runner.model.diagnostics import InvalidSpecsError
from runner.model.keys import Kind
from runner.model.options import Options
from runner.model.plan import Plan, Result
from runner.report import text
from tests.e2e.conftest import Repo

Change = Callable[[Repo], object]

JOB = "specs/jobs/one.yml"
ENVIRONMENT = "specs/environments/plain.yml"
PROJECT = "specs/project.yml"
PARKED = {"name": "parked", "type": "computeinstance", "size": "Standard_DS11_v2"}
# What every repository of the tables holds before its edit; a row adds files of its own, or replaces these.
BASE: Mapping[str, str] = {
    PROJECT: "version: 1\nproject: {project}\nexternal: [compute/parked]\n",
    ENVIRONMENT: "name: plain\nimage: python:3.11\n",
    "specs/data/numbers.yml": "name: numbers\ntype: uri_file\npath: ../../numbers.csv\n",
    "numbers.csv": "1\n2\n",
    JOB: """\
command: python main.py --rate ${{inputs.rate}}
code: ../../src
environment: azureml:plain@latest
compute: azureml:parked
environment_variables: {MODE: fast}
inputs:
  rate: 0.1
  numbers: {type: uri_file, path: "azureml:numbers@latest"}
outputs:
  model: {type: uri_folder}
""",
    "src/main.py": "print('training')\n",
    "src/lib/util.py": "RATE = 0.1\n",
}


@dataclass(frozen=True)
class Edit:
    """One row. Each line of `plan` is a pending change with its reasons, or a finding; none: `No changes.`

    Digests are written as `*`, and the commit that is checked out as HEAD.
    """

    change: Change
    plan: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    before: Change = lambda _: None  # what the base needs beyond files; the edit comes after it is applied


def quiet(_: object) -> None:
    """Nobody listens."""


class Desk:
    """The engine, connected to the workspace of this test session."""

    def __init__(self) -> None:
        self.workspace = connect("", "", "")
        self.rest, self.writer = Rest(self.workspace), Writer(self.workspace)

    def open(self, repo: Repo) -> engine.Session:
        """The project as it is now."""
        return engine.open_session(repo.root, None, quiet)

    def plan(self, repo: Repo, retry: Sequence[str] = ()) -> tuple[engine.Session, Plan]:
        """The plan for the project as it is now."""
        session = self.open(repo)
        return session, engine.plan(session, quiet, Options(retry_failed=tuple(retry)))

    def follow(self, repo: Repo) -> list[str]:
        """What `aml plan` says, a line each; it is applied if it may be."""
        try:
            session, made = self.plan(repo)
        except InvalidSpecsError as error:
            return [_masked(str(item), repo) for item in error.diagnostics]
        if made.applyable:
            apply(session, made)
        return _lines(made, repo)


def apply(session: engine.Session, made: Plan) -> list[Result]:
    """Applies a plan; everything goes well."""
    engine.check_applyable(session, made, allow_replace=True)
    results = engine.apply(session, made, quiet, parallelism=4, stop=Event())
    assert {result.status for result in results} <= {"done"}, [result.error for result in results]
    return results


@contextmanager
def desk(variables: Mapping[str, str]) -> Iterator[Desk]:
    """A desk, with a compute on which jobs wait for ever."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AML_STATE_DIR", "AML_SECRET_LAKE", "HTTPS_PROXY", "NO_PROXY"):
            patch.setenv(name, variables[name])
        made = Desk()
        patch.setattr(engine, "connect", lambda *_: made.workspace)
        patch.setattr(engine, "Rest", lambda _: made.rest)
        patch.setattr(engine, "Writer", lambda _: made.writer)
        if not made.rest.get("computes/parked"):
            with made.writer.open():
                made.writer.put(Kind.COMPUTE, PARKED, Path("/"))
                made.writer._client.compute.begin_stop("parked").result()
        yield made


def begin(repo: Repo, files: Mapping[str, str], before: Change = lambda _: None) -> None:
    """A repository with the base and these files, committed."""
    for name, content in {**BASE, **files}.items():
        if content:
            repo.write(name, content.replace("{project}", _slug(repo)))
    repo.git("init", "-q", "-b", "main", ".")
    before(repo)
    repo.commit("base")


def check(edit: Edit, repo: Repo, at: Desk) -> None:
    """The base is applied; then the edit makes exactly the plan it should, and nothing is left to do after it."""
    begin(repo, edit.files, edit.before)
    base = at.follow(repo)
    assert all(line.startswith(("+ ", "> ")) for line in base), base

    edit.change(repo)
    planned = at.follow(repo)
    assert planned == list(edit.plan), "\n".join(["the plan is:", *planned])
    if planned and not any(": error: " in line for line in planned):
        assert [line for line in at.follow(repo) if ": warning: " not in line] == []


def _slug(repo: Repo) -> str:
    return re.sub(r"[^a-z0-9]+", "-", repo.root.parent.name)


def _lines(made: Plan, repo: Repo) -> list[str]:
    head = made.origin.commit
    found = [
        f"{change.action.symbol} {change.key}" + "".join(f"; {text._reason(reason)}" for reason in change.reasons)
        for change in made.pending
    ]
    found += [str(item) for item in made.diagnostics]
    assert found or text.summary(made) == "No changes."
    return [_masked(line.replace(head[:10], "HEAD"), repo) for line in found]


def _masked(line: str, repo: Repo) -> str:
    return re.sub(r"\b(c?)[0-9a-f]{12}\b", r"\1*", line.replace(f"{repo.root.resolve()}/", ""))


# What an edit does.


def replace(name: str, old: str, new: str) -> Change:
    """Another text in a file."""
    return lambda repo: repo.edit(name, old, new)


def append(name: str, more: str) -> Change:
    """More text at the end of a file."""
    return lambda repo: repo.write(name, (repo.root / name).read_text("utf-8") + more)


def write(name: str, content: str) -> Change:
    """A file that says this."""
    return lambda repo: repo.write(name, content)


def remove(name: str) -> Change:
    """One file less."""
    return lambda repo: (repo.root / name).unlink()


def link(name: str, target: str) -> Change:
    """A symbolic link."""
    return lambda repo: (repo.root / name).symlink_to(target)


def git(*arguments: str) -> Change:
    """A git command."""
    return lambda repo: repo.git(*arguments)


def committed(*changes: Change) -> Change:
    """Some changes, committed."""
    return lambda repo: (several(*changes)(repo), repo.commit("edit"))


def several(*changes: Change) -> Change:
    """One after the other."""
    return lambda repo: [change(repo) for change in changes]
