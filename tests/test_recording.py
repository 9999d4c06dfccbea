"""The ledger is kept: what was applied, how runs ended, and what goes wrong without stopping anything."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from runner import recording
from runner.apply.secrets import Secrets
from runner.desired import project
from runner.desired.schema.project import Target
from runner.desired.templates.context import NOTHING
from runner.engine import Session
from runner.git import notes
from runner.git.ledger import read
from runner.git.repository import Repository
from runner.model.gates import Gate
from runner.model.ledger import Entry, Ledger
from runner.model.plan import Action, Plan, Result
from runner.model.resource import Origin, Resource
from runner.model.review import Trained, Trial
from runner.model.rules import Settings
from runner.recording import Occasion
from tests import builders
from tests.builders import change, key, plan, resource
from tests.loopback import Answer, Service
from tests.repositories import Repo, git
from tests.scripted import ScriptedRun

TRAIN = resource("job/train")
CPU = resource("compute/cpu", {"size": "Standard_DS11_v2"})
SECRET = "correct horse battery staple"
BY = Occasion(actor="ada", pull_request=7, workflow_run="https://github.com/a/b/actions/runs/1")


class Desk:
    """A repository, a workspace on loopback, and what is applied from the one to the other."""

    def __init__(self, repo: Repo, service: Service) -> None:
        self.repo, self.service = repo, service
        repo.write("specs/project.yml", "version: 1\nproject: demo\n")
        self.origin = Origin("demo", "local", repo.commit(), "refs/heads/main")

    def session(self, *resources: Resource) -> Session:
        return Session(
            project=project.find(self.repo.root),
            target=self.origin.target,
            settings=Target(),
            workspace=self.service.ready().workspace,
            desired=builders.desired(*resources, origin=self.origin),
            secrets=Secrets({"AML_SECRET_LAKE": SECRET}),
            context=NOTHING,
        )

    def applied(self, made: Plan, results: Iterable[Result], occasion: Occasion = BY) -> str:
        return said(recording.applied(self.session(TRAIN, CPU), made, results, occasion))

    def finished(self, names: list[str] | None = None, occasion: Occasion = BY) -> str:
        return said(recording.finished(self.session(TRAIN), occasion, names))

    def ledger(self) -> Ledger:
        return read(Repository(self.repo.root))

    def entries(self) -> tuple[Entry, ...]:
        found = self.ledger()
        assert found.damage == ()
        return found.entries

    def told(self) -> set[tuple[str, str, str]]:
        return {(entry.address, entry.action, entry.status) for entry in self.entries()}


def said(found: tuple[object, ...]) -> str:
    return "\n".join(map(str, found))


@pytest.fixture
def desk(repo: Repo, service: Service) -> Desk:
    return Desk(repo, service)


def run(name: str = "train-1", digest: str = "d" * 64) -> Plan:
    return plan(change("job/train", Action.RUN, live_name=name, digest=digest), change("compute/cpu", Action.CREATE))


def done(name: str = "train-1", status: str = "done", error: str = "") -> Result:
    return Result(key("job/train"), Action.RUN, name, status, error=error)


def standing(name: str, digest: str) -> Plan:
    found = change("job/train", Action.NO_OP, live_name=name, digest=digest, run_status="Completed")
    return plan(found, change("compute/cpu", Action.NO_OP))


def test_a_line_for_each_change(desk: Desk) -> None:
    compute = Result(key("compute/cpu"), Action.CREATE, "cpu", "done")
    assert desk.applied(run(), [compute, done()]) == ""
    assert desk.told() == {("compute/cpu", "create", "done"), ("job/train", "run", "done")}
    (entry,) = (each for each in desk.entries() if each.address == "job/train")
    path = desk.service.workspace.path
    expected = {
        "project": "demo", "target": "local", "workspace": path, "commit": desk.origin.commit, "dirty": False,
        "ref": "refs/heads/main", "live_name": "train-1", "live_id": f"{path}/jobs/train-1", "digest": "d" * 64,
        "digest_scheme": "1", "spec": "specs/train.yml:1", "actor": "ada", "pull_request": 7,
        "workflow_run": BY.workflow_run,
    }  # fmt: skip
    assert {name: getattr(entry, name) for name in expected} == expected
    assert entry.parts.keys() == {"command", "environment", "compute", "inputs.rate", "inputs.iris"}
    assert git(desk.repo.root, "notes", "--ref=aml", "list").endswith(desk.origin.commit)


def test_the_metrics_that_gates_ask_for(desk: Desk) -> None:
    asked = (Gate("loss", at_most=1.0), Gate("loss", at_least=0.0), Gate("accuracy", at_least=0.5))
    gated = resource("job/train", settings=Settings(gates=asked))
    assert recording.applied(desk.session(gated, CPU), run(), [done()], BY) == ()
    assert desk.entries()[0].gates == ("loss", "accuracy")


def test_what_failed_and_what_was_never_begun(desk: Desk) -> None:
    skipped = Result(key("compute/cpu"), Action.CREATE, "cpu", "skipped", because="x")
    assert desk.applied(run(), [skipped, done(status="failed", error=f"no: {SECRET}")]) == ""
    (entry,) = desk.entries()
    assert (entry.status, entry.error) == ("failed", "no: ***")
    assert SECRET not in said(tuple(notes.read(Repository(desk.repo.root)).texts.values()))


def test_an_asset_and_a_deletion(desk: Desk) -> None:
    made = plan(
        change("environment/env", Action.CREATE, live_name="env:c1"),
        change("data/old", Action.DELETE, live_name="old", digest="", removes=("1", "2")),
    )
    results = [
        Result(key("environment/env"), Action.CREATE, "env:c1", "done"),
        Result(key("data/old"), Action.DELETE, "old", "done"),
    ]
    assert desk.applied(made, results) == ""
    found = {entry.address: entry for entry in desk.entries()}
    assert found["environment/env"].live_id.endswith("/environments/env/versions/c1")
    assert found["data/old"].removed == ("1", "2")
    assert found["data/old"].digest_scheme == ""


def test_who_it_was_when_nobody_says(desk: Desk) -> None:
    git(desk.repo.root, "config", "user.email", "ada@example.com")
    desk.applied(run(), [done()], Occasion())
    assert desk.entries()[0].actor == "ada@example.com"


def test_nothing_to_apply_writes_nothing(desk: Desk) -> None:
    assert desk.applied(plan(change("compute/cpu", Action.NO_OP)), []) == ""
    assert notes.tip(Repository(desk.repo.root)) == ""


def test_outside_git_there_is_no_ledger(folder: Repo, service: Service) -> None:
    desk = Desk(Repo(folder.root).init(), service)
    desk.origin = replace(desk.origin, commit="")
    assert desk.applied(run(), [done()], Occasion(push=True)) == ""


def test_a_content_that_comes_back_is_told_once(desk: Desk) -> None:
    """A revert and a squash find the run that is there; only the ledger's own history can say that they did."""
    desk.applied(run("train-1", "1" * 64), [done("train-1")])
    assert desk.applied(standing("train-1", "1" * 64), []) == ""
    assert len(desk.entries()) == 1, "nothing has changed"
    desk.applied(run("train-2", "2" * 64), [done("train-2")])
    for _ in range(2):
        desk.applied(standing("train-1", "1" * 64), [])
    last = [(entry.live_name, entry.action) for entry in desk.entries()]
    assert sorted(last) == [("train-1", "no-op"), ("train-1", "run"), ("train-2", "run")]


