"""Content decides: what trained once is never paid for twice, and what is not what the plan says is never sent."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event

import pytest

from runner import engine
from runner.apply import wait
from runner.apply.stage import ChangedError
from runner.model.events import Started
from runner.model.plan import Action, Result
from runner.report import json as as_json
from runner.report import text
from tests.e2e.conftest import Repo
from tests.e2e.edits import BASE, JOB, PROJECT, Desk, apply, begin, desk, quiet

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

QUICK = BASE[JOB].replace("compute: azureml:parked\n", "").replace("python main.py", "echo")
WAITING = QUICK.replace("echo", "exec sleep 600; echo")


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture
def repo(tmp_path: Path, state: dict[str, str]) -> Repo:
    """A repository with one job that really runs."""
    made = Repo(tmp_path / "repo", state)
    begin(made, {JOB: QUICK})
    return made


def train(at: Desk, repo: Repo, retry: tuple[str, ...] = ()) -> Result:
    """Applies, and waits for the job; its result."""
    session, made = at.plan(repo, retry)
    results = engine.await_runs(session, made, apply(session, made), quiet, Event())
    return next(result for result in results if result.key.name == "one")


def no_changes(at: Desk, repo: Repo) -> None:
    _, made = at.plan(repo)
    assert text.summary(made) == "No changes.", list(text.plan(made))


def runs(at: Desk, repo: Repo) -> list[str]:
    """The names of the project's runs, oldest first."""
    session = at.open(repo)
    return [run.name for run in engine.live_runs.runs(session.rest, session.project.config.project)]


def reasons(at: Desk, repo: Repo, *retry: str) -> list[str]:
    """Why the job runs."""
    _, made = at.plan(repo, retry)
    return [text._reason(reason) for change in made.pending for reason in change.reasons]


def test_a_merged_pull_request_whose_branch_trained(at: Desk, repo: Repo) -> None:
    train(at, repo)
    repo.git("checkout", "-q", "-b", "faster")
    repo.edit(JOB, "rate: 0.1", "rate: 0.2")
    repo.commit()
    trained = train(at, repo)
    assert trained.run["status"] == "Completed"

    repo.git("checkout", "-q", "main")
    repo.write("README.md", "# Meanwhile\n")
    repo.commit()
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "faster")
    no_changes(at, repo)
    _, made = at.plan(repo)
    assert made.changes[-1].state == f"satisfied by {trained.live_name}"

    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("merge", "-q", "--squash", "faster")
    repo.commit("squashed")
    no_changes(at, repo)
    assert len(runs(at, repo)) == 2


def test_a_reverted_commit(at: Desk, repo: Repo) -> None:
    train(at, repo)
    repo.edit("src/main.py", "training", "training hard")
    repo.commit()
    train(at, repo)
    repo.git("revert", "--no-edit", "HEAD")
    no_changes(at, repo)


def test_what_trained_from_a_dirty_tree_and_is_committed_then(at: Desk, repo: Repo) -> None:
    repo.edit(JOB, "rate: 0.1", "rate: 0.2")
    train(at, repo)
    repo.commit()
    no_changes(at, repo)


def test_an_archived_run(at: Desk, repo: Repo) -> None:
    name = train(at, repo).live_name
    with at.writer.open():
        at.writer._client.jobs.archive(name)
    assert name not in [run["name"] for run in at.rest.list("jobs")]
    no_changes(at, repo)


def test_rerun_makes_one_run(at: Desk, repo: Repo) -> None:
    first = train(at, repo).live_name
    repo.write(PROJECT, (repo.root / PROJECT).read_text() + "rules: [{match: job/one, rerun: 2}]\n")
    assert reasons(at, repo) == ["rerun: 1 -> 2"]
    again = train(at, repo)
    assert (again.live_name, again.run["status"]) == (f"{first}-r2", "Completed")
    no_changes(at, repo)

    repo.edit(PROJECT, "rerun: 2", "rerun: 1")
    no_changes(at, repo)
    assert runs(at, repo) == [first, f"{first}-r2"]


def test_a_rerun_that_is_taken_back_before_anything_else_ran(at: Desk, repo: Repo) -> None:
    repo.write(PROJECT, (repo.root / PROJECT).read_text() + "rules: [{match: job/one, rerun: 2}]\n")
    train(at, repo)
    repo.edit(PROJECT, "rerun: 2", "rerun: 1")
    no_changes(at, repo)


