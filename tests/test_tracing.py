"""Where something live comes from: by git and the ledger, and by the workspace where those do not know."""

from dataclasses import replace
from typing import Any

import pytest

from runner import engine
from runner.errors import ConfigError
from runner.git import notes
from runner.git.repository import Repository
from runner.model.ledger import FINISH, REGISTER, Entry, line
from runner.model.outcome import Outcome
from runner.model.traced import Traced
from runner.report import lineage
from runner.tracing import blame
from tests.loopback import Answer, Service
from tests.model.test_ledger import OUTCOME, RUN
from tests.repositories import Repo, git
from tests.scripted import ScriptedRun

USES = {"environment": "environment/plain:c2", "inputs.iris.path": "azureml:shared@latest", "compute": "compute/cpu"}


def keep(repo: Repo, *entries: Entry) -> None:
    for entry in entries:
        notes.append(Repository(repo.root), {entry.commit: [line(entry)]})


def traced(repo: Repo, name: str, *, offline: bool = True) -> Traced:
    return blame(repo.root, name, None, offline=offline)


def shown(found: Traced) -> list[str]:
    lines = [each.text for each in lineage.text(found)]
    assert max(map(len, lines)) <= 80
    return lines


@pytest.fixture
def project(repo: Repo) -> Repo:
    """A job that was trained on its own branch, with an environment that was made before."""
    repo.write(
        "specs/project.yml", "version: 1\nproject: iris\ntargets: {prod: {}, local: {}}\ndefault_target: local\n"
    )
    repo.write("specs/environments/plain.yml", "name: plain\n")
    first = repo.commit("Begin")
    keep(
        repo,
        replace(
            RUN, id="environment", at="2026-01-01T00:00:00+00:00", commit=first, address="environment/plain",
            action="create", live_name="plain:c2", spec="specs/environments/plain.yml:1", uses={"image": "python:3.11"},
        ),
    )  # fmt: skip
    return repo


def train(repo: Repo, **facts: Any) -> Entry:
    """A commit on a branch of its own that trains, and says so in the ledger."""
    git(repo.root, "switch", "-q", "-c", "lower-rate")
    repo.write("specs/jobs/train.yml", "rate: 0.1\n")
    repo.write("src/main.py")
    repo.write("src/lib/util.py")
    repo.commit("Try a lower rate")
    repo.write("README.md")
    run = replace(
        RUN, commit=repo.commit("Tell of it"), digest="d" * 64, digest_scheme="1", uses=USES, pull_request=7,
        resolved={"inputs.iris.path": "4"}, sources={"code": "src"}, spec="specs/jobs/train.yml:1", actor="ada",
        parts={"code": "0a1b2c3d"}, approved_by=("grace",), ref="refs/heads/lower-rate",
    )  # fmt: skip
    run = replace(run, **facts)
    keep(repo, run)
    return run


def over(repo: Repo, run: Entry, outcome: Outcome = OUTCOME) -> None:
    keep(repo, replace(run, id=f"{run.id} over", action=FINISH, status=outcome.status, run=outcome))


def test_all_that_a_clone_knows(project: Repo) -> None:
    run = train(project)
    over(project, run)
    model = replace(run, id="model", address="model/iris", action=REGISTER, live_name="iris:3", from_run=run.live_name)
    keep(project, replace(model, at="2026-01-03T00:00:00+00:00", uses={}, digest=""))
    found = traced(project, "iris:3")
    assert found.explained
    assert found.notes == ()
    assert found.changed
    assert (found.changed.subject, found.sent["code"].files) == ("Try a lower rate", 2)
    tree = git(project.root, "rev-parse", "HEAD:src")[:10]
    edit, first = (git(project.root, "rev-parse", name)[:10] for name in ("HEAD^", "HEAD^^"))
    day = found.changed.at[:10]
    assert shown(found) == [
        "model/iris:3  from train-0123",
        "  made    2026-01-03 00:00 to prod, from lower-rate by ada",
        f"  commit  {run.commit[:10]} {day} Ada: Tell of it",
        "",
        "train-0123  Completed in 2 min 30 s",
        "  spec          specs/jobs/train.yml:1 job/train",
        f"  commit        {run.commit[:10]} {day} Ada: Tell of it",
        f"  changed       {edit} {day} Ada: Try a lower rate",
        "  pull request  #7, approved by grace",
        "  applied       2026-01-02 03:04 to prod, from lower-rate by ada",
        "  digest        dddddddddddd (scheme 1)",
        "  parts         code 0a1b2c3d",
        f"  code          src (2 files, git {tree})",
        "  compute       compute/cpu",
        "  environment   environment/plain:c2",
        f"                  specs/environments/plain.yml:1  {first}  {day}  Ada...",
        "                  image python:3.11",
        "  inputs.iris   azureml:shared@latest (resolved to 4)",
        "  metrics       loss 0.25, steps 12",
        "  parameters    rate 0.1",
        "  became        model/iris:3",
        "",
    ]