def test_an_old_content_that_is_trained_again_does_not_come_back(desk: Desk) -> None:
    old = desk.origin
    desk.applied(run("train-1", "1" * 64), [done("train-1")])
    desk.origin = replace(old, commit=desk.repo.commit("next"))
    desk.applied(run("train-2", "2" * 64), [done("train-2")])
    now, desk.origin = desk.origin, old
    desk.applied(run("train-1-a2", "1" * 64), [done("train-1-a2")])
    desk.origin = now
    desk.applied(standing("train-2", "2" * 64), [])
    assert [entry.live_name for entry in desk.entries()] == ["train-1", "train-2", "train-1-a2"]


def test_the_ledger_of_another_clone(desk: Desk, tmp_path: Path) -> None:
    """What is applied may be a checkout beside the clone, as when a run is reproduced."""
    git(tmp_path, "clone", "-q", str(desk.repo.root), "clone")
    desk.applied(run(), [done()], replace(BY, clone=tmp_path / "clone"))
    assert desk.entries() == ()
    assert [entry.commit for entry in read(Repository(tmp_path / "clone")).entries] == [desk.origin.commit]


def test_a_squash_finds_what_its_branch_trained(desk: Desk) -> None:
    main = desk.origin.commit
    git(desk.repo.root, "checkout", "-q", "-b", "side")
    desk.origin = replace(desk.origin, commit=desk.repo.commit())
    desk.applied(run(), [done()])
    git(desk.repo.root, "checkout", "-q", "-B", "main", main)
    squashed = desk.repo.commit("squashed")
    desk.origin = replace(desk.origin, commit=squashed)
    git(desk.repo.root, "branch", "-q", "-D", "side")
    for _ in range(2):
        desk.applied(standing("train-1", "d" * 64), [])
    assert [(entry.action, entry.commit == squashed) for entry in desk.entries()] == [("run", False), ("no-op", True)]


