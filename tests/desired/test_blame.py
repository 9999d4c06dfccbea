"""Which commit made the difference, and what stood there before: asked of real repositories."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

from runner.desired.blame import blame
from runner.model.live import LiveRun, LiveState
from runner.model.plan import Change, Reason
from runner.model.resource import DesiredState
from runner.plan.planner import make_plan
from tests.builders import run_of
from tests.desired.conftest import PROJECT, Specs
from tests.repositories import git

JOB = """\
command: python main.py
code: ../../src
environment: azureml:env@latest
compute: gpu
inputs:
  rate: {rate}
  iris: {{type: uri_file, path: azureml:iris@latest}}
resources: {{instance_count: {nodes}}}
"""
FILES: dict[str, str | bytes] = {
    "specs/project.yml": f"{PROJECT}external: [compute/gpu]\n",
    "specs/jobs/train.yml": JOB.format(rate=0.5, nodes=1),
    "specs/environments/env.yml": "name: env\nimage: x:1\nconda_file: ../../conda.yml\n",
    "specs/data/iris.yml": "name: iris\ntype: uri_file\npath: ../../iris.csv\n",
    "conda.yml": "dependencies: [python=3.11]\n",
    "iris.csv": "a,b\n",
    "src/main.py": "print()\n",
    "src/util.py": "x\n",
    "src/notes.md": "ignored\n",
    "src/.amlignore": "notes.md\n",
}


class Told:
    """A project whose job ran at its first commit, and what is said of every later state."""

    def __init__(self, specs: Specs) -> None:
        self.specs = specs.write(FILES)
        self.since = specs.repo.commit()
        self.run = self._ran(specs.desired())

    def _ran(self, state: DesiredState) -> LiveRun:
        job = next(each for each in state.resources if str(each.key) == "job/train")
        assert state.origin.commit == self.since
        return run_of(job, commit=self.since)

    def commit(self, files: Mapping[str, str | bytes]) -> str:
        self.specs.write(files)
        return self.specs.repo.commit()

    def change(self, run: LiveRun | None = None) -> Change:
        state = self.specs.desired()
        made = make_plan(state, LiveState(runs=(run or self.run,)))
        found = blame(made, state, self.specs.found())
        return next(change for change in found.changes if str(change.key) == "job/train")

    def reasons(self, run: LiveRun | None = None) -> list[Reason]:
        return list(self.change(run).reasons)


@pytest.fixture
def told(specs: Specs) -> Told:
    return Told(specs)


def test_the_commit_that_changed_a_value(told: Told) -> None:
    first = told.commit({"specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1)})
    told.commit({"README.md": "unrelated\n"})
    assert told.reasons() == [Reason("inputs.rate", 0.5, 0.9, commit=first)]


def test_the_last_of_several(told: Told) -> None:
    told.commit({"specs/jobs/train.yml": JOB.format(rate=0.7, nodes=1)})
    last = told.commit({"specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1)})
    assert told.reasons() == [Reason("inputs.rate", 0.5, 0.9, commit=last)]


def test_each_file_has_its_own(told: Told) -> None:
    one = told.commit({"src/main.py": "print(1)\n"})
    two = told.commit({"src/new.py": "x\n"})
    (told.specs.root / "src/util.py").unlink()
    three = told.specs.repo.commit()
    found = [(each.field, each.file, each.commit) for each in told.reasons()]
    assert found == [("code", "main.py", one), ("code", "new.py", two), ("code", "util.py", three)]


@pytest.mark.parametrize(
    ("file", "text", "field"),
    [
        ("conda.yml", "dependencies: [python=3.12]\n", "environment"),
        ("specs/environments/env.yml", "name: env\nimage: x:2\nconda_file: ../../conda.yml\n", "environment"),
        ("iris.csv", "a,b\n1,2\n", "inputs.iris"),
    ],
)
def test_what_the_job_follows(told: Told, file: str, text: str, field: str) -> None:
    cause = told.commit({file: text})
    told.commit({"specs/jobs/train.yml": f"description: not why\n{JOB.format(rate=0.5, nodes=1)}"})
    assert [(each.field, each.commit) for each in told.reasons()] == [(field, cause)]


def without(run: LiveRun, *fields: str) -> LiveRun:
    """As the service returns it: not everything."""
    return dataclasses.replace(run, spec={name: value for name, value in run.spec.items() if name not in fields})


def test_values_that_the_service_does_not_return_come_from_the_commit(told: Told) -> None:
    cause = told.commit({"specs/jobs/train.yml": JOB.format(rate=0.5, nodes=4)})
    run = without(told.run, "resources")
    assert told.reasons(run) == [Reason("resources.instance_count", 1, 4, commit=cause)]


def test_fields_that_come_and_go(told: Told) -> None:
    distribution = "distribution: {type: pytorch, process_count_per_instance: 2}\n"
    cause = told.commit({"specs/jobs/train.yml": JOB.format(rate=0.5, nodes=1) + distribution})
    assert told.reasons() == [
        Reason("distribution.process_count_per_instance", None, 2, commit=cause),
        Reason("distribution.type", None, "pytorch", commit=cause),
    ]
    gone = told.commit({"specs/jobs/train.yml": JOB.format(rate=0.5, nodes=1).rpartition("resources")[0]})
    run = without(told.run, "resources")
    assert told.reasons(run) == [Reason("resources.instance_count", 1, None, commit=gone)]


def test_files_of_a_run_that_had_too_many_come_from_the_commit(told: Told) -> None:
    cause = told.commit({"src/main.py": "print(1)\n", "src/notes.md": "more\n"})
    properties = {name: value for name, value in told.run.properties.items() if name != "aml.files"}
    found = told.reasons(dataclasses.replace(told.run, properties=properties))
    # What is ignored was never sent: it is not said to be removed.
    assert [(each.field, each.file, each.commit) for each in found] == [("code", "main.py", cause)]
    assert all(each.before and each.after for each in found)


def test_what_stands_inline_is_compared_as_written(told: Told) -> None:
    inline = "environment: {image: x:1, conda_file: ../../conda.yml}"
    text = JOB.format(rate=0.5, nodes=1).replace("environment: azureml:env@latest", inline)
    told.since = told.commit({"specs/jobs/train.yml": text})
    run = told._ran(told.specs.desired())
    cause = told.commit({"conda.yml": "dependencies: [python=3.12]\n"})
    told.commit({"specs/jobs/train.yml": f"description: not why\n{text}"})
    field = "environment.conda_file.dependencies"
    assert told.reasons(run) == [Reason(field, ["python=3.11"], ["python=3.12"], commit=cause)]


def test_an_uncommitted_edit_blames_nobody(told: Told) -> None:
    told.commit({"specs/jobs/train.yml": JOB.format(rate=0.7, nodes=1), "src/main.py": "print(1)\n"})
    told.specs.write({"specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1), "src/main.py": "print(2)\n"})
    (told.specs.root / "src/util.py").unlink()
    found = told.reasons()
    assert {each.field for each in found} == {"inputs.rate", "code"}
    assert {each.commit for each in found} == {""}


def test_a_file_that_is_no_longer_tracked_blames_nobody(told: Told) -> None:
    git(told.specs.root, "rm", "-q", "--cached", "src/util.py")
    git(told.specs.root, "commit", "-q", "-m", "untrack")
    told.specs.write({"src/util.py": "changed, and nobody's\n"})
    assert [(each.file, each.commit) for each in told.reasons()] == [("util.py", "")]


@pytest.mark.parametrize(
    "commit",
    ["0123456789" * 4, "{}-dirty", "--output=planted", "HEAD", "", "{}^{{/x}}", "\n{}", "$(touch planted)", None],
)
def test_a_commit_that_is_none_of_here_is_harmless(told: Told, commit: str | None) -> None:
    told.commit({"specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1)})
    before = sorted(told.specs.root.rglob("*"))
    name = commit and commit.format(told.since)
    properties = {**told.run.properties, "aml.commit": name or ""}
    run = dataclasses.replace(told.run, properties=properties)
    assert told.reasons(run) == [Reason("inputs.rate", 0.5, 0.9)]
    assert sorted(told.specs.root.rglob("*")) == before


def test_a_shallow_clone_tells_what_the_run_itself_knows(told: Told, tmp_path: Path) -> None:
    told.commit({"specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1)})
    git(tmp_path, "clone", "-q", "--depth", "1", told.specs.root.as_uri(), "shallow")
    told.specs.repo.root = (tmp_path / "shallow").resolve()
    assert told.reasons() == [Reason("inputs.rate", 0.5, 0.9)]


def test_a_rewritten_history_is_no_proof(told: Told) -> None:
    git(told.specs.root, "checkout", "-q", "--orphan", "other")
    told.commit({"specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1)})
    assert [(each.field, each.before) for each in told.reasons()] == [("inputs.rate", 0.5)]


def test_outside_git_reasons_stay(told: Told) -> None:
    state = told.specs.write({"specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1)}).desired()
    made = make_plan(state, LiveState(runs=(told.run,)))
    outside = dataclasses.replace(told.specs.found(), repository=told.specs.root / "src")
    assert blame(made, state, outside) == made


def test_what_does_not_run_is_not_asked_about(told: Told) -> None:
    assert told.reasons() == []
    assert told.change().state.startswith("satisfied by")


def test_a_spec_among_several_in_one_file(specs: Specs) -> None:
    def file(rate: float) -> str:
        jobs = (JOB.format(rate=each, nodes=each) for each in (1, rate))
        return "---\n".join(f"name: {name}\n{job}" for name, job in zip(("other", "train"), jobs, strict=True))

    told = Told(specs)
    (specs.root / "specs/jobs/train.yml").unlink()
    told.since = told.commit({"specs/jobs/all.yml": file(2)})
    run = without(told._ran(specs.desired()), "resources")
    cause = told.commit({"specs/jobs/all.yml": file(3)})
    assert told.reasons(run) == [
        Reason("inputs.rate", 2, 3, commit=cause),
        Reason("resources.instance_count", 2, 3, commit=cause),
    ]


def test_a_project_below_the_repositorys_root(specs: Specs) -> None:
    (specs.root / "specs/project.yml").unlink()
    below = Specs(dataclasses.replace(specs.repo, root=specs.root / "team"))
    below.root.mkdir()
    told = Told(below)
    cause = told.commit({"src/main.py": "print(1)\n", "specs/jobs/train.yml": JOB.format(rate=0.9, nodes=1)})
    assert {(each.field, each.commit) for each in told.reasons()} == {("code", cause), ("inputs.rate", cause)}