def test_who_approved_after_it_had_run(project: Repo) -> None:
    run = train(project, approved_by=())
    over(project, run)
    merged = replace(run, id="merged", at="2026-01-05T00:00:00+00:00", action="no-op", approved_by=("grace", "alan"))
    other = replace(merged, id="other", pull_request=8, approved_by=("mallory",))
    keep(project, merged, other)
    assert "  pull request  #7, approved by grace, alan" in shown(traced(project, "train-0123"))


def test_after_a_squash_the_commit_on_main_is_told(project: Repo) -> None:
    run = train(project)
    over(project, run)
    git(project.root, "switch", "-q", "main")
    git(project.root, "merge", "-q", "--squash", "lower-rate")
    squashed = project.commit("Try a lower rate (#7)")
    keep(project, replace(run, id="squash", at="2026-01-05T00:00:00+00:00", commit=squashed, action="no-op"))
    git(project.root, "branch", "-q", "-D", "lower-rate")
    git(project.root, "reflog", "expire", "--expire=now", "--all")
    git(project.root, "gc", "-q", "--prune=now")
    found = traced(project, "train-0123")
    assert run.commit not in found.commits
    assert [entry.commit for entry in found.here] == [squashed]
    assert found.explained
    assert found.changed
    assert found.changed.id == squashed
    told = "\n".join(shown(found))
    assert f"{run.commit[:10]} (not in this clone)" in told
    assert f"also          {squashed[:10]}" in told


def test_a_commit_that_was_applied_with_edits_holds_no_content(project: Repo) -> None:
    """The same content with edits on a commit that is here does not explain it; as it was committed, it does."""
    head = git(project.root, "rev-parse", "HEAD")
    gone = replace(RUN, digest="d" * 64, commit="f" * 40)
    edited = replace(gone, id="edited", commit=head, action="no-op", dirty=True)
    notes.append(Repository(project.root), {head: [line(gone), line(edited)]})
    over(project, replace(gone, commit=head))
    assert not traced(project, "train-0123").explained
    keep(project, replace(edited, id="clean", dirty=False))
    assert traced(project, "train-0123").explained
    assert [entry.id for entry in traced(project, "train-0123").here] == ["clean"]


@pytest.mark.parametrize("facts", [{"dirty": True}, {"commit": "f" * 40}])
def test_what_no_commit_explains(project: Repo, facts: dict[str, Any]) -> None:
    head = git(project.root, "rev-parse", "HEAD")
    run = replace(RUN, **{"commit": head, **facts})
    notes.append(Repository(project.root), {head: [line(run)]})
    over(project, replace(run, commit=head))
    assert not traced(project, "train-0123").explained


def test_approvers_and_the_pull_request_by_the_commit(project: Repo) -> None:
    project.write("specs/jobs/train.yml", "rate: 0.2\n")
    commit = project.commit("Lower it (#9)\n\nWhy.\n\nReviewed-by: Grace <grace@example.com>")
    run = replace(RUN, commit=commit)
    keep(project, run)
    over(project, run)
    found = traced(project, "train-0123")
    assert "  pull request  #9, approved by Grace" in shown(found)


def test_a_name_that_nobody_knows(project: Repo) -> None:
    train(project)
    with pytest.raises(ConfigError, match=r"nothing is known of 'trian-0123'; .*no workspace was asked; did you mean"):
        traced(project, "trian-0123")


