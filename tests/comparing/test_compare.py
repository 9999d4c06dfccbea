"""Two commits side by side: asked of real repositories, real ledgers, and a workspace on loopback."""

from dataclasses import replace

import pytest

from runner import engine
from runner.comparing.compare import Question, compare
from runner.desired import project
from runner.errors import ConfigError, ServiceError
from runner.model.contrast import Contrast, Pair, Way
from runner.model.keys import Key, Kind
from runner.model.ledger import FINISH
from runner.model.outcome import Outcome
from tests.comparing.desk import FILES, PROJECT, Desk
from tests.loopback import Answer, Service
from tests.repositories import Repo, git


@pytest.fixture
def desk(repo: Repo) -> Desk:
    return Desk(repo)


def ways(found: Contrast) -> dict[str, Way]:
    return {pair.key.name: pair.way for pair in found.pairs}


def pair_of(found: Contrast, name: str = "train") -> Pair:
    return next(pair for pair in found.pairs if pair.key == Key(Kind.JOB, name))


def rate(desk: Desk, value: float) -> str:
    return desk.commit({"specs/jobs/train.yml": FILES["specs/jobs/train.yml"].replace("0.5", str(value))})


def names(pair: Pair) -> list[str]:
    return [side.ran.live_name if side and side.ran else "" for side in (pair.base, pair.head)]


def test_runs_side_by_side_and_what_made_the_difference(desk: Desk) -> None:
    before = desk.trained(desk.first, loss=0.5)
    edit = rate(desk, 0.25)
    code = desk.commit({"src/main.py": "print(1)\n", "src/new.py": "x\n"})
    after = desk.trained(code, loss=0.25)
    found = desk.diff(f"{desk.first}..HEAD")
    assert (found.base.id, found.head.id, found.unknown, found.asked) == (desk.first, code, (), ())
    assert ways(found) == {"steady": Way.SAME, "train": Way.CHANGED}
    pair = pair_of(found)
    assert names(pair) == [before.live_name, after.live_name]
    assert [(each.field, each.before, each.after) for each in pair.spec if not each.file] == [
        ("inputs.rate", 0.5, 0.25)
    ]
    assert [(each.field, each.file, each.commit) for each in pair.spec] == [
        ("code", "main.py", code),
        ("code", "new.py", code),
        ("inputs.rate", "", edit),
    ]
    assert pair.metrics() == (("loss", 0.5, 0.25),)
    assert pair.parameters() == (("loss-was", "0.5", "0.25"),)


def test_what_a_job_refers_to_makes_a_difference_file_by_file(desk: Desk) -> None:
    commit = desk.commit({"conda.yml": "dependencies: [python=3.12]\n"})
    for name in ("train", "steady"):
        file, package = pair_of(desk.diff("HEAD~1"), name).spec
        assert (file.field, file.file, file.commit) == ("environment", "conda.yml", commit)
        assert (package.field, package.before, package.after) == ("packages.python", "=3.11", "=3.12")
        assert package.commit == commit


def test_jobs_that_come_and_go(desk: Desk) -> None:
    desk.trained(desk.first, "steady")
    desk.commit(
        {"specs/jobs/new.yml": "command: echo\nenvironment: azureml:env@latest\n"}, gone=("specs/jobs/steady.yml",)
    )
    found = desk.diff("HEAD~1..HEAD")
    assert ways(found) == {"new": Way.ADDED, "steady": Way.REMOVED, "train": Way.SAME}
    assert pair_of(found, "steady").metrics() == (("loss", 0.5, None),)
    assert pair_of(found, "steady").parameters() == ()
    assert "job/new at " in found.unknown[0]


def test_a_squash_and_a_deleted_branch_do_not_matter(desk: Desk) -> None:
    """Runs are found by what they were made of: the commits that they were applied from may be gone."""
    git(desk.repo.root, "checkout", "-q", "-b", "side")
    rate(desk, 0.4)
    desk.commit({"src/main.py": "print(4)\n"})
    run = desk.trained(desk.repo.commit("last of the branch"), loss=0.4)
    git(desk.repo.root, "checkout", "-q", "main")
    git(desk.repo.root, "merge", "-q", "--squash", "side")
    squashed = desk.repo.commit("squashed")
    git(desk.repo.root, "branch", "-q", "-D", "side")
    assert squashed != run.commit
    assert names(pair_of(desk.diff("main~1..main")))[1] == run.live_name


def test_where_two_branches_parted(desk: Desk) -> None:
    git(desk.repo.root, "checkout", "-q", "-b", "side")
    rate(desk, 0.4)
    git(desk.repo.root, "checkout", "-q", "main")
    desk.commit({"src/main.py": "print(5)\n"})
    assert [each.field for each in pair_of(desk.diff("main..side")).spec] == ["code", "inputs.rate"]
    found = desk.diff("main...side")
    assert found.base.id == desk.first
    assert [each.field for each in pair_of(found).spec] == ["inputs.rate"]


def test_of_several_runs_the_newest_that_completed(desk: Desk) -> None:
    first = desk.trained(desk.first, live_name="train-1")
    desk.trained(desk.first, live_name="train-1-a2", loss=0.2)
    failed = desk.began(desk.first, live_name="train-1-a3")
    desk.write(replace(failed, id="x", action=FINISH, status="Failed", run=Outcome("Failed", error="no")))
    desk.trained(desk.first, live_name="elsewhere", target="prod")
    rate(desk, 0.4)
    assert names(pair_of(desk.diff("HEAD~1"))) == ["train-1-a2", ""]
    assert first.live_name == "train-1"


