"""The fence of a target that names its branch: a bare origin, clones, and what each may change of what is live."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk
from tests.e2e.people import aml, apply, settled

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

PROJECT = """\
version: 1
project: {name}
external: [compute/parked]
targets:
  local: {{branch: main}}
"""
CLUSTER = "specs/compute/cluster.yml"
CLUSTER_SPEC = "name: {name}\ntype: amlcompute\nsize: Standard_DS3_v2\nmax_instances: 2\n"
JOB = "specs/jobs/train.yml"
JOB_SPEC = "name: {name}-train\ncommand: echo 1\nenvironment: azureml:{name}-env@latest\ncompute: azureml:parked\n"
ENVIRONMENT = "specs/environments/env.yml"
ENVIRONMENT_SPEC = "name: {name}-env\nimage: acme/{name}\n"
INSIST = "--allow-rollback does it all the same"
NEWER = "which is newer than the commit of this plan: pull, then plan again"
ASIDE = "which the history of main does not hold: another branch, squashed, or rewritten since"
SHALLOW = "which this clone is too shallow to place: git fetch --unshallow (in a workflow: fetch-depth: 0)"
MISSING = (
    "which this clone does not have: git fetch, then plan again (if no remote has it, it was rewritten or never pushed)"
)
_NAMES = (f"fence{letter}" for letter in map(chr, count(ord("a"))))


@dataclass
class Team:
    """A project, the bare repository that it is pushed to, and clones of that."""

    name: str
    root: Path
    variables: dict[str, str]

    @property
    def url(self) -> str:
        """A protocol that keeps to --depth, which a path does not."""
        return f"file://{self.root / 'origin.git'}"

    def clone(self, who: str, *options: str) -> Repo:
        """Another clone."""
        subprocess.run(["git", "clone", "-q", *options, self.url, self.root / who], check=True, capture_output=True)
        return Repo(self.root / who, self.variables)


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture
def team(at: Desk, state: dict[str, str], tmp_path: Path) -> Team:
    """A project with one commit on main, pushed and applied from the clone `ada`."""
    assert at.workspace
    made = Team(next(_NAMES), tmp_path, state)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", tmp_path / "origin.git"], check=True)
    ada = made.clone("ada")
    ada.git("checkout", "-q", "-b", "main")
    for name, spec in {
        "specs/project.yml": PROJECT,
        CLUSTER: CLUSTER_SPEC,
        JOB: JOB_SPEC,
        ENVIRONMENT: ENVIRONMENT_SPEC,
    }.items():
        ada.write(name, spec.format(name=made.name))
    ada.commit("one")
    ada.git("push", "-q", "-u", "origin", "main")
    apply(ada)
    settled(ada)
    return made


def repo_of(team: Team, who: str) -> Repo:
    """A clone that is there already."""
    return Repo(team.root / who, team.variables)


def head(repo: Repo) -> str:
    """The commit that is checked out."""
    return repo.git("rev-parse", "HEAD").strip()


def scale(repo: Repo, instances: int) -> str:
    """A commit with another max_instances; its id."""
    spec = (repo.root / CLUSTER).read_text("utf-8").rpartition("max_instances: ")[0]
    repo.write(CLUSTER, f"{spec}max_instances: {instances}\n")
    repo.commit(f"scale to {instances}")
    return head(repo)


def refused(repo: Repo, name: str, why: str, *options: str) -> None:
    """Neither a plan nor an apply may change the cluster, and both say why."""
    said = f"{CLUSTER}:1:1: error: compute/{name}: {why}; {INSIST}\n"
    planned = aml(repo, "plan", *options, code=1)
    assert planned.err.endswith(said)
    assert f"~ compute/{name}" in planned.out, "it is shown all the same"
    assert apply(repo, *options, code=1).err.endswith(f"{said}error: the plan has errors; nothing was sent\n")


def goes(repo: Repo, *options: str) -> None:
    """It is applied, and nothing is left to do."""
    apply(repo, *options)
    settled(repo)


def applied(at: Desk, name: str) -> tuple[int, str]:
    """The scale of the live cluster, and the commit that it was applied from."""
    found = at.rest.get(f"computes/{name}")
    assert found
    return found["properties"]["properties"]["scaleSettings"]["maxNodeCount"], found["tags"]["aml.commit"]


def test_an_older_commit_of_main_may_go_on_and_a_newer_one_back_only_on_demand(team: Team, at: Desk) -> None:
    ada = repo_of(team, "ada")
    first, second = head(ada), scale(ada, 3)
    goes(ada)
    assert applied(at, team.name) == (3, second)

    ada.git("reset", "-q", "--hard", first)  # yesterday's checkout
    refused(ada, team.name, f"was applied from {second[:10]}, {NEWER}")
    assert applied(at, team.name) == (3, second)
    assert aml(ada, "plan", "--allow-rollback", "--detailed-exitcode", code=2).out.startswith(
        f"  ~ compute/{team.name}\n"
    )
    goes(ada, "--allow-rollback")
    assert applied(at, team.name) == (2, first)

    ada.git("reset", "-q", "--hard", second)
    goes(ada)  # forwards again


def test_a_commit_that_nobody_pushed(team: Team) -> None:
    ada, bob = repo_of(team, "ada"), team.clone("bob")
    unpushed = scale(ada, 3)
    goes(ada)
    scale(bob, 4)
    refused(
        bob,
        team.name,
        f"was applied from {unpushed[:10]}, {MISSING}",
    )

    ada.git("push", "-q")
    bob.git("fetch", "-q")
    refused(bob, team.name, f"was applied from {unpushed[:10]}, {ASIDE}")
    bob.git("merge", "-q", "-X", "ours", "origin/main")
    goes(bob)


def test_a_clone_that_is_too_shallow(team: Team) -> None:
    ada = repo_of(team, "ada")
    first = head(ada)
    scale(ada, 3)
    ada.git("push", "-q")
    bob = team.clone("bob", "--depth", "1")
    refused(bob, team.name, f"was applied from {first[:10]}, {SHALLOW}")
    bob.git("fetch", "-q", "--depth", "2")
    goes(bob)


def test_a_branch_that_was_squashed(team: Team) -> None:
    ada = repo_of(team, "ada")
    ada.git("checkout", "-q", "-b", "feature")
    branch = scale(ada, 3)
    goes(ada, "--allow-rollback")
    ada.git("checkout", "-q", "main")
    ada.git("merge", "-q", "--squash", "feature")
    ada.git("commit", "-q", "-m", "squashed")
    settled(ada)  # what is live is what main says, from whatever commit
    scale(ada, 4)
    refused(ada, team.name, f"was applied from {branch[:10]}, {ASIDE}")
    goes(ada, "--allow-rollback")
    scale(ada, 5)
    goes(ada)


def test_a_main_that_was_rewritten(team: Team) -> None:
    ada, bob = repo_of(team, "ada"), team.clone("bob")
    lost = scale(ada, 3)
    ada.git("push", "-q")
    bob.git("pull", "-q")
    goes(bob)
    ada.git("commit", "-q", "--amend", "-m", "another history")
    scale(ada, 4)
    ada.git("push", "-q", "--force")

    bob.git("fetch", "-q")
    bob.git("reset", "-q", "--hard", "origin/main")
    refused(bob, team.name, f"was applied from {lost[:10]}, {ASIDE}")
    carol = team.clone("carol")  # it never saw the lost commit
    refused(carol, team.name, f"was applied from {lost[:10]}, {MISSING}")
    goes(carol, "--allow-rollback")


def _as_a_workflow(commit: str, *depth: str) -> Callable[[Repo], None]:
    """What actions/checkout does for a push to main."""

    def checkout(repo: Repo) -> None:
        shutil.rmtree(repo.root)
        repo.root.mkdir()
        origin = repo.root.parent / "origin.git"
        repo.git("init", "-q", ".")
        repo.git("remote", "add", "origin", f"file://{origin}")
        repo.git("fetch", "-q", *depth, "origin", f"+{commit}:refs/remotes/origin/main")
        repo.git("checkout", "-q", "-B", "main", "refs/remotes/origin/main")

    return checkout


def test_a_workflow_that_is_run_again(team: Team, at: Desk) -> None:
    ada = repo_of(team, "ada")
    first, second = head(ada), scale(ada, 3)
    ada.git("push", "-q")
    goes(ada)
    bob = team.clone("bob")
    _as_a_workflow(first, "--depth=1")(bob)
    refused(bob, team.name, f"was applied from {second[:10]}, {SHALLOW}")
    bob.git("fetch", "-q", "--unshallow", "origin", "main")
    refused(bob, team.name, f"was applied from {second[:10]}, {NEWER}")

    bob.git("remote", "update", "-p")
    bob.git("checkout", "-q", "--detach", first)
    elsewhere = (
        f"update is left to main, and something else is checked out, which may add runs and versions only ({INSIST})"
    )
    planned = aml(bob, "plan", "--detailed-exitcode")
    shown = f"  ~ compute/{team.name}  (left to main)\n      max_instances: 3 -> 2\n"
    assert planned.out == f"{shown}\nNo changes from here: 1 left to main.\n"
    assert planned.err.endswith(f"{CLUSTER}:1:1: warning: compute/{team.name}: {elsewhere}\n")
    there = "apply it there, or --allow-rollback applies it from here"
    assert apply(bob, code=1).err.endswith(f"error: all of it is left to main: {there}\n")
    assert applied(at, team.name) == (3, second)

    scale(ada, 4)
    ada.git("push", "-q")
    bob.git("fetch", "-q", "origin")
    bob.git("checkout", "-q", "--detach", "origin/main")  # as actions/checkout does for a commit; it is main's
    goes(bob)


def test_a_branch_that_lacks_what_main_has_got_since(team: Team, at: Desk) -> None:
    ada, bob = repo_of(team, "ada"), team.clone("bob", "--branch", "main")
    bob.git("checkout", "-q", "-b", "feature")
    new = f"{team.name}-new"
    ada.write("specs/compute/new.yml", CLUSTER_SPEC.format(name=new))
    ada.write("specs/environments/new.yml", ENVIRONMENT_SPEC.format(name=new))
    ada.commit("more")
    ada.git("push", "-q")
    goes(ada)
    added = head(ada)

    planned = aml(bob, "plan", "--prune", "--detailed-exitcode")
    assert f"  - compute/{new}  (left to main)\n" in planned.out
    assert f"  - environment/{new}-env  (left to main)\n" in planned.out
    assert planned.out.endswith("\n\nNo changes from here: 2 left to main.\n")
    apply(bob, "--prune", code=1)

    bob.git("checkout", "-q", "main")  # which was not pulled
    refusal = aml(bob, "plan", "--prune", code=1).err
    for gone in (f"compute/{new}", f"environment/{new}-env"):
        assert f"error: {gone}: was applied from {added[:10]}, {MISSING}" in refusal
    assert applied(at, new) == (2, added)
    bob.git("pull", "-q")
    settled(bob, "--prune")


def test_a_branch_adds_its_run_and_leaves_the_compute_to_main(team: Team, at: Desk) -> None:
    ada = repo_of(team, "ada")
    first = head(ada)
    ada.git("checkout", "-q", "-b", "feature")
    ada.edit(JOB, "echo 1", "echo 2")
    ada.edit(ENVIRONMENT, "acme/", "acme/new-")
    scale(ada, 3)
    planned = aml(ada, "plan", "--detailed-exitcode", code=2)
    assert planned.out.startswith(f"  ~ compute/{team.name}  (left to main)\n")
    assert planned.out.endswith(
        "Plan: 1 to create, 0 to update, 0 to delete, 1 to run (0 unchanged, 1 left to main).\n"
    )
    apply(ada)
    assert applied(at, team.name) == (2, first)
    settled_but_for = aml(ada, "plan", "--detailed-exitcode").out
    assert settled_but_for.endswith(
        "(left to main)\n      max_instances: 2 -> 3\n\nNo changes from here: 1 left to main.\n"
    )

    ada.git("checkout", "-q", "main")
    ada.git("merge", "-q", "feature")
    assert "> job" not in aml(ada, "plan").out, "what the branch trained counts"
    goes(ada)


def test_a_branch_whose_run_needs_what_only_main_creates(team: Team) -> None:
    ada = repo_of(team, "ada")
    ada.git("checkout", "-q", "-b", "feature")
    new = f"{team.name}-new"
    ada.write("specs/compute/new.yml", CLUSTER_SPEC.format(name=new))
    ada.edit(JOB, "azureml:parked", f"azureml:{new}")
    ada.commit("elsewhere")
    planned = aml(ada, "plan", code=1)
    how = "merge it first, or --allow-rollback creates it from here"
    needs = f"needs compute/{new}, which is left to main and not there yet: {how}"
    assert planned.err.endswith(f"{JOB}:1:1: error: job/{team.name}-train: {needs}\n")
    apply(ada, code=1)
    ada.git("checkout", "-q", "main")
    ada.git("merge", "-q", "feature")
    assert aml(ada, "plan").out.endswith("Plan: 1 to create, 0 to update, 0 to delete, 1 to run (2 unchanged).\n")
