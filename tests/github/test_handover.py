"""`aml ci ledger`: what another job wrote is added and pushed, all of it or nothing."""

import dataclasses
from pathlib import Path

import pytest

from runner.errors import ConfigError
from runner.git import notes
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.github.context import Context, PullRequest
from runner.github.handover import take_over
from runner.model.ledger import line
from tests.model.test_ledger import END, RUN
from tests.repositories import Repo, git

HERE = Context()


@pytest.fixture
def clone(tmp_path: Path) -> Repo:
    """A clone without any specs, whose remote has a ledger of one line that the clone does not have."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "origin.git")
    git(tmp_path, "clone", "-q", "origin.git", "clone")
    made = Repo(tmp_path / "clone")
    made.commit()
    git(made.root, "push", "-q", "origin", "HEAD:main")
    notes.append(Repository(made.root), {git(made.root, "rev-parse", "HEAD"): [line(RUN)]})
    git(made.root, "push", "-q", "origin", notes.REF)
    git(made.root, "update-ref", "-d", notes.REF)
    return made


def pushed(clone: Repo) -> list[str]:
    """The ids in the remote's ledger."""
    git(clone.root, "fetch", "-q", "origin", f"+{notes.REF}:{notes.REF}")
    return [entry.id for entry in read(Repository(clone.root)).entries]


def test_what_is_new_is_added_to_what_the_remote_has(clone: Repo, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    head = git(clone.root, "rev-parse", "HEAD")
    told = [RUN, END, dataclasses.replace(RUN, id="3", commit=head), dataclasses.replace(RUN, id="4", commit="x\ny")]
    file.write_text("\n".join(map(line, told)), "utf-8")
    assert take_over(clone.root, file, HERE, dry=False) == 3
    assert pushed(clone) == ["1", "3", "4", "2"]
    assert take_over(clone.root, file, HERE, dry=False) == 0
    assert [each for each in git(clone.root, "show-ref").split() if each.startswith("refs/")] == [
        "refs/heads/main", notes.REF, "refs/remotes/origin/main",
    ]  # fmt: skip


def test_a_dry_run_adds_nothing(clone: Repo, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_text(line(END), "utf-8")
    assert take_over(clone.root, file, HERE, dry=True) == 1
    assert notes.tip(Repository(clone.root)) == ""
    assert pushed(clone) == ["1"]


def test_another_job_is_heard_about_its_own_pull_request(clone: Repo, tmp_path: Path) -> None:
    file, head = tmp_path / "ledger.jsonl", git(clone.root, "rev-parse", "HEAD")
    context = Context(pull_request=PullRequest(7, head, head, "main", fork=False))
    own, other = (dataclasses.replace(RUN, id=f"of {number}", pull_request=number) for number in (7, 8))
    file.write_text("\n".join(map(line, [own, other])), "utf-8")
    with pytest.raises(ConfigError, match="a line about job/train is not of pull request #7; nothing was added"):
        take_over(clone.root, file, context, dry=False)
    assert pushed(clone) == ["1"]
    file.write_text("\n".join(map(line, [own, END])), "utf-8")
    assert take_over(clone.root, file, context, dry=False) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [(line(END).encode() + b"\n{}\n", ":2: is no line of the ledger; nothing"), (b"\xff", ": cannot be read: 'utf-8'")],
)
def test_all_or_nothing(clone: Repo, tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        take_over(clone.root, file, HERE, dry=False)
    assert str(caught.value).startswith(f"{file}{why}")
    assert pushed(clone) == ["1"]
