"""The ledger through real applies: it informs, and never decides; it survives what history goes through."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runner import recording
from runner.git import notes
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.model.ledger import Entry
from runner.report import json
from tests import damage
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, apply, begin, desk
from tests.e2e.workflows import Pull, Remote, on_main, train
from tests.github.server import TOKEN, GitHub, serving

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process


@pytest.fixture
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


def document(at: Desk, repo: Repo) -> str:
    return json.plan(at.plan(repo)[1], "")


def test_a_plan_and_an_apply_are_the_same_whatever_the_ledger_is(repo: Repo, at: Desk, tmp_path: Path) -> None:
    begin(repo, {})
    session, made = at.plan(repo)
    assert recording.applied(session, made, apply(session, made), recording.Occasion()) == ()
    assert read(Repository(repo.root)).entries
    repo.edit("specs/jobs/one.yml", "rate: 0.1", "rate: 0.2")
    before = document(at, repo)
    for harm in damage.HARMS:
        harmed = replace(repo, root=shutil.copytree(repo.root, tmp_path / harm.__name__))
        harm(harmed.root)
        assert document(at, harmed) == before, harm.__name__
    damage.branch(repo.root)
    session, made = at.plan(repo)
    (found,) = recording.applied(session, made, apply(session, made), recording.Occasion())
    assert "what was done is not in the ledger" in str(found)
    assert at.plan(repo)[1].pending == ()


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving() as made:
        yield made


def entries(remote: Remote) -> tuple[Entry, ...]:
    """The ledger in a fresh clone that fetches notes."""
    where = remote.checkout("refs/heads/main")
    remote.git(where, "fetch", "-q", "origin", f"{notes.REF}:{notes.REF}")
    found = read(Repository(where))
    assert found.damage == ()
    assert TOKEN not in str(notes.read(Repository(where)))
    return found.entries


def explained(remote: Remote, squashed: str, head: str, reused: Entry) -> None:
    """Months later, in a clone of main: the branch is gone, and no workspace is asked."""
    # Not as a copy of the folder, which would bring along what no branch leads to any more.
    remote.git(remote.folder, "clone", "-q", "--no-local", "origin.git", "auditor")
    where = remote.folder / "auditor"
    remote.git(where, "fetch", "-q", "origin", f"{notes.REF}:{notes.REF}")
    told = remote.aml(where, "blame", f"model/{remote.name}-model:2", "--offline")
    facts = [" ".join(line.split()) for line in told.splitlines()]
    assert f"commit {head[:10]} (not in this clone)" in facts
    assert "pull request #7, approved by ada" in facts
    assert any(fact.startswith(f"also {squashed[:10]} ") for fact in facts)
    assert f"compute/{remote.name}-cpu" in told
    assert "note: " not in told
    assert reused.live_name in remote.aml(where, "history", "--commit", squashed)
    compared = remote.aml(where, "diff", "HEAD^..", "--offline")
    assert "inputs.rate: 0.5 -> 0.4" in compared


def test_the_story_of_a_pull_request(hub: GitHub, state: dict[str, str], tmp_path: Path) -> None:
    remote = Remote(tmp_path, hub, "ledger-story", state)
    job, first = f"job/{remote.name}-train", remote.git(remote.people, "rev-parse", "HEAD")
    on_main(remote, "push", "apply")
    told = entries(remote)
    assert [(entry.address, entry.action) for entry in told if entry.address == job] == [(job, "run"), (job, "finish")]
    assert {entry.commit for entry in told} == {first}
    assert (told[-1].address, told[-1].action) == (f"model/{remote.name}-model", "register")

    pull = Pull(remote, 7, "better")
    remote.edit("rate: 0.5", "rate: 0.4")
    head = pull.push("Try a lower rate")
    train(pull)
    began, ended = entries(remote)[len(told) :]
    assert (began.commit, began.pull_request, began.action) == (head, 7, "run")
    assert (ended.commit, ended.status, ended.digest) == (head, "Completed", began.digest)
    assert ended.run
    assert ended.run.parameters == {"rate": "0.4"}
    assert 0.4 < (ended.run.metrics["loss"] or 0) < 0.5
    assert began.approved_by == ()

    hub.review_of(7, "APPROVED", {"login": "ada", "type": "User"})
    squashed = pull.merge(squash=True)
    remote.git(remote.people, "push", "-q", "origin", "--delete", "better")
    on_main(remote, "push", "apply")
    reused, registered = entries(remote)[len(told) + 2 :]
    assert (reused.action, reused.commit, reused.live_name) == ("no-op", squashed, began.live_name)
    assert (registered.action, registered.from_run) == ("register", began.live_name)
    assert {(each.pull_request, each.approved_by) for each in (reused, registered)} == {(7, ("ada",))}
    explained(remote, squashed, head, reused)
    hub.private.add(7)
    assert "who approved is not in the ledger: GitHub: reading the reviews" in on_main(remote, "push", "apply").done.out
    on_main(remote, "schedule", "report")
    on_main(remote, "push", "apply")
    assert entries(remote)[-1] == registered, "nothing is told twice"