def test_a_timeout_that_is_raised_after_a_timeout(at: Desk, repo: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "fast"
    repo.write(JOB, QUICK.replace("echo", f"test -e {marker} || exec sleep 600; echo") + "limits: {timeout: 1}\n")
    first = train(at, repo)
    assert "timed out" in first.run["error"]
    no_changes(at, repo)

    marker.touch()
    repo.edit(JOB, "timeout: 1", "timeout: 60")
    assert reasons(at, repo) == ["limits.timeout: 1 -> 60"]
    second = train(at, repo)
    assert (second.live_name, second.run["status"]) == (f"{first.live_name}-a2", "Completed")
    repo.edit(JOB, "timeout: 60", "timeout: 90")
    no_changes(at, repo)


def test_a_failure_is_tried_again_when_somebody_says_so(at: Desk, repo: Repo) -> None:
    repo.write(JOB, QUICK.replace("echo", "exit 3; echo"))
    first = train(at, repo)
    assert first.run["status"] == "Failed"
    no_changes(at, repo)
    assert reasons(at, repo, "job/o*") == ["attempt: Failed -> again (--retry-failed)"]
    assert train(at, repo, ("job/one",)).live_name == f"{first.live_name}-a2"
    no_changes(at, repo)
    assert train(at, repo, ("job/one",)).live_name == f"{first.live_name}-a3"


def test_a_label_of_others_that_moved(at: Desk, repo: Repo) -> None:
    from azure.ai.ml.entities import Environment

    def publish(version: str) -> None:
        with at.writer.open():
            theirs = Environment(name="theirs", version=version, image="python:3.11")
            at.writer._client.environments.create_or_update(theirs)

    publish("1")
    repo.write(PROJECT, (repo.root / PROJECT).read_text().replace("[", "[environment/theirs, "))
    repo.edit(JOB, "plain@", "theirs@")
    train(at, repo)
    _, made = at.plan(repo)
    assert json.loads(as_json.plan(made, ""))["drift"] == []

    publish("2")
    no_changes(at, repo)
    _, made = at.plan(repo)
    lines = [line.text for line in text.plan(made)]
    assert lines[0] == "  moved: job/one: environment: 1 -> 2; runs keep what they ran with"
    moved = {"cause": "label moved", "address": "job/one", "field": "environment", "before": "1", "after": "2"}
    assert json.loads(as_json.plan(made, ""))["drift"] == [moved]
    assert len(runs(at, repo)) == 1


def test_two_clones_in_one_workspace(at: Desk, repo: Repo, tmp_path: Path) -> None:
    clone = Repo(tmp_path / "clone", repo.variables)
    repo.git("clone", "-q", str(repo.root), str(clone.root))
    clone.edit(PROJECT, "project: ", "project: other-")
    first, second = train(at, repo), train(at, clone)
    assert first.live_name != second.live_name
    assert runs(at, repo) == [first.live_name]
    assert runs(at, clone) == [second.live_name]
    no_changes(at, repo)
    no_changes(at, clone)


def test_a_newer_run_takes_the_place_of_the_branchs_older_one(at: Desk, repo: Repo) -> None:
    repo.write(JOB, WAITING)
    repo.write(PROJECT, (repo.root / PROJECT).read_text() + "rules: [{match: job/*, when_superseded: cancel}]\n")
    repo.commit()
    at.follow(repo)
    repo.git("checkout", "-q", "-b", "other")
    repo.edit(JOB, "rate: 0.1", "rate: 0.2")
    at.follow(repo)
    elsewhere, first = runs(at, repo)[::-1]
    assert at.rest.get(f"jobs/{first}")["properties"]["status"] != "Canceled", "it is of another branch"

    repo.edit(JOB, "rate: 0.2", "rate: 0.3")
    _, made = at.plan(repo)
    assert made.pending[0].supersedes == (elsewhere,)
    key = made.pending[0].key
    at.follow(repo)
    newest = runs(at, repo)[-1]
    canceled = at.rest.get(f"jobs/{elsewhere}")["properties"]
    assert canceled["status"] in {"CancelRequested", "Canceled"}
    assert canceled["tags"]["aml.superseded_by"] == newest

    repo.edit(JOB, "rate: 0.3", "rate: 0.2")
    (over,) = wait.wait(at.rest, [Result(key, Action.RUN, elsewhere, "done")], quiet, Event())
    assert over.run["status"] == "Canceled"
    assert reasons(at, repo) == ["attempt: superseded -> again (wanted once more)"]
    at.follow(repo)
    assert runs(at, repo)[-1] == f"{elsewhere}-a2"
    for name in runs(at, repo):
        at.writer.cancel(name)


RETRIED = "rules: [{match: job/one, retry: {limit: 1, on: [infrastructure]}}]\n"


@pytest.mark.slow  # two starts of a workspace; tests/plan/test_attempts.py has the rule case by case
def test_a_failure_of_the_infrastructure_is_tried_again_once(tmp_path: Path, state: dict[str, str]) -> None:
    # A workspace of its own, as it is stopped while the job runs. It builds an environment, so it needs the network.
    own = {**state, "AML_STATE_DIR": str(tmp_path / "state")}
    repo = Repo(tmp_path / "repo", {name: value for name, value in own.items() if name != "HTTPS_PROXY"})
    begin(repo, {JOB: WAITING})
    repo.write(PROJECT, (repo.root / PROJECT).read_text() + RETRIED)
    try:
        names = [_interrupted(repo) for _ in range(2)]
        assert names[1] == f"{names[0]}-a2"
        plan = repo.aml("plan", "--json")
        (job,) = [change for change in json.loads(plan.out)["resource_changes"] if change["kind"] == "job"]
        assert (job["action"], job["live_name"]) == ("no-op", names[1])
    finally:
        repo.aml("workspace", "stop")


def _interrupted(repo: Repo) -> str:
    """Applies, and stops the workspace while the run runs; the run's name."""
    done = json.loads(repo.aml("apply", "--auto-approve", "--json").out)["results"][-1]
    name = str(done["live_name"])
    while "job/one  Running" not in (status := repo.aml("status").out):
        assert "Failed" not in status, status
    repo.aml("workspace", "stop")
    return name


def _changed(repo: Repo) -> None:
    repo.edit("src/main.py", "training", "mischief")


def _gone(repo: Repo) -> None:
    (repo.root / "src/main.py").unlink()


def _a_link(repo: Repo) -> None:
    _gone(repo)
    (repo.root / "src/main.py").symlink_to("/etc/passwd")


def _a_link_to_the_same(repo: Repo) -> None:
    (repo.root / "src/main.py").rename(repo.root.parent / "main.py")
    (repo.root / "src/main.py").symlink_to(repo.root.parent / "main.py")


def _a_folder_that_is_a_link(repo: Repo) -> None:
    (repo.root / "src/lib").rename(repo.root.parent / "lib")
    (repo.root / "src/lib").symlink_to(repo.root.parent / "lib")


def _data(repo: Repo) -> None:
    repo.edit("numbers.csv", "1", "9")


LINKED = "cannot be read any more (REPO/src/{} is a link that leaves the repository)"
MEANWHILE = {
    _changed: "job/one: main.py changed since the plan was made",
    _gone: "job/one: main.py cannot be read any more (REPO/src/main.py is gone)",
    _a_link: f"job/one: main.py {LINKED.format('main.py')}",
    _a_link_to_the_same: f"job/one: main.py {LINKED.format('main.py')}",
    _a_folder_that_is_a_link: f"job/one: lib/util.py {LINKED.format('lib/util.py')}",
    _data: "data/numbers: numbers.csv changed since the plan was made",
}


@pytest.mark.parametrize(("change", "message"), MEANWHILE.items())
def test_a_file_that_changes_after_the_plan(
    change: Callable[[Repo], None], message: str, at: Desk, repo: Repo, state: dict[str, str]
) -> None:
    repo.write("numbers.csv", f"1 {repo.root}\n")  # nobody else's data
    session, made = at.plan(repo)
    change(repo)
    before = writes(state)
    with pytest.raises(ChangedError) as caught:
        apply(session, made)
    assert str(caught.value).replace(str(repo.root), "REPO") == f"{message}; plan again"
    assert writes(state) == before


def _other_bytes(copy: Path) -> None:
    (copy / "main.py").write_text("print('mischief')\n")


def _a_file_more(copy: Path) -> None:
    (copy / "more.py").write_text("print('mischief')\n")


def _a_file_less(copy: Path) -> None:
    (copy / "main.py").unlink()


def _linked(copy: Path) -> None:
    (copy / "main.py").unlink()
    (copy / "main.py").symlink_to("/etc/passwd")


@pytest.mark.parametrize("tamper", [_other_bytes, _a_file_more, _a_file_less, _linked])
def test_a_private_copy_that_somebody_changes(
    tamper: Callable[[Path], None],
    at: Desk,
    repo: Repo,
    state: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train(at, repo)
    repo.edit("src/main.py", "training", "training hard")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    session, made = at.plan(repo)
    assert [change.key.name for change in made.pending] == ["one"]

    def listener(event: object) -> None:
        if isinstance(event, Started):
            (copy,) = tmp_path.glob("aml-stage-*/*/src")
            tamper(copy)

    before = writes(state)
    (result,) = engine.apply(session, made, listener, parallelism=1, stop=Event())
    assert result.status == "failed"
    assert "was changed by somebody else" in result.error
    assert writes(state) == before
    assert not list(tmp_path.glob("aml-stage-*"))


def writes(variables: Mapping[str, str]) -> list[str]:
    """Every request so far that could change something."""
    log = Path(variables["AML_STATE_DIR"], "requests.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in log]
    return [f"{each['method']} {each['path']}" for each in asked if each["method"] not in {"GET", "HEAD"}]
