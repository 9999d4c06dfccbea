"""A run and its commit: asked of real repositories, real ledgers, and a workspace on loopback."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from runner import engine
from runner.desired import project
from runner.errors import ConfigError, ServiceError
from runner.model.digest import parts
from runner.model.identity import sent_files
from runner.model.ledger import NONE, REGISTER
from runner.model.reproduction import Floating, Reproduction, Unpinned
from runner.reproducing.reproduce import Question, reproduce
from tests.comparing.desk import FILES, Desk
from tests.loopback import Answer, Service
from tests.repositories import Repo

TRAIN = "specs/jobs/train.yml"


@pytest.fixture
def desk(repo: Repo) -> Desk:
    return Desk(repo)


def ask(desk: Desk, name: str = "train", *, offline: bool = True, target: str | None = None) -> Reproduction:
    found = project.find(desk.repo.root)
    return reproduce(found, Question(name, target, offline), {}, lambda _: None)


def test_a_commit_that_gives_it_again(desk: Desk) -> None:
    run = desk.trained(desk.first)
    found = ask(desk)
    assert (found.reproduced, found.why, found.differing) == (True, (), ())
    assert (found.record.live_name, found.record.outcome.metrics) == (run.live_name, {"loss": 0.5})
    assert (found.now.same, found.now.moved) == (True, ())
    assert (found.floating, found.data) == ((Floating("environment/env image", "x:1"),), ())
    assert found.packages == (Unpinned("python", "=3.11"),)
    assert found.unknown == ("the workspace was not asked (--offline)",)


def test_all_the_names_of_a_run(desk: Desk) -> None:
    old = desk.trained(desk.first)
    edit = desk.commit({TRAIN: FILES[TRAIN].replace("0.5", "0.25")})
    new = desk.trained(edit)
    model = replace(new, id="m", address="model/iris", action=REGISTER, live_name="iris:3", from_run=old.live_name)
    desk.write(replace(model, digest=""))
    for name, run in (
        (old.live_name, old),
        ("iris:3", old),
        ("train", new),
        ("job/train", new),
        (new.live_name, new),
    ):
        assert ask(desk, name).record.live_name == run.live_name, name


def test_a_job_that_came_back_to_an_old_run_was_trained_last_by_the_newer(desk: Desk) -> None:
    old = desk.trained(desk.first)
    new = desk.trained(desk.commit({TRAIN: FILES[TRAIN].replace("0.5", "0.25")}))
    desk.write(replace(old, id="n", at="2027-01-01T00:00:00+00:00", action="no-op"))
    assert ask(desk).record.live_name == new.live_name


def test_the_target_that_is_asked_for_comes_first(desk: Desk) -> None:
    desk.repo.write("specs/project.yml", "version: 1\nproject: demo\ntargets: {local: {}, prod: {}}\n")
    commit = desk.repo.commit()
    desk.trained(commit, live_name="here")
    desk.trained(commit, live_name="there", target="prod")
    assert ask(desk).record.live_name == "here"
    assert ask(desk, target="prod").record.live_name == "there"
    assert ask(desk, "there").record.target == "prod"


def test_what_moved_since(desk: Desk) -> None:
    desk.trained(desk.first)
    conda = desk.commit({"conda.yml": "dependencies: [python=3.12]\n"})
    rate = desk.commit({TRAIN: FILES[TRAIN].replace("0.5", "0.25")})
    found = ask(desk)
    assert found.reproduced
    assert found.now.same is False
    assert [(each.field, each.file, each.after, each.commit) for each in found.now.moved if not each.file] == [
        ("inputs.rate", "", 0.25, rate),
        ("packages.python", "", "=3.12", conda),
    ]
    assert [(each.field, each.file, each.commit) for each in found.now.moved if each.file] == [
        ("environment", "conda.yml", conda)
    ]


def test_a_job_that_is_gone(desk: Desk) -> None:
    desk.trained(desk.first)
    desk.commit({}, gone=(TRAIN,))
    found = ask(desk)
    assert found.reproduced
    assert (found.now.same, found.now.why) == (False, "no spec makes job/train any more")


def test_specs_of_today_that_cannot_be_loaded(desk: Desk) -> None:
    desk.trained(desk.first)
    desk.commit({TRAIN: "command: [\n"})
    found = ask(desk)
    assert found.reproduced
    assert found.now.same is None
    assert found.now.why.startswith(f"{TRAIN}:")


def test_a_run_that_was_submitted_with_edits(desk: Desk) -> None:
    job = desk.job(desk.first)
    recorded = {**parts(job.content), "inputs.rate": "00000000", "distribution": "1"}
    desk.trained(desk.first, digest="9" * 64, dirty=True, parts=recorded, digest_scheme="1")
    found = ask(desk)
    assert not found.reproduced
    assert found.why == ("it was submitted with edits that are in no commit",)
    assert {each.field for each in found.differing} == {"inputs.rate", "distribution"}
    assert found.now.same is False
    assert {each.field for each in found.now.moved} == {"inputs.rate", "distribution"}


def test_other_likely_reasons(desk: Desk) -> None:
    desk.trained(desk.first, digest="9" * 64, digest_scheme="0", pull_request=7)
    assert ask(desk).why == (
        "its digest was taken by the rules 0, this aml has 1",
        "a pull request is trained as it would be merged: that of #7 is no commit of its own",
    )


def test_a_pull_request_that_was_merged_is_found_in_what_is_checked_out(desk: Desk) -> None:
    head = desk.commit({"src/main.py": "print(2)\n"})
    merged = desk.commit({"src/main.py": "print(3)\n"})
    desk.trained(merged, commit=head, pull_request=7)
    found = ask(desk)
    assert (found.reproduced, found.now.same) == (False, True)


def test_a_commit_that_is_not_here(desk: Desk) -> None:
    desk.trained(desk.first, commit="e" * 40)
    found = ask(desk)
    assert not found.reproduced
    assert "is not in this clone" in found.why[0]
    assert found.now.same is True


def test_a_commit_without_the_job(desk: Desk) -> None:
    without = desk.commit({}, gone=(TRAIN,))
    desk.trained(desk.first, commit=without)
    assert ask(desk).why[0] == "no spec there makes job/train"


def test_a_name_that_nobody_knows(desk: Desk, monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    with pytest.raises(ConfigError, match=r"knows no run, job or model version 'x' \(the workspace was not asked"):
        ask(desk, "x")
    served(service, monkeypatch)
    with pytest.raises(ConfigError, match="the ledger knows no run, job or model version 'x' nor does the workspace"):
        ask(desk, "x", offline=False)


def served(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A workspace without runs."""
    service.ready().on("jobs", Answer({"value": []}))
    monkeypatch.setattr(engine, "find", lambda *_: service.workspace)
    return service


