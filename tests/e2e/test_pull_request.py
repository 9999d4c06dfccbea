"""A pull request from its first plan to the registered model, with a real repository, real HTTP and real runs."""

import signal
import subprocess
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from threading import Event

import pytest

from runner.apply import wait
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Result
from tests.e2e.edits import Desk, desk
from tests.e2e.people import others, requests
from tests.e2e.workflows import Pull, Remote, begun, on_main, on_pull
from tests.github.server import GitHub, serving

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving() as made:
        yield made


@pytest.fixture
def remote(hub: GitHub, state: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest) -> Remote:
    """A project of its own."""
    return Remote(tmp_path, hub, f"story-{len(request.node.name)}", state)


@pytest.fixture
def trained(remote: Remote) -> Remote:
    """One of which main is applied, and its run over."""
    on_main(remote, "push", "apply")
    return remote


def runs(at: Desk, remote: Remote) -> dict[str, str]:
    """The runs of the project: live name -> status."""
    found = at.rest.list("jobs", listViewType="All")
    return {each["name"]: each["properties"]["status"] for each in found if each["name"].startswith(f"{remote.name}-t")}


def states(hub: GitHub, commit: str) -> list[str]:
    """What the status of a commit was, in order; how often each was told does not matter."""
    assert {name for name, _ in hub.states(commit)} <= {"aml/local"}
    return [state for state, _ in groupby(state for _, state in hub.states(commit))]


@pytest.fixture
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


def test_the_whole_story(trained: Remote, hub: GitHub, at: Desk) -> None:
    before = runs(at, trained)
    pull = Pull(trained, 7, "better")
    trained.edit("rate: 0.5", "rate: 0.4")
    first = pull.push("Try a lower rate")

    step = on_pull(pull, "plan")
    (body,) = hub.bodies(7)
    assert "1 run on `local`: planned" in body
    assert "`inputs.rate`: `0.5` \N{RIGHTWARDS ARROW} `0.4`" in body
    assert states(hub, first) == ["success"]
    assert body.splitlines()[1] in step.summary
    assert runs(at, trained) == before, "a plan writes nothing"

    step = on_pull(pull, "train")  # somebody has labelled it
    (body,) = hub.bodies(7)
    assert "1 run on `local`: better" in body
    assert "`loss` 0.5833 \N{RIGHTWARDS ARROW} 0.4833" in body, "against the run of what main holds"
    assert "xychart-beta" in body
    assert "| `rate` | `0.4` | `0.5` |" in body
    assert states(hub, first) == ["success", "pending", "success"]
    good = runs(at, trained).keys() - before.keys()
    assert len(good) == 1

    trained.edit("wait: 0", "wait: 600")
    second = pull.push("Take more time")
    step = on_pull(pull, "train", AML_DETACH="1")
    slow = runs(at, trained).keys() - before.keys() - good
    assert states(hub, second)[-1] == "pending"
    assert "running" in hub.bodies(7)[0]

    trained.edit("wait: 600", "wait: 0")
    trained.edit("rate: 0.4", "rate: 0.7")
    third = pull.push("Try a higher rate")
    step = on_pull(pull, "train", code=1)
    (body,) = hub.bodies(7)
    assert {runs(at, trained)[name] for name in slow} <= {"Canceled", "CancelRequested"}, "superseded"
    assert "0.7833 is worse than the base's 0.5833" in body
    assert states(hub, third)[-1] == "failure"
    assert "::error file=specs/jobs/train.yml,line=1,col=1::gate failed: loss no worse than base" in step.done.out

    trained.edit("rate: 0.7", "rate: 0.4")
    fourth = pull.push("Back to what was good")
    so_far = runs(at, trained)
    on_pull(pull, "train")
    assert runs(at, trained).keys() == so_far.keys(), "the run of this content is there"
    assert states(hub, fourth)[-1] == "success"

    commit = pull.merge(squash=True)
    on_main(trained, "push", "apply")
    (body,) = hub.bodies(7)
    assert runs(at, trained).keys() == so_far.keys(), "merged, and nothing trained"
    assert states(hub, commit)[-1] == "success"
    assert f"registered as `{trained.name}-model:2`" in body, "main's first run is the first version"
    model = at.rest.get(f"models/{trained.name}-model/versions/2")
    assert model
    tags = model["properties"]["tags"]
    assert {"aml.run": min(good), "aml.commit": commit, "aml.key": f"job/{trained.name}-train"}.items() <= tags.items()
    assert tags["aml.pull_request"] == "7"
    assert min(good) in model["properties"]["modelUri"]
    on_main(trained, "push", "apply")
    assert len(list(at.rest.list(f"models/{trained.name}-model/versions", listViewType="All"))) == 2, "once"