@pytest.fixture
def workspace(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(engine, "find", lambda *_, **__: service.workspace)
    return service.ready()


HERE = "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w"


def test_how_a_run_ended_is_asked_of_its_workspace(project: Repo, workspace: Service) -> None:
    train(project, workspace=HERE)
    ScriptedRun(workspace, "train-0123", [("Failed", b"")], metrics={"loss": 0.5})
    found = traced(project, "train-0123", offline=False)
    run = found.subject.entry.run
    assert run
    assert (run.status, run.metrics) == ("Failed", {"loss": 0.5})
    assert found.notes == ("how train-0123 ended is not in the ledger; the workspace told it",)
    offline = traced(project, "train-0123")
    assert offline.notes == ("the ledger does not tell all of train-0123, and no workspace was asked",)
    assert shown(offline)[0] == "train-0123  how it ended is not known"


def test_a_run_whose_workspace_was_deleted_or_is_another(project: Repo, workspace: Service) -> None:
    run = train(project, workspace=HERE)
    assert traced(project, "train-0123", offline=False).notes == (
        "how train-0123 ended is not in the ledger; it still runs, or is not there any more",
    )
    keep(project, replace(run, id="9", live_name="train-9", workspace="/elsewhere"))
    (note,) = traced(project, "train-9", offline=False).notes
    assert note.endswith("the workspace cannot be asked: its target is another workspace by now")
    workspace.on("history/v1.0/runs/train-0123/details", Answer({"error": {"code": "Forbidden"}}, 403))
    (note,) = traced(project, "train-0123", offline=False).notes
    assert note.startswith("how train-0123 ended is not in the ledger; the workspace cannot be asked: ")


def recorded(commit: str, **more: str) -> dict[str, str]:
    own = {"project": "iris", "target": "local", "key": "job/train", "digest": "d" * 64, "commit": commit}
    return {f"aml.{name}": value for name, value in own.items()} | more


def test_without_a_ledger_the_workspace_is_the_witness(project: Repo, workspace: Service) -> None:
    git(project.root, "update-ref", "-d", notes.REF)
    commit = git(project.root, "rev-parse", "HEAD")
    model = {"name": "3", "properties": {"tags": {"aml.run": "train-1", "aml.commit": commit}}}
    workspace.on("models/iris/versions/3", Answer(model))
    ScriptedRun(workspace, "train-1", [("Completed", b"")], metrics={"loss": 0.5})
    dated = {"createdAt": "2026-01-02T03:04:05+00:00"}
    properties = {"properties": recorded(f"{commit}-dirty", **{"aml.parts": '{"code":"0a"}'})}
    workspace.on("jobs/train-1", Answer({"name": "train-1", "systemData": dated, "properties": properties}))
    found = traced(project, "model/iris:3", offline=False)
    run = found.subject.entry
    assert (run.live_name, run.commit, run.dirty, run.parts) == ("train-1", commit, True, {"code": "0a"})
    assert run.run
    assert run.run.metrics == {"loss": 0.5}
    assert found.notes[0].startswith("there is no ledger in this clone; ")
    assert found.notes[1] == "the ledger does not tell how model/iris:3 came to be; the workspace told of it"
    with pytest.raises(ConfigError, match=r"nothing is known of 'iris:4'; .*nor does the workspace"):
        traced(project, "iris:4", offline=False)


def test_a_run_that_was_only_reused_was_made_by_somebody(project: Repo, workspace: Service) -> None:
    commit = git(project.root, "rev-parse", "HEAD")
    told = {"spec": "specs/jobs/train.yml:1", "uses": USES, "digest": "d" * 64}
    reused = replace(RUN, commit=commit, action="no-op", workspace=HERE, target="local", **told)
    keep(project, reused)
    over(project, reused)
    assert "  reused       2026-01-02 03:04 to local" in shown(traced(project, "train-0123"))
    dated = {"createdAt": "2026-01-01T00:00:00+00:00"}
    properties = {"properties": recorded("f" * 40)}
    workspace.on("jobs/train-0123", Answer({"name": "train-0123", "systemData": dated, "properties": properties}))
    found = traced(project, "train-0123", offline=False)
    assert "  applied      2026-01-01 00:00 to local" in shown(found)
    assert "  environment  environment/plain:c2" in shown(found)
    assert [entry.commit for entry in found.here] == [commit]


def test_a_workspace_that_cannot_be_reached(project: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConfigError("nobody is signed in")

    monkeypatch.setattr(engine, "find", refuse)
    with pytest.raises(ConfigError, match="the workspace cannot be asked: nobody is signed in"):
        traced(project, "train-1", offline=False)


def test_markdown_and_json_say_the_same(project: Repo) -> None:
    run = train(project, actor="@everybody|<b>")
    over(project, run)
    found = traced(project, "train-0123")
    page = lineage.markdown(found)
    assert page.startswith("### `train-0123` Completed in 2 min 30 s")
    assert "| `pull request` | `#7`, approved by grace |" in page
    assert "`@everybody\\|<b>`" in page
    document = lineage.document(found)
    assert '"explained": true' in document
    assert '"subject": "Try a lower rate"' in document
