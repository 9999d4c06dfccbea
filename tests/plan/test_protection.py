"""What is protected stays, unless a rule lifts that: also where the tags still say otherwise."""

import pytest

from runner.model.live import LiveState
from runner.model.rules import Settings
from runner.plan.planning import NOTHING
from runner.plan.removals import Retention, make_destroy, make_prune
from tests.builders import desired, plan, present, resource

PROTECTED = Settings(prevent_destroy=True)
IMAGE = resource("environment/plain", {"image": "x:1"}, settings=PROTECTED)
FOUND = LiveState(assets={(IMAGE.key, IMAGE.version): present(IMAGE)})
BARE = LiveState(assets={(IMAGE.key, IMAGE.version): present(resource("environment/plain", {"image": "x:1"}))})


@pytest.mark.parametrize(
    ("live", "ruled", "taken"),
    [(FOUND, None, False), (FOUND, False, True), (FOUND, True, False), (BARE, None, True), (BARE, True, False)],
)
def test_a_rule_has_the_say_over_tags(live: LiveState, ruled: bool | None, taken: bool) -> None:
    settings = {IMAGE.key: Settings(prevent_destroy=ruled)}
    destroyed = make_destroy(desired(), live, NOTHING, settings)
    assert ([change.key for change in destroyed.pending], destroyed.applyable) == ([IMAGE.key] * taken, taken)
    pruned = make_prune(desired(), live, NOTHING, settings, Retention(keep=0), (), plan())
    assert ([change.key for change in pruned.pending], pruned.applyable) == ([IMAGE.key] * taken, True)