@pytest.mark.parametrize("pattern", ["train", "job/tr*"])
def test_jobs_that_are_asked_for_are_told_even_if_they_are_the_same(desk: Desk, pattern: str) -> None:
    run = desk.trained(desk.first)
    desk.repo.commit("nothing")
    found = desk.diff("HEAD~1", pattern)
    assert ways(found) == {"train": Way.SAME}
    assert names(pair_of(found)) == [run.live_name, run.live_name]


def test_a_commit_that_is_gone_is_what_the_ledger_says_of_it(desk: Desk) -> None:
    gone = "e" * 40
    rate(desk, 0.25)
    desk.began(desk.first, commit=gone, live_name="train-9", digest="9" * 64, parts={"command": "0"})
    found = desk.diff(f"{gone[:7]}..HEAD")
    assert found.base.id == gone
    assert ways(found) == {"train": Way.CHANGED}
    assert {each.field for each in pair_of(found).spec} == {"code", "command", "environment", "inputs.rate"}
    assert "is not in this clone" in found.unknown[0]
    assert "job/steady: the ledger does not say what it was at eeeeeeeeee" in found.unknown


def test_a_commit_whose_specs_cannot_be_loaded(desk: Desk) -> None:
    broken = desk.commit({"specs/jobs/train.yml": "command: [\n"})
    desk.began(desk.first, commit=broken, live_name="train-9", digest="9" * 64)
    desk.commit({"specs/jobs/train.yml": FILES["specs/jobs/train.yml"]})
    found = desk.diff("HEAD~1")
    assert found.unknown[0].startswith(f"{broken[:10]}: specs/jobs/train.yml:")
    assert names(pair_of(found))[0] == "train-9"


def test_a_commit_before_there_was_a_project(repo: Repo) -> None:
    repo.write("README.md")
    repo.commit()
    desk = Desk(repo)
    found = desk.diff("HEAD~1")
    assert "there is no specs/project.yml in commit" in found.unknown[0]
    assert found.pairs == ()


def test_a_pull_request_was_applied_as_it_would_be_merged(desk: Desk) -> None:
    desk.trained(desk.first)
    head = rate(desk, 0.25)
    desk.trained(desk.first, commit=head, digest="9" * 64, live_name="train-merged")
    desk.began(desk.first, commit=head, digest="8" * 64, live_name="train-dirty", dirty=True)
    found = desk.diff("HEAD~1")
    assert names(pair_of(found))[1] == "train-merged"
    assert "what was applied is not what the commit alone gives" in found.unknown[0]


@pytest.mark.parametrize("revisions", ["nope", "HEAD..eeeeeee", "--all", "HEAD~9", ""])
def test_a_revision_that_nobody_knows(desk: Desk, revisions: str) -> None:
    if revisions:
        with pytest.raises(ConfigError, match="git knows no commit by"):
            desk.diff(revisions)
    else:
        assert desk.diff(revisions).base == desk.diff(revisions).head


def test_a_pattern_that_matches_nothing(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="nothing matches 'tran'; there is: job/steady, job/train"):
        desk.diff("HEAD", "tran")


def test_outside_git(folder: Repo) -> None:
    folder.write("specs/project.yml", PROJECT)
    with pytest.raises(ConfigError, match="is no git repository"):
        compare(project.find(folder.root), Question("HEAD"), {}, lambda _: None)


def served(service: Service, jobs: list[dict[str, object]]) -> None:
    service.ready().on("jobs", Answer({"value": jobs}))


def live(desk: Desk, commit: str, name: str, status: str = "Completed", day: int = 1) -> dict[str, object]:
    properties = {"aml.project": "demo", "aml.key": "job/train", "aml.digest": desk.job(commit).digest}
    created = {"createdAt": f"2026-01-0{day}T00:00:00Z"}
    return {"name": name, "properties": {"status": status, "properties": properties}, "systemData": created}


def test_what_the_ledger_does_not_know_the_workspace_is_asked_for(
    desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = rate(desk, 0.25)
    desk.trained(desk.first)
    jobs = [live(desk, head, "train-1"), live(desk, head, "train-1-a2", "Failed", 2), live(desk, desk.first, "other")]
    served(service, jobs)
    logged = {"metrics": [{"key": "loss", "value": 0.125}], "params": [{"key": "note", "value": "sig-s3cret"}]}
    service.on("history/v1.0/runs/train-1/details", Answer({"status": "Completed"}))
    service.on("mlflow/v2.0/api/2.0/mlflow/runs/get", Answer({"run": {"data": logged}}))
    monkeypatch.setattr(engine, "find", lambda *_: service.workspace)
    question = Question("HEAD~1")
    found = compare(project.find(desk.repo.root), question, {"AML_SECRET_X": "s3cret"}, lambda _: None)
    assert names(pair_of(found))[1] == "train-1"
    assert pair_of(found).metrics() == (("loss", 0.5, 0.125),)
    assert pair_of(found).head.ran.outcome.parameters == {"note": "sig-***"}  # type: ignore[union-attr]
    assert found.asked == ("job/train",)
    assert found.unknown == ()
    assert "history/v1.0/runs/other/details" not in service.paths()


def test_a_workspace_that_cannot_be_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = desk.began(desk.first)
    rate(desk, 0.25)

    def refuse(*_: str) -> None:
        raise ServiceError("it is stopped")

    monkeypatch.setattr(engine, "find", refuse)
    found = desk.diff("HEAD~1", offline=False)
    assert names(pair_of(found)) == [begun.live_name, ""]
    assert found.unknown[-1] == "the workspace could not be asked: it is stopped"
    assert desk.diff("HEAD~1").unknown[-1] == "the workspace was not asked (--offline)"
