"""Many at once: one commit applied by twenty, and one template applied as two projects."""

import shutil
from collections.abc import Iterable

import pytest

from tests.crash.conftest import laboratory  # noqa: F401 - a fixture
from tests.crash.laboratory import Laboratory
from tests.crash.warm import Process
from tests.repositories import Repo

pytestmark = pytest.mark.e2e
APPLY = ("apply", "--auto-approve")
TWENTY = 20


def _all_well(processes: Iterable[Process]) -> None:
    wrong = [process.output for process in processes if process.end() != 0]
    assert not wrong, "\n".join(wrong)


def _no_changes(laboratory: Laboratory, repo: Repo) -> None:  # noqa: F811
    plan = laboratory.aml(repo, "plan", "plan", "--detailed-exitcode")
    assert (plan.end(), "No changes." in plan.output) == (0, True), plan.output


def test_twenty_applies_of_one_commit_start_each_run_once(laboratory: Laboratory) -> None:  # noqa: F811
    repo = laboratory.project()
    _all_well([laboratory.aml(repo, f"apply-{number}", *APPLY) for number in range(TWENTY)])
    assert not laboratory.doubts([repo.root.name])
    _no_changes(laboratory, repo)


def test_two_projects_from_one_template_do_not_collide(laboratory: Laboratory) -> None:  # noqa: F811
    repo = laboratory.project()
    other = Repo(repo.root.with_name(f"{repo.root.name}-too"))
    shutil.copytree(repo.root, other.root)
    other.write("specs/project.yml", f"version: 1\nproject: {other.root.name}\n")
    other.commit("another project")

    _all_well([laboratory.aml(each, "apply", *APPLY) for each in (repo, other)])
    assert not laboratory.doubts([repo.root.name, other.root.name])
    for each in (repo, other):
        _no_changes(laboratory, each)