def test_how_a_run_ended_is_told_once_and_later(desk: Desk) -> None:
    desk.applied(run(), [done()])
    life = ScriptedRun(
        desk.service, "train-1", [("Running", b""), ("Failed", b"")], error=f"bad {SECRET}", metrics={"loss": 0.5}
    )
    assert desk.finished() == ""
    assert len(desk.entries()) == 1, "it goes on"
    assert desk.finished(["another"]) == ""
    for _ in range(2):
        assert desk.finished() == ""
    (begun, ended) = desk.entries()
    assert life.looks == 2, "a run whose end is known is not asked for again"
    assert (ended.action, ended.status, ended.commit, ended.digest) == ("finish", "Failed", begun.commit, begun.digest)
    assert ended.run
    assert (ended.run.error, ended.run.metrics) == ("bad ***", {"loss": 0.5})
    assert desk.ledger().open() == ()


def test_two_who_see_the_same_end_write_the_same_entry(desk: Desk) -> None:
    desk.applied(run(), [done()])
    ScriptedRun(desk.service, "train-1", [("Completed", b"")])
    before = git(desk.repo.root, "rev-parse", notes.REF)
    desk.finished()
    mine = git(desk.repo.root, "rev-parse", notes.REF)
    git(desk.repo.root, "update-ref", notes.REF, before)
    desk.finished(occasion=Occasion(workflow_run="another"))
    notes.merge(Repository(desk.repo.root), mine)
    assert [entry.action for entry in desk.entries()] == ["run", "finish"]


def test_a_run_that_is_not_there_stays_open(desk: Desk) -> None:
    desk.applied(run(), [done()])
    assert desk.finished() == ""
    assert len(desk.ledger().open()) == 1


def test_a_name_that_comes_back_in_a_new_workspace_is_another_run(desk: Desk) -> None:
    desk.applied(run(), [done()])
    ScriptedRun(desk.service, "train-1", [("Completed", b"")], metrics={"loss": 0.5})
    desk.finished()
    desk.applied(run(), [done()])
    first, *_, second = (entry for entry in desk.entries() if entry.action == "run")
    assert desk.ledger().open() == (second,)
    assert first.id in desk.ledger().outcomes()


def test_runs_of_other_places_are_not_asked_for(desk: Desk) -> None:
    desk.applied(run(), [done()])
    ScriptedRun(desk.service, "train-1", [("Completed", b"")])
    desk.origin = replace(desk.origin, target="prod")
    assert desk.finished() == ""
    assert len(desk.ledger().open()) == 1


def test_a_model_that_a_run_became(desk: Desk) -> None:
    trial = Trial(key("job/train"), Trained("train-1", "Completed"), registered="iris:3")
    for _ in range(2):
        assert recording.registered(desk.session(TRAIN), [trial, replace(trial, registered="")], BY) == ()
    (entry,) = desk.entries()
    assert (entry.address, entry.action, entry.live_name, entry.from_run) == (
        "model/iris", "register", "iris:3", "train-1",
    )  # fmt: skip
    assert entry.live_id.endswith("/models/iris/versions/3")


def test_a_workspace_that_does_not_answer_is_a_warning(desk: Desk) -> None:
    desk.applied(run(), [done()])
    desk.service.on("history/v1.0/runs/train-1/details", Answer({"error": {"message": "not for you"}}, 403))
    found = desk.finished()
    assert found.startswith("warning: what was done is not in the ledger: ")
    assert "not for you" in found


def test_a_ledger_that_cannot_be_written_is_a_warning(desk: Desk) -> None:
    git(desk.repo.root, "symbolic-ref", notes.REF, "refs/heads/main")
    found = desk.applied(run(), [done()])
    assert found.startswith("warning: what was done is not in the ledger: refs/notes/aml is not what")


def test_a_push_that_is_refused_is_a_warning_and_the_next_one_takes_it_along(desk: Desk, tmp_path: Path) -> None:
    pushing = replace(BY, push=True)
    found = desk.applied(run(), [done()], pushing)
    assert found.startswith("warning: the ledger was not pushed; the next push takes along what it holds: no remote")
    git(tmp_path, "clone", "-q", "--bare", str(desk.repo.root), "origin.git")
    git(tmp_path / "origin.git", "update-ref", "-d", notes.REF)
    git(desk.repo.root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    assert desk.finished([], pushing) == ""
    assert git(tmp_path / "origin.git", "notes", "--ref=aml", "list").endswith(desk.origin.commit)


def test_damage_stands_in_nobodys_way(desk: Desk) -> None:
    desk.applied(run(), [done()])
    text = notes.read(Repository(desk.repo.root)).texts[desk.origin.commit]
    git(desk.repo.root, "notes", "--ref=aml", "add", "-f", "-m", f"hello\n{text[:50]}", desk.origin.commit)
    desk.applied(run(), [done()])
    found = desk.ledger()
    assert len(found.entries) == 1
    assert [each.line for each in found.damage] == [1, 2]
