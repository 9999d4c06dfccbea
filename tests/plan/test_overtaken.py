"""Between a plan and its apply others may have been faster: what is live then is not overwritten."""

import pytest

from runner.model.live import LiveResource
from runner.model.plan import Action
from runner.plan.ownership import overtaken
from tests.builders import ORIGIN, change, present, resource

CPU = resource("compute/cpu", {"type": "amlcompute", "max_instances": 4})
NOW = present(CPU)
NOBODYS = LiveResource(CPU.spec, {})
THEIRS = LiveResource(CPU.spec, {**NOW.tags, "aml.project": "wine"})
NEWER = LiveResource(CPU.spec, {**NOW.tags, "aml.commit": "d" * 40, "aml.digest": "e" * 64})
SAME = LiveResource(CPU.spec, {**NOW.tags, "aml.commit": "d" * 40})


@pytest.mark.parametrize(
    ("action", "since", "live", "why"),
    [
        (Action.CREATE, "", None, ""),
        (Action.CREATE, "", SAME, ""),  # another apply of the same
        (Action.CREATE, "", NEWER, "was applied from dddddddddd"),
        (Action.CREATE, "", NOBODYS, "was not made by this project"),
        (Action.CREATE, "", THEIRS, "belongs to project 'wine'"),
        (Action.UPDATE, ORIGIN.commit, NOW, ""),
        (Action.UPDATE, ORIGIN.commit, SAME, ""),
        (Action.UPDATE, ORIGIN.commit, NEWER, "was applied from dddddddddd"),
        (Action.REPLACE, ORIGIN.commit, SAME, "was applied from dddddddddd"),
        (Action.DELETE, ORIGIN.commit, NOW, ""),
        (Action.DELETE, ORIGIN.commit, None, ""),
        (Action.DELETE, ORIGIN.commit, NEWER, "was applied from dddddddddd"),
        (Action.DELETE, ORIGIN.commit, THEIRS, "belongs to project 'wine'"),
        (Action.ADOPT, "", THEIRS, ""),
    ],
)
def test_who_was_faster(action: Action, since: str, live: LiveResource | None, why: str) -> None:
    wanted = change("compute/cpu", action, since=since, digest=CPU.digest)
    assert overtaken(ORIGIN, wanted, live) == why