@pytest.mark.slow
def test_drift_is_one_issue_that_closes_by_itself(trained: Remote, hub: GitHub, at: Desk) -> None:

    def nodes(count: int) -> None:
        def change(sdk: object) -> None:
            found = sdk.compute.get(f"{trained.name}-cpu")  # type: ignore[attr-defined]
            found.max_instances = count
            sdk.compute.begin_update(found).result()  # type: ignore[attr-defined]

        others(at, change)

    on_main(trained, "schedule", "drift")
    assert not hub.issues
    nodes(5)
    on_main(trained, "schedule", "drift")
    nodes(6)
    on_main(trained, "schedule", "drift")
    (issue,) = hub.issues.values()
    assert (issue["title"], issue["state"]) == ("local differs from its specs", "open")
    assert "`max_instances`" in issue["body"]
    assert "`6`" in issue["body"]
    on_main(trained, "push", "apply")
    on_main(trained, "schedule", "drift")
    assert issue["state"] == "closed"


@pytest.mark.slow
def test_a_runner_that_dies_leaves_a_story_that_report_finishes(trained: Remote, hub: GitHub, at: Desk) -> None:
    pull = Pull(trained, 8, "dying")
    trained.edit("rate: 0.5", "rate: 0.45")
    trained.edit("wait: 0", "wait: 20")
    head = pull.push("Die in the middle")
    where, environment, command = begun(pull, "train")
    with subprocess.Popen(command, cwd=where, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if "Running" in line:
                break
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert states(hub, head) == ["pending"]
    on_main(trained, "schedule", "report")
    assert "running" in hub.bodies(8)[0]
    (name,) = (name for name, status in runs(at, trained).items() if status not in {"Completed", "Canceled"})
    until_over(at, trained, name)
    on_main(trained, "schedule", "report")
    (body,) = hub.bodies(8)
    assert "1 run on `local`: better" in body
    assert "| `rate` | `0.45` | `0.5` |" in body
    assert states(hub, head)[-1] == "success"
    so_far = list(hub.writes)
    on_main(trained, "schedule", "report")
    assert hub.writes == so_far, "a story that has ended is left alone"


def until_over(at: Desk, remote: Remote, name: str) -> None:
    """Waits for a run, as aml does."""
    key = Key(Kind.JOB, f"{remote.name}-train")
    wait.wait(at.rest, [Result(key, Action.RUN, name, "done")], lambda _: None, Event())


@pytest.mark.slow
def test_a_workflow_that_is_canceled_leaves_paid_runs_alone(trained: Remote, hub: GitHub, at: Desk) -> None:
    pull = Pull(trained, 9, "canceled")
    trained.edit("wait: 0", "wait: 600")
    for rule, status in (("", "Running"), ("    cancel_on_abort: true\n", "Canceled")):
        trained.edit("    when_superseded: cancel\n", f"    when_superseded: keep\n{rule}", "specs/project.yml")
        trained.edit("rate: 0.", "rate: 0.0")
        head = pull.push("Cancel me")
        where, environment, command = begun(pull, "train")
        before = runs(at, trained)
        with subprocess.Popen(command, cwd=where, env=environment, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr
            for line in process.stderr:
                if "Running" in line:
                    process.send_signal(signal.SIGINT)
                    break
            process.stderr.read()
        assert process.returncode == 130
        (name,) = runs(at, trained).keys() - before.keys()
        assert states(hub, head)[-1] == "error"
        if status == "Canceled":
            until_over(at, trained, name)
        assert runs(at, trained)[name] == status
        trained.edit(f"    when_superseded: keep\n{rule}", "    when_superseded: cancel\n", "specs/project.yml")
        others(at, lambda sdk, name=name: sdk.jobs.begin_cancel(name).wait())


def test_what_is_refused_right_before_it_is_sent_is_told(remote: Remote, hub: GitHub) -> None:
    secret = 'credentials: {account_key: "{{ env.AML_SECRET_UNSET }}"}'
    store = f"name: unset\ntype: azure_blob\naccount_name: devstore\ncontainer_name: c\n{secret}\n"
    remote.write("specs/datastores/unset.yml", store)
    commit = remote.commit("Refer to what nobody has set", "main")
    hub.open_pull(11, commit)
    hub.merge(11, commit)
    on_main(remote, "push", "apply", code=1)
    assert states(hub, commit) == ["failure"]
    assert "`AML_SECRET_UNSET` is not set" in hub.bodies(11)[0]


def test_a_fork_is_checked_offline_and_told_nothing(remote: Remote, hub: GitHub, at: Desk) -> None:
    pull = Pull(remote, 10, "forked", fork=True)
    remote.edit("rate: 0.5", "rate: 0.1")
    pull.push("From a fork")
    before, so_far = runs(at, remote), list(hub.writes)
    with requests(remote.variables) as asked:
        step = on_pull(pull, "plan")
        assert "This pull request comes from a fork" in step.summary
        remote.edit("rate: 0.1", "rates: 0.1")
        remote.edit("command:", "comand:")
        pull.push("Broken")
        step = on_pull(pull, "plan", code=1)
    assert "::error file=specs/jobs/train.yml,line=2,col=1::unknown field 'comand'" in step.done.out
    assert asked == [], "no workspace was asked"
    assert (runs(at, remote), hub.writes) == (before, so_far)
