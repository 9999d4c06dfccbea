"""A repository whose configuration names programs: no command of ours runs them, nor the SDK in our process."""

import pytest

from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e


def test_planted_programs_are_not_run(repo: Repo) -> None:
    repo.write("specs/environments/e.yml", "name: plain\nimage: python:3.11\n")
    repo.write("specs/jobs/j.yml", "name: hello\ncode: src\ncommand: echo hello\nenvironment: azureml:plain@latest\n")
    repo.write("specs/jobs/src/main.txt", "content\n")
    repo.write(".gitattributes", "*.txt filter=planted\n")
    repo.commit()
    canary = repo.root.parent / "canary"
    planted = f"touch {canary}; cat"
    repo.git("config", "core.fsmonitor", planted)
    repo.git("config", "filter.planted.clean", planted)
    repo.git("config", "filter.planted.smudge", planted)
    repo.write("specs/jobs/src/main.txt", "changed\n")

    assert "Completed" in repo.apply().out
    repo.aml("status")
    repo.aml("logs", "hello")
    assert not canary.exists()

    repo.git("status")
    assert canary.exists(), "the canary sings for git itself, so its silence meant something"