def live(desk: Desk, **properties: str) -> dict[str, object]:
    """The run of the first commit as the workspace has it."""
    job = desk.job(desk.first)
    own = {
        "aml.project": "demo",
        "aml.target": "local",
        "aml.key": "job/train",
        "aml.digest": job.digest,
        "aml.digest_scheme": "1",
        "aml.commit": desk.first,
    }
    inner = {"status": "Completed", "properties": own | properties, "experimentName": "demo"}
    return {"name": "train-1", "properties": inner, "systemData": {"createdAt": "2026-01-01T00:00:00Z"}}


def test_without_a_ledger_the_run_itself_is_asked(
    desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(service, monkeypatch).on("jobs", Answer({"value": [live(desk)]}))
    service.on("jobs/train-1", Answer(live(desk)))
    service.on("history/v1.0/runs/train-1/details", Answer({"status": "Completed"}))
    service.on("models/iris/versions/3", Answer({"properties": {"tags": {"aml.run": "train-1"}}}))
    listed = [{"path": "model/requirements.txt"}, {"path": "user_logs/std_log.txt"}]
    service.on("history/v1.0/experiments/demo/runs/train-1/artifacts", Answer({"value": listed}))
    at = {"contentUri": f"{service.url}/blob/requirements"}
    service.on("history/v1.0/experiments/demo/runs/train-1/artifacts/contentinfo", Answer(at))
    service.on("/blob/requirements", Answer(b"python==3.11.9\nmlflow==3.17\n"))
    for name in ("train", "train-1", "iris:3"):
        found = ask(desk, name, offline=False)
        assert (found.reproduced, found.record.known_from, found.unknown) == (True, "workspace", (NONE,))
        assert found.packages == (Unpinned("python", "=3.11", "3.11.9"),)
        assert found.had == {"python": "3.11.9", "mlflow": "3.17"}


def test_files_that_differ_are_told_by_the_run(desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    job = desk.job(desk.first)
    files = {**sent_files(job), "code/main.py": "00000000", "code/gone.py": "11111111"}
    recorded = {**parts(job.content), "code": "0"}
    own = {"aml.digest": "9" * 64, "aml.commit": f"{desk.first}-dirty"}
    run = live(desk, **own, **{"aml.parts": json.dumps(recorded), "aml.files": json.dumps(files)})
    served(service, monkeypatch).on("jobs", Answer({"value": [run]}))
    service.on("history/v1.0/runs/train-1/details", Answer({"status": "Completed"}))
    found = ask(desk, offline=False)
    assert not found.reproduced
    assert [(each.field, each.file) for each in found.differing] == [("code", "gone.py"), ("code", "main.py")]


def test_labels_that_moved_and_data_that_changed(desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = (
        FILES[TRAIN]
        .replace("azureml:env@latest", "azureml:theirs@latest")
        .replace(
            "inputs: {rate: 0.5}",
            f"inputs:\n  a: {{type: uri_file, path: '{service.url}/a.csv'}}\n"
            "  b: {type: uri_folder, path: 'azureml://datastores/workspaceblobstore/paths/b/'}\n"
            "  c: {type: uri_file, path: 'azureml:fixed:3'}\n"
            "outputs: {o: {type: uri_folder, path: 'azureml://datastores/workspaceblobstore/paths/o/'}}",
        )
    )
    others = f"{FILES['specs/project.yml']}external: [environment/theirs, data/fixed]\n"
    commit = desk.commit({TRAIN: spec, "specs/project.yml": others})
    began = datetime(2026, 1, 1, tzinfo=UTC)
    desk.trained(commit, began=began.isoformat(), resolved={"environment": "3"})
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.ca_file))
    served(service, monkeypatch).on("environments/theirs/versions", Answer({"value": [{"name": "4"}]}))
    for days, moved in ((1, True), (-1, False)):
        changed = began + timedelta(days=days)
        service.on("/a.csv", Answer(headers={"Last-Modified": format_datetime(changed, usegmt=True)}))
        found = ask(desk, offline=False)
        assert [each for each in found.floating if each.field == "environment"] == [
            Floating("environment", "environment/theirs@latest", "3", "4")
        ]
        assert [(each.field, each.changed_at, each.moved) for each in found.data] == [
            ("inputs.a.path", changed.isoformat(), moved),
            ("inputs.b.path", "", False),
        ]


def test_a_workspace_that_is_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.trained(desk.first)

    def refuse(*_: str) -> None:
        raise ServiceError("it is stopped")

    monkeypatch.setattr(engine, "find", refuse)
    found = ask(desk, offline=False)
    assert found.reproduced
    assert found.unknown == ("the workspace could not be asked: it is stopped",)
