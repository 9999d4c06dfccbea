"""Taking over a run that is called as a job's spec is."""

from runner.model.fence import Fence
from runner.model.live import Likeness, LiveRun, LiveState
from runner.model.plan import Action, Change
from runner.model.resource import Resource
from runner.model.rules import Settings
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.builders import desired, resource, run_of

JOB = resource()


def adopting(wanted: Resource, fence: Fence | None = None) -> Change:
    found = LiveState(namesakes={JOB.key: LiveRun("train", "Completed")}, likenesses={JOB.key: Likeness()})
    return make_plan(desired(wanted), found, asked=Asked(adopt=True, fence=fence)).changes[0]


def test_a_run_of_the_same_content_is_adopted() -> None:
    change = adopting(JOB)
    assert (change.action, change.live_name, change.withheld) == (Action.ADOPT, "train", "")
    assert adopting(JOB, Fence("main", here=True)) == change


def test_another_branch_leaves_that_to_the_branch() -> None:
    assert adopting(JOB, Fence("main", here=False)).withheld == "left to main"


def test_who_wants_it_done_again_does_not_adopt_it() -> None:
    again = resource(settings=Settings(rerun=2))
    change = adopting(again)
    assert (change.action, change.live_name) == (Action.RUN, run_of(again).name)
    assert change.live_name.endswith("-r2")
