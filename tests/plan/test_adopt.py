"""Taking over versions and runs that nobody of ours made: only what provably holds the content of the spec."""

import dataclasses

import pytest

from runner.model.fence import Fence
from runner.model.live import Likeness, LiveResource, LiveRun, LiveState
from runner.model.plan import Action, Change, Plan
from runner.model.resource import Resource
from runner.model.rules import Settings
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.builders import desired, present, resource, run_of

ENV = resource("environment/env", {"image": "x", "version": "1", "description": "Ours", "tags": {"team": "a"}})
TRAIN = resource("job/train")
THEIRS = LiveResource(spec={"description": "Theirs", "tags": {"audit": "1"}}, tags={"audit": "1"})
ADOPT = Asked(adopt=True)
NAMESAKE = LiveRun("train", "Completed")
WAYS = "use another name, or list it under external: in specs/project.yml; --adopt takes it over"


def planned(wanted: Resource, found: LiveState, asked: Asked) -> tuple[Change, Plan, list[str]]:
    made = make_plan(desired(wanted), found, asked=asked)
    return made.changes[0], made, [item.message for item in made.diagnostics]


SAME = Likeness()


def version(likeness: Likeness = SAME, found: LiveResource = THEIRS) -> LiveState:
    return LiveState(assets={(ENV.key, "1"): found}, likenesses={ENV.key: likeness})


def test_a_version_of_nobodys_is_refused_unasked() -> None:
    change, _, said = planned(ENV, version(), Asked())
    assert (change.action, change.state) == (Action.NO_OP, "foreign")
    assert said == [f"environment/env: exists and was not made by this project: {WAYS}"]


def test_a_version_that_holds_the_same_is_adopted_with_our_words() -> None:
    change, made, _ = planned(ENV, version(), ADOPT)
    assert (change.action, change.live_name, made.applyable) == (Action.ADOPT, "env:1", True)
    told = {reason.field: (reason.before, reason.after) for reason in change.reasons}
    assert told == {
        "aml.project": (None, "demo"),
        "aml.target": (None, "local"),
        "description": ("Theirs", "Ours"),
        "tags.team": (None, "a"),
    }
    assert change.keeps == {"tags": {"audit": "1"}}


@pytest.mark.parametrize(
    ("likeness", "why"),
    [
        (Likeness(problem="what refers to a code that is gone"), "what refers to a code that is gone"),
        (Likeness(("image",)), "its content differs in image"),
        (Likeness(("code", "inputs.rate")), "its content differs in code, inputs.rate"),
    ],
)
def test_a_version_that_holds_something_else_is_not(likeness: Likeness, why: str) -> None:
    change, made, said = planned(ENV, version(likeness), ADOPT)
    assert said == [f"environment/env: cannot be adopted: {why}; use another name or version"]
    assert (change.action, made.applyable) == (Action.ADOPT, False)


def test_what_nobody_looked_at_is_not_adopted() -> None:
    _, made, _ = planned(ENV, dataclasses.replace(version(), likenesses={}), ADOPT)
    assert not made.applyable


def test_our_own_version_with_other_content_is_never_adopted() -> None:
    ours = present(ENV)
    other = dataclasses.replace(ours, tags=ours.tags | {"aml.digest": "other"})
    _, _, said = planned(ENV, version(SAME, other), ADOPT)
    assert said == ["environment/env: version 1 exists with other content, and versions never change: bump it"]


def test_a_fenced_target_leaves_adoption_to_its_branch() -> None:
    fence = Fence("main", here=False)
    change, _, _ = planned(ENV, version(), Asked(adopt=True, fence=fence))
    assert (change.action, change.withheld) == (Action.ADOPT, "left to main")


def test_a_namesake_is_refused_unasked_and_adopted_on_demand() -> None:
    found = LiveState(namesakes={TRAIN.key: NAMESAKE}, likenesses={TRAIN.key: SAME})
    change, _, said = planned(TRAIN, found, Asked())
    assert (change.action, change.state, change.live_name) == (Action.NO_OP, "foreign", "train")
    how = "--adopt counts it as the run of this job; or give the job another name"
    assert said == [f"job/train: a run of this name exists and was not made by this project: {how}"]
    change, made, _ = planned(TRAIN, found, ADOPT)
    assert (change.action, change.live_name, change.run_status) == (Action.ADOPT, "train", "Completed")
    assert made.applyable


def test_a_namesake_of_other_content_is_not_adopted() -> None:
    found = LiveState(namesakes={TRAIN.key: NAMESAKE}, likenesses={TRAIN.key: Likeness(("command",))})
    _, made, said = planned(TRAIN, found, ADOPT)
    assert said == ["job/train: cannot be adopted: its content differs in command; use another name or version"]
    assert not made.applyable


def test_an_adopted_run_satisfies_its_job() -> None:
    adopted = dataclasses.replace(run_of(TRAIN), name="train")
    change, made, _ = planned(TRAIN, LiveState(runs=(adopted,)), Asked())
    assert (change.action, change.state) == (Action.NO_OP, "satisfied by train")
    assert made.pending == ()


def test_who_wants_it_done_again_does_not_adopt_it() -> None:
    again = resource(settings=Settings(rerun=2))
    change, _, _ = planned(again, LiveState(namesakes={TRAIN.key: NAMESAKE}, likenesses={TRAIN.key: SAME}), ADOPT)
    assert (change.action, change.live_name) == (Action.RUN, run_of(again).name)
    assert change.live_name.endswith("-r2")


def test_another_branch_leaves_the_adoption_of_a_run_to_the_branch() -> None:
    found = LiveState(namesakes={TRAIN.key: NAMESAKE}, likenesses={TRAIN.key: SAME})
    change, _, _ = planned(TRAIN, found, Asked(adopt=True, fence=Fence("main", here=False)))
    assert change.withheld == "left to main"
